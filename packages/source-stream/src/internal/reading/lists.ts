// Names of lists of records in exports, API responses and events, and the mappings of their elements.
import { Consequence, type Rejected } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { type Context, contextOf, setAside } from "../records/context.ts"
import { member, readState } from "../records/member.ts"
import { message } from "../records/message.ts"
import { nestedChannel } from "../records/nestedChannel.ts"
import { isObject, list, type RawObject } from "../records/raw.ts"
import { reaction } from "../records/reaction.ts"
import type { RecordName } from "../records/rejectContext.ts"
import { user } from "../records/user.ts"

export interface Mapping {
  readonly kind: Exclude<Rejected.Rejected["kind"], "failed_webhook">
  /** The kind with which a single element is read. */
  readonly record: Exclude<RecordName, "export">
  readonly map: (raw: RawObject, context: Context, within: string) => void
}

const messages: Mapping = { kind: "message", record: "message", map: message }
const users: Mapping = { kind: "user", record: "user", map: user }
const reactions: Mapping = {
  kind: "reaction",
  record: "reaction",
  map: (raw, context, within) => void reaction(raw, undefined, context, within)
}
const members: Mapping = { kind: "member", record: "member", map: member }

/** Maps the message inside an object about it, such as the result of a search. */
const around =
  (name: string, isDropped: boolean): Mapping["map"] =>
  (raw, context, within) => {
    if (isDropped) context.out.note(Consequence.codeOf(declared.noLocation, name))
    const inner = raw["message"]
    if (isObject(inner)) return message(inner, context, `${within}.message`)
    if (!isDropped) context.out.note(Consequence.codeOf(declared.noLocation, name))
  }

/** Maps the messages of a thread. Its other fields are counted, because the model cannot hold them. */
const thread: Mapping["map"] = (raw, context, within) => {
  context.out.note(Consequence.codeOf(declared.noLocation, "thread"))
  nestedChannel(raw, context, within)
  const parent = raw["parent_message"]
  if (isObject(parent)) message(parent, context, `${within}.parent_message`)
  each(raw["latest_replies"], messages, context, `${within}.latest_replies`)
}

/** Rejects an object that the model cannot hold, by the name of its kind. */
export const rejectPlaceless = (name: string, raw: RawObject, context: Context, within: string): void => {
  const problem = `it looks like a ${name.replace("_", " ")}, which the model cannot hold`
  const code = Consequence.codeOf(declared.noLocation, name)
  context.out.reject("unknown", code, problem, raw, within, contextOf(context, "any"))
}

const placeless = (name: string): Mapping => ({
  ...messages,
  map: (raw, context, within) => rejectPlaceless(name, raw, context, within)
})

/** Lists by the name of the field. */
export const LISTS: ReadonlyMap<string, Mapping> = new Map<string, Mapping>([
  ["messages", messages],
  ["pinned_messages", messages],
  ["members", members],
  ["read", { kind: "member", record: "read", map: readState }],
  ["reactions", reactions],
  ["users", users],
  ["watchers", users],
  ["threads", { ...messages, map: thread }],
  ["results", { ...messages, map: around("result", false) }],
  ["flags", { ...messages, map: around("flag", true) }],
  ["bans", placeless("ban")],
  ["blocks", placeless("block")],
  ["channel_mutes", placeless("mute")],
  ["drafts", placeless("draft")],
  ["mutes", placeless("mute")],
  ["polls", placeless("poll")],
  ["poll_votes", placeless("poll_vote")],
  ["reminders", placeless("reminder")],
  ["votes", placeless("poll_vote")],
  ["pending_messages", { ...messages, map: (_, { out }) => out.note(PENDING) }]
])

/** Single records in a response or in the state of a channel, by the name of the field. */
export const RECORDS: ReadonlyMap<string, Mapping> = new Map<string, Mapping>([
  ["user", users],
  ["message", messages],
  ["reaction", reactions],
  ["member", members],
  // The membership of the user who made the request.
  ["membership", members]
])

/** Maps each element of a list; `at` is the location of the list. */
export const each = (values: unknown, { map, record }: Mapping, context: Context, at: string): void => {
  for (const [i, one] of list(values).entries()) {
    const within = `${at}[${i}]`
    if (isObject(one)) map(one, context, within)
    else if (one !== null)
      setAside(context, record, declared.notAnObject.code, "a record must be an object", one, within)
  }
}

// internal

const PENDING = Consequence.codeOf(declared.messageDropped, "pending")
