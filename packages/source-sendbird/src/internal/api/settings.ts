// Settings after defaults and checks. Nothing is asked of Sendbird before all of them are right.
import { type ApiClient, Download, Pages, RetryPolicy, Settings, SourceError } from "@chatferry/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as SendbirdApi from "../../SendbirdApi.ts"
import type { ChannelsParameters, Enrichment, MessagesParameters } from "../../SendbirdApi.ts"
import { type DataType, dataTypes, type Parameters, placeOf, type Request, type Window } from "./request.ts"
import { DAY } from "./windows.ts"

export interface ApiSettings extends ApiClient.ClientSettings {
  readonly requests: ReadonlyArray<Request>
  readonly enrich: Required<Enrichment> | undefined
  readonly format: "json" | "csv"
  readonly csvDelimiter: string
  readonly applicationId: string
  readonly from: number
  readonly to: number
  readonly exportsInFlight: number
  readonly reuseExports: boolean
  readonly requestIds: Readonly<Partial<Record<DataType, ReadonlyArray<string>>>>
  readonly pollMillis: RetryPolicy.Backoff
  readonly deadlineMillis: number
  readonly shortestMillis: number
  readonly maxDownloadBytes: number
  readonly maxPages: number
}

/** All settings but the token, which only requests need. */
type Config = Omit<SendbirdApi.Config, "apiToken">

export const resolve = (config: Config): Effect.Effect<ApiSettings, SourceError.InvalidConfig> =>
  Settings.resolve(() => settingsOf(config))

/** Whether Sendbird has deleted the failed webhooks of a window by now. Fails where they were asked for by name. */
export const isTooOld = (
  window: Window,
  { mayBeTooOld }: Pick<Request, "mayBeTooOld">
): Effect.Effect<boolean, SourceError.InvalidConfig> =>
  Effect.flatMap(DateTime.now, (now) => {
    const oldest = DateTime.toEpochMillis(DateTime.subtract(now, { months: 6 }))
    if (window.dataType !== "failed_webhooks" || window.start >= oldest) return Effect.succeed(false)
    if (mayBeTooOld) return Effect.succeed(true)
    const problem = `${placeOf(window)} is older than six months, for which Sendbird keeps failed webhooks`
    return Effect.fail(new SourceError.InvalidConfig({ setting: "failedWebhooks.from", problem }))
  })

// internal

const MOST_SENDERS = 10
const KEPT_DAYS = 180
const WEEK = 7
const HALF_YEAR = 186

const { invalid, millisOf, timeOf, wholeOf } = Settings

const settingsOf = (config: Config): ApiSettings => {
  const [from, to] = [timeOf("from", config.from), timeOf("to", config.to)]
  if (from >= to) invalid("to", "must be later than from")
  if (!/^[\w-]+$/u.test(config.applicationId)) {
    invalid("applicationId", "must be the application's id, which has letters, digits and hyphens only")
  }
  const chosen = dataTypes.filter((dataType) => (config.dataTypes ?? dataTypes).includes(dataType))
  if (chosen.length === 0) invalid("dataTypes", `must name at least one of ${dataTypes.join(", ")}`)
  for (const dataType of dataTypes) {
    const setting = settingOf[dataType]
    if (config[setting] !== undefined && !chosen.includes(dataType)) {
      invalid(setting, `is given, but dataTypes does not have ${dataType}`)
    }
  }
  const format = config.format ?? "json"
  const csvDelimiter = config.csvDelimiter ?? ","
  if (config.csvDelimiter !== undefined && format !== "csv") invalid("csvDelimiter", "is only for format csv")
  if (Array.from(csvDelimiter).length !== 1 || csvDelimiter === '"') {
    invalid("csvDelimiter", "must be exactly one character, and not a quotation mark")
  }
  const shared: Parameters = {
    format,
    timezone: zoneOf(config.timezone ?? "UTC"),
    ...(format === "csv" ? { csv_delimiter: csvDelimiter } : {})
  }
  return {
    requests: chosen.map((dataType) => requestOf(config, dataType, from, to, shared)),
    enrich: enrichmentOf(config.enrich ?? false),
    format,
    csvDelimiter,
    applicationId: config.applicationId,
    baseUrl: Settings.baseUrlOf(
      "baseUrl",
      config.baseUrl ?? `https://api-${config.applicationId}.sendbird.com/v3`
    ),
    from,
    to,
    exportsInFlight: wholeOf("exportsInFlight", config.exportsInFlight ?? 1),
    reuseExports: config.reuseExports ?? false,
    requestIds: config.requestIds ?? {},
    pollMillis: Settings.pausesOf("pollEvery", config.pollEvery ?? ["2 seconds", "1 minute"]),
    deadlineMillis: millisOf("exportDeadline", config.exportDeadline ?? "1 day"),
    shortestMillis: millisOf("shortestWindow", config.shortestWindow ?? "1 hour"),
    maxDownloadBytes: wholeOf("maxDownloadBytes", config.maxDownloadBytes ?? Download.MAX_BYTES),
    maxPages: Pages.mostOf(config.maxPages),
    ...RetryPolicy.fromConfig(config)
  }
}

