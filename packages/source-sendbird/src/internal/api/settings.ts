// Settings after defaults and checks. No request is made before all of them are valid.
import { type ApiClient, ExportJobs, RetryPolicy } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { type Fingerprint, Settings } from "@chatferry/core/settings"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  ApiConfig,
  Channels,
  type Enrichment,
  type ExportConfig,
  longestDays,
  Messages,
  type Requested,
  Users
} from "../settings/config.ts"
import {
  type DataType,
  dataTypes,
  type Parameters,
  locationOf,
  type Request,
  type Window
} from "./request.ts"
import { DAY } from "./windows.ts"

export interface ApiSettings extends ApiClient.ClientSettings, ExportJobs.Limits {
  readonly requests: ReadonlyArray<Request>
  readonly enrich: typeof Enrichment.Type | undefined
  readonly format: "json" | "csv"
  readonly csvDelimiter: string
  readonly applicationId: string
  readonly from: number
  readonly to: number
  readonly exportsInFlight: number
  readonly reuseExports: boolean
  readonly requestIds: { readonly [D in DataType]?: ReadonlyArray<string> | undefined }
  readonly shortestMillis: number
  readonly maxPages: number
}

/** Makes the settings of the API from a checked configuration. */
export const of = (given: typeof ExportConfig.Type): ApiSettings => ({
  ...connectionOf(given),
  ...ExportJobs.limitsOf(given),
  requests: requestsOf(given),
  enrich: enrichmentOf(given.enrich),
  format: given.format,
  csvDelimiter: given.csvDelimiter ?? ",",
  from: given.from,
  to: given.to,
  exportsInFlight: given.exportsInFlight,
  reuseExports: given.reuseExports,
  requestIds: given.requestIds,
  shortestMillis: given.shortestWindow,
  maxPages: given.maxPages
})

export const connectionOf = (
  given: Pick<typeof ExportConfig.Type, "applicationId" | "baseUrl" | keyof typeof RetryPolicy.fields>
): ApiClient.ClientSettings & Pick<ApiSettings, "applicationId"> => ({
  applicationId: given.applicationId,
  baseUrl: given.baseUrl ?? `https://api-${given.applicationId}.sendbird.com/v3`,
  ...RetryPolicy.of(given)
})

/** One request per selected data type, in the order in which they are exported. */
export const requestsOf = (given: Requested): ReadonlyArray<Request> =>
  dataTypes.filter((one) => given.dataTypes.includes(one)).map((one) => requestOf(given, one))

/** The settings that shape the output. Equivalent settings have the same fingerprint. */
export const fingerprint = (given: typeof ApiConfig.Type): Fingerprint.Fingerprint => {
  const chosen = dataTypes.filter((one) => given.dataTypes.includes(one))
  const parametersOf = <A>(dataType: DataType, parameters: A | undefined, none: A) =>
    chosen.includes(dataType) ? (parameters ?? none) : undefined
  return {
    ...Settings.fingerprint(ApiConfig, {
      ...given,
      dataTypes: chosen,
      messages: parametersOf("messages", given.messages, decodeMessages({})),
      channels: parametersOf("channels", given.channels, decodeChannels({})),
      users: parametersOf("users", given.users, decodeUsers({})),
      failedWebhooks: parametersOf("failed_webhooks", given.failedWebhooks, {}),
      enrich: enrichmentOf(given.enrich) ?? false
    }),
    from: new Date(given.from).toISOString(),
    to: new Date(given.to).toISOString()
  }
}

/** True if Sendbird has already deleted the failed webhooks of a window. Fails if they were requested explicitly. */
export const isTooOld = (
  window: Window,
  { mayBeTooOld }: Pick<Request, "mayBeTooOld">
): Effect.Effect<boolean, SourceError.InvalidConfig> =>
  Effect.flatMap(DateTime.now, (now) => {
    const oldest = DateTime.toEpochMillis(DateTime.subtract(now, { months: 6 }))
    if (window.dataType !== "failed_webhooks" || window.start >= oldest) return Effect.succeed(false)
    if (mayBeTooOld) return Effect.succeed(true)
    const problem = `${locationOf(window)} is older than six months, and Sendbird keeps failed webhooks for six months only`
    return Effect.fail(new SourceError.InvalidConfig({ setting: "failedWebhooks.from", problem }))
  })

// internal

const KEPT_DAYS = 180

const decodeMessages = Schema.decodeUnknownSync(Messages)
const decodeChannels = Schema.decodeUnknownSync(Channels)
const decodeUsers = Schema.decodeUnknownSync(Users)

const requestOf = (given: Requested, dataType: DataType): Request => {
  const { from, to } = given
  const shared: Parameters = {
    format: given.format,
    timezone: given.timezone,
    ...(given.format === "csv" ? { csv_delimiter: given.csvDelimiter ?? "," } : {})
  }
  switch (dataType) {
    case "failed_webhooks": {
      const earliest = given.failedWebhooks?.from
      const kept = earliest ?? to - KEPT_DAYS * DAY
      return {
        dataType,
        from: Math.min(to, Math.max(from, kept)),
        to,
        longest: DAY,
        mayBeTooOld: earliest === undefined,
        parameters: shared
      }
    }
    case "users": {
      const { userIds, windowDays } = given.users ?? decodeUsers({})
      const longest = longestOf(windowDays, given)
      const parameters = { ...shared, ...listed({ user_ids: userIds }) }
      return { dataType, from, to, longest, mayBeTooOld: false, parameters }
    }
    case "channels": {
      const channels = given.channels ?? decodeChannels({})
      const longest = longestOf(channels.windowDays, given)
      const parameters = { ...shared, ...channelParameters(channels) }
      return { dataType, from, to, longest, mayBeTooOld: false, parameters }
    }
    case "messages": {
      const messages = given.messages ?? decodeMessages({})
      const longest = Math.ceil((messages.windowDays ?? longestDays(messages)) * DAY)
      const parameters = { ...shared, ...messageParameters(messages) }
      return { dataType, from, to, longest, mayBeTooOld: false, parameters }
    }
  }
}

const messageParameters = (messages: typeof Messages.Type): Parameters => ({
  ...listed({
    sender_ids: messages.senderIds,
    exclude_sender_ids: messages.excludeSenderIds,
    user_ids: messages.userIds
  }),
  ...channelParameters(messages),
  ...(messages.neighboringMessageLimit === undefined
    ? {}
    : { neighboring_message_limit: messages.neighboringMessageLimit })
})

// Two pages of Sendbird's documentation contradict each other about the defaults of these switches, so they are always sent.
const channelParameters = (given: typeof Channels.Type): Parameters => ({
  ...listed({
    channel_urls: given.channelUrls,
    exclude_channel_urls: given.excludeChannelUrls,
    channel_custom_types: given.channelCustomTypes
  }),
  show_read_receipt: given.showReadReceipt,
  show_channel_metadata: given.showChannelMetadata
})

/** An unused filter must not be sent, neither as `null` nor as an empty list. */
const listed = (lists: Readonly<Record<string, ReadonlyArray<string>>>): Parameters =>
  Object.fromEntries(Object.entries(lists).filter(([, ids]) => ids.length > 0))

const longestOf = (days: number | undefined, { from, to }: Requested): number =>
  days === undefined ? to - from : Math.ceil(days * DAY)

const enrichmentOf = (given: boolean | typeof Enrichment.Type): typeof Enrichment.Type | undefined => {
  if (given === false) return undefined
  return given === true ? { users: true, channels: true, members: true, messages: true } : given
}
