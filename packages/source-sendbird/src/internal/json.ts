import { ArchiveReader } from "@chatferry/connector"
// What the members of a JSON file are, by their names.
import { type Ids, JsonElements } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { channel } from "./toCanonical/channel.ts"
import type { Context } from "./toCanonical/context.ts"
import { failedWebhook } from "./toCanonical/failedWebhook.ts"
import { message } from "./toCanonical/message.ts"
import { user } from "./toCanonical/user.ts"
import { channelId, isNothing, isText, isWire } from "./wire.ts"

/** What mappings share while an archive is read. */
export interface FileContext extends Context {
  /** The file's channel, for messages that do not name theirs; `null` when the file has been searched and has none. */
  channel: Ids.ChannelId | null | undefined
}

type Records = ArchiveReader.Records<FileContext>

const CHANNEL = "channel"
const MESSAGES = "messages"

const inactive: Records = {
  kind: "user",
  map: (wire, context) => user.map(wire, { ...context, isInactive: true })
}

const channels = (form: "group" | "open"): Records => ({
  kind: "channel",
  map: (wire, context) => channel(wire, { ...context, form })
})

const lists: { readonly [member: string]: Records } = {
  [MESSAGES]: { kind: "message", map: (wire, context) => message.map(wire, context) },
  group_channels: channels("group"),
  open_channels: channels("open"),
  active_users: { kind: "user", map: (wire, context) => user.map(wire, context) },
  inactive_users: inactive,
  deactivated_users: inactive,
  failed_webhooks: { kind: "failed_webhook", map: failedWebhook }
}

export const json: ArchiveReader.Format<FileContext> = ArchiveReader.elements<FileContext>({
  expected: "a Sendbird export",
  lists,
  // The channel of a messages file comes whole.
  values: { [CHANNEL]: { kind: "channel", map: channel } },
  isBlank: isNothing,
  begin: (context) => {
    context.channel = undefined
  },
  meet: (member, context) => {
    // The first one counts, as in a search, so that a resumed run finds the same.
    context.channel ??= channelIn(member)
  },
  needs: (part, context, file, limits) => {
    if (context.channel !== undefined || !lacksOne(part)) return undefined
    const reader = JsonElements.make(ArchiveReader.elementOptions(file, limits, isList))
    // It may stand behind the messages.
    return Effect.map(ArchiveReader.search(file, reader, channelIn, limits), (found) => {
      context.channel = found
    })
  },
  // What does not depend on the channel must not have it: whether it is known depends on other records.
  contextOf: (value, list, { channel: of }) =>
    list === MESSAGES && lacksChannel(value) && of !== undefined && of !== null ? { channel: of } : undefined,
  restore: ({ channel: of, ...others }, context) => {
    context.channel = channelId(of)
    return Object.keys(others).length === 0 && (of === undefined || isText(of))
  }
})

/** Whether a member comes by element, if it is an array. */
export const isList = (member: string): boolean => member !== CHANNEL

/** Whether a member makes a document one of Sendbird's. */
export const isKnown = (member: string): boolean => member === CHANNEL || Object.hasOwn(lists, member)

// internal

/** The channel that a messages file is about. */
const channelIn = (part: JsonElements.Member<unknown> | JsonElements.Elements): Ids.ChannelId | undefined =>
  part._tag === "member" && part.name === CHANNEL && isWire(part.value)
    ? channelId(part.value.channel_url)
    : undefined

/** Whether a message does not name its channel, so that the file's is needed, if only to say so in a reject. */
const lacksOne = ({ member, values }: JsonElements.Elements) =>
  member === MESSAGES && values.some(lacksChannel)

const lacksChannel = (value: unknown) => !isWire(value) || channelId(value.channel_url) === undefined