const settingOf = {
  failed_webhooks: "failedWebhooks",
  users: "users",
  channels: "channels",
  messages: "messages"
} as const

const requestOf = (
  config: Config,
  dataType: DataType,
  from: number,
  to: number,
  shared: Parameters
): Request => {
  switch (dataType) {
    case "failed_webhooks": {
      const given = config.failedWebhooks?.from
      const kept = given === undefined ? to - KEPT_DAYS * DAY : timeOf("failedWebhooks.from", given)
      return {
        dataType,
        from: Math.min(to, Math.max(from, kept)),
        to,
        longest: DAY,
        mayBeTooOld: given === undefined,
        parameters: shared
      }
    }
    case "users": {
      const { userIds, windowDays } = config.users ?? {}
      const longest = longestOf("users", windowDays, from, to)
      const parameters = { ...shared, ...listed({ user_ids: userIds }) }
      return { dataType, from, to, longest, mayBeTooOld: false, parameters }
    }
    case "channels": {
      const longest = longestOf("channels", config.channels?.windowDays, from, to)
      const parameters = { ...shared, ...channelParameters(config.channels) }
      return { dataType, from, to, longest, mayBeTooOld: false, parameters }
    }
    case "messages":
      return { dataType, from, to, mayBeTooOld: false, ...messageRequest(config.messages ?? {}, shared) }
  }
}

const messageRequest = (messages: MessagesParameters, shared: Parameters) => {
  const { excludeSenderIds, neighboringMessageLimit, senderIds, userIds } = messages
  for (const [setting, ids = []] of Object.entries({ senderIds, excludeSenderIds })) {
    if (ids.length > MOST_SENDERS) {
      invalid(`messages.${setting}`, `has ${ids.length} ids; Sendbird takes at most ${MOST_SENDERS}`)
    }
  }
  if (neighboringMessageLimit !== undefined) {
    const isWithin = Number.isInteger(neighboringMessageLimit) && neighboringMessageLimit >= 1
    if (!isWithin || neighboringMessageLimit > 10) {
      invalid("messages.neighboringMessageLimit", "must be a whole number from 1 to 10")
    }
    if (senderIds === undefined || senderIds.length === 0) {
      invalid("messages.neighboringMessageLimit", "works with messages.senderIds only")
    }
  }
  const most = userIds !== undefined && userIds.length > 0 ? HALF_YEAR : WEEK
  const days = messages.windowDays ?? most
  if (!(days > 0) || days > most) {
    const filtered = most === WEEK ? ` (${HALF_YEAR} with messages.userIds)` : ""
    invalid("messages.windowDays", `must be above 0 and at most ${most}${filtered}`)
  }
  return {
    longest: Math.ceil(days * DAY),
    parameters: {
      ...shared,
      ...listed({ sender_ids: senderIds, exclude_sender_ids: excludeSenderIds, user_ids: userIds }),
      ...channelParameters(messages),
      ...(neighboringMessageLimit === undefined ? {} : { neighboring_message_limit: neighboringMessageLimit })
    }
  }
}

// Two of Sendbird's pages contradict each other about the defaults of the switches, so they are always sent.
const channelParameters = (given: ChannelsParameters = {}): Parameters => ({
  ...listed({
    channel_urls: given.channelUrls,
    exclude_channel_urls: given.excludeChannelUrls,
    channel_custom_types: given.channelCustomTypes
  }),
  show_read_receipt: given.showReadReceipt ?? true,
  show_channel_metadata: given.showChannelMetadata ?? true
})

/** An unused filter must not be sent: not as `null` and not empty. */
const listed = (lists: Readonly<Record<string, ReadonlyArray<string> | undefined>>): Parameters =>
  Object.fromEntries(
    Object.entries(lists).flatMap(([name, ids]) =>
      ids === undefined || ids.length === 0 ? [] : [[name, ids] as const]
    )
  )

const longestOf = (setting: string, days: number | undefined, from: number, to: number): number => {
  if (days === undefined) return to - from
  if (!(days > 0)) invalid(`${setting}.windowDays`, "must be above 0")
  return Math.ceil(days * DAY)
}

const enrichmentOf = (given: boolean | Enrichment): Required<Enrichment> | undefined => {
  if (given === false) return undefined
  const { channels = true, members = true, messages = true, users = true } = given === true ? {} : given
  return { users, channels, members, messages }
}

const zoneOf = (timezone: string): string => {
  try {
    return Intl.DateTimeFormat("en", { timeZone: timezone }) && timezone
  } catch {
    return invalid("timezone", "must be the IANA name of a time zone, such as Asia/Seoul")
  }
}
