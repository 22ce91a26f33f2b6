// Settings after defaults and checks. Nothing is asked of Stream before all of them are right.
import { Download, Pages, type RetryPolicy, Settings, type SourceError } from "@chatferry/core"
import { StreamConnection } from "@chatferry/stream-api"
import type * as Effect from "effect/Effect"
import type { Channel as ChannelChoice, Config } from "../../StreamApi.ts"
import { atPlace, type Channel, type ChannelOptions, type Item, type Kind } from "./batch.ts"

/** What is exported of a kind. */
interface List {
  readonly kind: Kind
  /** `undefined`: all that there are, which have to be listed first. */
  readonly items: ReadonlyArray<Item> | undefined
  /** Of a batch. */
  readonly size: number
}

export type Messages = Pick<Channel, "messages_since" | "messages_until">

export interface ApiSettings {
  readonly client: StreamConnection.Connection
  /** In the order in which they are exported. */
  readonly lists: ReadonlyArray<List>
  /** Of all channels that have none of their own. */
  readonly messages: Messages
  readonly options: ChannelOptions
  readonly excluded: ReadonlySet<string>
  readonly usersOverLimit: "stop" | "leave out"
  readonly lostAnswers: "stop" | "ask again"
  /** By what they export. */
  readonly taskIds: ReadonlyMap<string, string>
  /** Whether messages are taken from exports of users. */
  readonly takesMessagesOfUsers: boolean
  readonly exportsInFlight: number
  readonly pollMillis: RetryPolicy.Backoff
  readonly deadlineMillis: number
  readonly maxDownloadBytes: number
  readonly maxPages: number
}

export const resolve = (config: Config): Effect.Effect<ApiSettings, SourceError.InvalidConfig> =>
  Settings.resolve(() => settingsOf(config))

/** A cid as the API takes it. */
export const channelItem = (cid: string, messages: Messages): Item => {
  const colon = cid.indexOf(":")
  return { name: cid, wire: { type: cid.slice(0, colon), id: cid.slice(colon + 1), ...messages } }
}

export const isCid = (cid: string): boolean => /^[^\s:]+:\S+$/u.test(cid)

// internal

const MOST_CHANNELS = 100
const MOST_USERS = 25

const { invalid, millisOf, timeOf, wholeOf } = Settings

const settingsOf = (config: Config): ApiSettings => {
  const size = wholeOf("batchSize", config.batchSize ?? 25)
  if (size > MOST_CHANNELS) invalid("batchSize", `must be at most ${MOST_CHANNELS}`)
  const version = config.version ?? "v2"
  // From callers without types.
  if (version !== "v1" && version !== "v2") invalid("version", "must be v1 or v2")
  const messages = messagesOf("", config)
  const channels = channelsOf(config.channels ?? "all", messages)
  const users = usersOf(config.users ?? "all")
  if (channels === "none" && users === "none") {
    invalid("channels", "is none, as users is: nothing would be exported")
  }
  const lists: ReadonlyArray<List> = [
    ...(channels === "none" ? [] : [{ kind: "channels", items: channels, size } as const]),
    ...(users === "none" ? [] : [{ kind: "users", items: users, size: Math.min(size, MOST_USERS) } as const])
  ]
  return {
    client: clientOf(config),
    lists,
    messages,
    options: {
      version,
      include_truncated_messages: config.includeTruncatedMessages ?? false,
      include_soft_deleted_channels: config.includeSoftDeletedChannels ?? false,
      clear_deleted_message_text: config.clearDeletedMessageText ?? false,
      export_users: config.exportUsers ?? true
    },
    excluded: new Set(config.excludeUserIds ?? []),
    usersOverLimit: config.usersOverLimit ?? "stop",
    lostAnswers: config.lostAnswers ?? "stop",
    taskIds: taskIdsOf(config.taskIds ?? {}),
    takesMessagesOfUsers: (config.messagesOfUsers ?? (channels === "none" ? "take" : "leave out")) === "take",
    exportsInFlight: wholeOf("exportsInFlight", config.exportsInFlight ?? 5),
    pollMillis: Settings.pausesOf("pollEvery", config.pollEvery ?? ["2 seconds", "1 minute"]),
    deadlineMillis: millisOf("exportDeadline", config.exportDeadline ?? "1 day"),
    maxDownloadBytes: wholeOf("maxDownloadBytes", config.maxDownloadBytes ?? Download.MAX_BYTES),
    maxPages: Pages.mostOf(config.maxPages)
  }
}

const channelsOf = (
  given: ReadonlyArray<ChannelChoice | string> | "all" | "none",
  messages: Messages
): ReadonlyArray<Item> | "none" | undefined => {
  if (given === "all") return undefined
  if (given === "none") return "none"
  const items = given.map((choice, i) => {
    const one = typeof choice === "string" ? { cid: choice } : choice
    const cid = "cid" in one ? one.cid : `${one.type}:${one.id}`
    if (!isCid(cid))
      invalid(`channels[${i}]`, "must name a channel by its type and id, as in messaging:general")
    return channelItem(cid, { ...messages, ...messagesOf(`channels[${i}].`, one) })
  })
  return checked("channels", items)
}

const usersOf = (given: ReadonlyArray<string> | "all" | "none"): ReadonlyArray<Item> | "none" | undefined => {
  if (given === "all") return undefined
  if (given === "none") return "none"
  for (const [i, id] of given.entries()) if (id === "") invalid(`users[${i}]`, "must not be empty")
  return checked("users", given.map(userItem))
}

export const userItem = (id: string): Item => ({ name: id, wire: id })

const checked = (setting: string, items: ReadonlyArray<Item>): ReadonlyArray<Item> => {
  if (items.length === 0) invalid(setting, 'is an empty list; give "none" to export none')
  const seen = new Set<string>()
  for (const { name } of items) {
    if (seen.has(name)) invalid(setting, `has ${name} twice`)
    seen.add(name)
  }
  return items
}

const taskIdsOf = (given: Readonly<Record<string, string>>): ReadonlyMap<string, string> => {
  for (const [place, id] of Object.entries(given)) {
    if (atPlace(place) === undefined)
      invalid(`taskIds["${place}"]`, 'must name an export as errors do, such as "channels 26 to 50"')
    if (id === "") invalid(`taskIds["${place}"]`, "must not be empty")
  }
  return new Map(Object.entries(given))
}

const messagesOf = (
  prefix: string,
  { messagesSince, messagesUntil }: Pick<ChannelChoice, "messagesSince" | "messagesUntil">
): Messages => {
  const since = messagesSince === undefined ? undefined : timeOf(`${prefix}messagesSince`, messagesSince)
  const until = messagesUntil === undefined ? undefined : timeOf(`${prefix}messagesUntil`, messagesUntil)
  if (since !== undefined && until !== undefined && since >= until) {
    invalid(`${prefix}messagesUntil`, "must be later than messagesSince")
  }
  return {
    ...(since === undefined ? {} : { messages_since: new Date(since).toISOString() }),
    ...(until === undefined ? {} : { messages_until: new Date(until).toISOString() })
  }
}

const clientOf = (config: Config): StreamConnection.Connection => {
  const connection = StreamConnection.of(config)
  if (new URL(connection.baseUrl).pathname.endsWith("/api/v2"))
    invalid("baseUrl", "must be without /api/v2, whose answers are others")
  return connection
}
