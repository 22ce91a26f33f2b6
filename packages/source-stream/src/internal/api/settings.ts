// Settings after defaults and checks. No request is made before all of them are valid.
import { ExportJobs } from "@chatferry/connector"
import { type Fingerprint, Settings } from "@chatferry/core/settings"
import { StreamConnection } from "@chatferry/stream-api"
import type * as Schema from "effect/Schema"
import { ApiConfig, cidOf, type ExportConfig } from "../settings/config.ts"
import type { Channel, ChannelOptions, Item, Kind } from "./batch.ts"

/** The items of one kind to export. */
interface List {
  readonly kind: Kind
  /** `undefined` means all items, which have to be listed first. */
  readonly items: ReadonlyArray<Item> | undefined
  /** Size of a batch. */
  readonly size: number
}

export type Messages = Pick<Channel, "messages_since" | "messages_until">

export interface ApiSettings extends ExportJobs.Limits {
  readonly client: StreamConnection.Connection
  /** Lists in the order in which they are exported. */
  readonly lists: ReadonlyArray<List>
  /** The period of messages, for channels without their own. */
  readonly messages: Messages
  readonly options: ChannelOptions
  readonly excluded: ReadonlySet<string>
  readonly usersOverLimit: "stop" | "leave out"
  readonly lostAnswers: "stop" | "ask again"
  /** Ids of tasks by the names of their exports. */
  readonly taskIds: ReadonlyMap<string, string>
  /** True if messages are taken from exports of users. */
  readonly takesMessagesOfUsers: boolean
  readonly exportsInFlight: number
  readonly maxPages: number
}

/** Makes the settings of the API from a checked configuration. */
export const of = (given: typeof ExportConfig.Type): ApiSettings => ({
  ...requested(given),
  ...ExportJobs.limitsOf(given),
  client: StreamConnection.of(given),
  messages: messagesOf(given),
  options: {
    version: given.version,
    include_truncated_messages: given.includeTruncatedMessages,
    include_soft_deleted_channels: given.includeSoftDeletedChannels,
    clear_deleted_message_text: given.clearDeletedMessageText,
    export_users: given.exportUsers
  },
  usersOverLimit: given.usersOverLimit,
  lostAnswers: given.lostAnswers,
  taskIds: new Map(Object.entries(given.taskIds)),
  takesMessagesOfUsers: takesMessagesOfUsers(given),
  exportsInFlight: given.exportsInFlight,
  maxPages: given.maxPages
})

/** Returns the lists to export. */
export const requested = (
  given: Pick<
    typeof ExportConfig.Type,
    "batchSize" | "channels" | "users" | "excludeUserIds" | "messagesSince" | "messagesUntil"
  >
): Pick<ApiSettings, "lists" | "excluded"> => {
  const { batchSize: size, channels, users } = given
  return {
    lists: [
      ...(channels === "none"
        ? []
        : [{ kind: "channels", items: channels === "all" ? undefined : itemsOf(given), size } as const]),
      ...(users === "none"
        ? []
        : [
            {
              kind: "users",
              items: users === "all" ? undefined : users.map(userItem),
              size: Math.min(size, MOST_USERS)
            } as const
          ])
    ],
    excluded: new Set(given.excludeUserIds)
  }
}

/** The settings that shape the output. Equivalent settings have the same fingerprint. */
export const fingerprint = (given: typeof ApiConfig.Type): Fingerprint.Fingerprint => ({
  ...Settings.fingerprint(ApiConfig, given),
  ...(typeof given.channels === "string"
    ? {}
    : { channels: itemsOf(given).map(({ raw }) => raw as unknown as Schema.Json) }),
  ...messagesOf(given),
  messagesOfUsers: takesMessagesOfUsers(given) ? "take" : "leave out"
})

/** Makes an item from a cid. */
export const channelItem = (cid: string, messages: Messages): Item => {
  const colon = cid.indexOf(":")
  return { name: cid, raw: { type: cid.slice(0, colon), id: cid.slice(colon + 1), ...messages } }
}

export const userItem = (id: string): Item => ({ name: id, raw: id })

// internal

const MOST_USERS = 25

type Times = Pick<typeof ExportConfig.Type, "messagesSince" | "messagesUntil">

const itemsOf = (given: Times & Pick<typeof ExportConfig.Type, "channels">): ReadonlyArray<Item> => {
  if (typeof given.channels === "string") return []
  const messages = messagesOf(given)
  return given.channels.map((choice) =>
    channelItem(cidOf(choice), typeof choice === "string" ? messages : { ...messages, ...messagesOf(choice) })
  )
}

const takesMessagesOfUsers = ({ channels, messagesOfUsers }: typeof ExportConfig.Type): boolean =>
  (messagesOfUsers ?? (channels === "none" ? "take" : "leave out")) === "take"

const messagesOf = ({ messagesSince, messagesUntil }: Times): Messages => ({
  ...(messagesSince === undefined ? {} : { messages_since: new Date(messagesSince).toISOString() }),
  ...(messagesUntil === undefined ? {} : { messages_until: new Date(messagesUntil).toISOString() })
})
