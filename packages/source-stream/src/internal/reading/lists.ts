// What lists of records are called, in exports, in answers of the API and in events, and what their elements are.
import { Consequence, type Rejected } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { channelShown } from "../records/channelShown.ts"
import { type Context, contextOf, setAside } from "../records/context.ts"
import { member, readState } from "../records/member.ts"
import { message } from "../records/message.ts"
import { isObject, list, type RawObject } from "../records/raw.ts"
import { reaction } from "../records/reaction.ts"
import type { RecordName } from "../records/rejectContext.ts"
import { user } from "../records/user.ts"

export interface Mapping {
  readonly kind: Exclude<Rejected.Rejected["kind"], "failed_webhook">
  /** What an element is read as alone. */
  readonly record: Exclude<RecordName, "export">
  readonly map: (wire: RawObject, context: Context, within: string) => void
}

const messages: Mapping = { kind: "message", record: "message", map: message }
const users: Mapping = { kind: "user", record: "user", map: user }
const reactions: Mapping = {
  kind: "reaction",
  record: "reaction",
  map: (wire, context, within) => void reaction(wire, undefined, context, within)
}
const members: Mapping = { kind: "member", record: "member", map: member }

/** A message inside of what is said about it, such as the result of a search. */
const around =
  (name: string, isLost: boolean): Mapping["map"] =>
  (wire, context, within) => {
    if (isLost) context.out.note(Consequence.codeOf(declared.noLocation, name))
    const inner = wire["message"]
    if (isObject(inner)) return message(inner, context, `${within}.message`)
    if (!isLost) context.out.note(Consequence.codeOf(declared.noLocation, name))
  }

/** What a thread has besides its replies stands nowhere else, and neither does the model have a place for it. */
const thread: Mapping["map"] = (wire, context, within) => {
  context.out.note(Consequence.codeOf(declared.noLocation, "thread"))
  channelShown(wire, context, within)
  const parent = wire["parent_message"]
  if (isObject(parent)) message(parent, context, `${within}.parent_message`)
  each(wire["latest_replies"], messages, context, `${within}.latest_replies`)
}

/** Rejects what the model has no place for, by the name of what it looks like. */
export const rejectPlaceless = (name: string, wire: RawObject, context: Context, within: string): void => {
  const problem = `it looks like a ${name.replace("_", " ")}, for which there is no place`
  const code = Consequence.codeOf(declared.noLocation, name)
  context.out.reject("unknown", code, problem, wire, within, contextOf(context, "any"))
}

const placeless = (name: string): Mapping => ({
  ...messages,
  map: (wire, context, within) => rejectPlaceless(name, wire, context, within)
})

/** By the name of the member that holds them. */
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

/** Records that stand alone in an answer or in the state of a channel. */
export const RECORDS: ReadonlyMap<string, Mapping> = new Map<string, Mapping>([
  ["user", users],
  ["message", messages],
  ["reaction", reactions],
  ["member", members],
  // Of the one who asked.
  ["membership", members]
])

/** Maps each element of a list; `at`: where that is. */
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
