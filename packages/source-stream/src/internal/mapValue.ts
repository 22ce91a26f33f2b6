// Says what an object is that stands alone: a line of an export, or an element of an array of anything.
//
// Stream documents these lines only as "line-separated JSON", so every envelope that it uses elsewhere is understood:
// `{"type":"message","data":{…}}`, `{"message":{…}}`, and the bare object.
import type { Rejected } from "@chatferry/core"
import { declared } from "./consequences.ts"
import type { RecordName } from "./rejectContext.ts"
import { channel } from "./toCanonical/channel.ts"
import { cidOf } from "./toCanonical/cid.ts"
import { closeChannel, type Context, contextOf, setAside } from "./toCanonical/context.ts"
import { member, readState } from "./toCanonical/member.ts"
import { message } from "./toCanonical/message.ts"
import { reaction } from "./toCanonical/reaction.ts"
import { user } from "./toCanonical/user.ts"
import { idOfUser, isWire, type Wire } from "./wire.ts"

type Kind = Exclude<Rejected.Rejected["kind"], "unknown" | "failed_webhook">

export interface Mapping {
  readonly kind: Kind
  /** What an element is read as alone. */
  readonly record: Exclude<RecordName, "any" | "export">
  readonly map: (wire: Wire, context: Context, within: string) => void
}

/** Lists of an exported channel or user by the name of the member. */
export const LISTS: ReadonlyMap<string, Mapping> = new Map<string, Mapping>([
  ["messages", { kind: "message", record: "message", map: message }],
  ["pinned_messages", { kind: "message", record: "message", map: message }],
  ["members", { kind: "member", record: "member", map: member }],
  ["read", { kind: "member", record: "read", map: readState }],
  [
    "reactions",
    {
      kind: "reaction",
      record: "reaction",
      map: (wire, context, within) => void reaction(wire, undefined, context, within)
    }
  ],
  ["users", { kind: "user", record: "user", map: user }]
])

/** Maps an object of any kind, or rejects it. */
export const value = (wire: Wire, context: Context): void => {
  const { out } = context
  const enveloped = envelopeOf(wire)
  if (enveloped !== undefined) {
    const { field, inner, name } = enveloped
    if (name === "device") return out.note(declared.deviceDropped.code)
    if (name === "future_channel_ban") return out.note(declared.banDropped.code)
    const mapping = NAMED.get(name) as Named
    if (isWire(inner)) return remember(mapping.map, inner, wire, context, `.${field}`)
    const of = contextOf(context, "any")
    return out.reject(mapping.kind, declared.notAnObject.code, "a record must be an object", wire, "", of)
  }
  if (isExported(wire)) return exported(wire, context)
  const bare = bareKind(wire)
  if (bare !== undefined) return remember(bare, wire, wire, context)
  const problem = "the object fits no record that Stream exports"
  out.reject("unknown", declared.unrecognisedRecord.code, problem, wire, "", contextOf(context, "any"))
}

/** Tells whether an object is one that `value` maps. */
export const isRecord = (wire: Wire): boolean =>
  envelopeOf(wire) !== undefined || isExported(wire) || bareKind(wire) !== undefined

// internal

/** Tells whether an object is an exported channel, or an exported user with all of theirs. */
const isExported = (wire: Wire): boolean =>
  Array.isArray(wire["messages"]) ||
  Array.isArray(wire["channels"]) ||
  (isWire(wire["channel"]) && (Array.isArray(wire["members"]) || Array.isArray(wire["read"]))) ||
  (isWire(wire["user"]) && Array.isArray(wire["reactions"]) && wire["id"] === undefined)

type Named = Pick<Mapping, "kind" | "map">

const NAMED: ReadonlyMap<string, Named> = new Map<string, Named>([
  ["user", { kind: "user", map: user }],
  ["channel", { kind: "channel", map: channel }],
  ["member", { kind: "member", map: member }],
  ["channel_member", { kind: "member", map: member }],
  ["message", { kind: "message", map: message }],
  ["reaction", { kind: "reaction", map: (wire, context) => void reaction(wire, undefined, context) }],
  ["read", { kind: "member", map: readState }]
])
const DROPPED = new Set(["device", "future_channel_ban"])
const CONTENTS = ["data", "item", "value", "object", "payload"]

interface Envelope {
  readonly name: string
  readonly field: string
  readonly inner: unknown
}

const envelopeOf = (wire: Wire): Envelope | undefined => {
  const { type } = wire
  if (typeof type === "string") {
    const name = nameOf(type)
    if (name !== undefined) {
      for (const field of [...CONTENTS, name, type]) {
        if (isWire(wire[field])) return { name, field, inner: wire[field] }
      }
      // An envelope whose content is no object is told from a reaction of the type "message".
      const empty = CONTENTS.find((field) => Object.hasOwn(wire, field))
      if (empty !== undefined && wire["id"] === undefined && wire["message_id"] === undefined) {
        return { name, field: empty, inner: wire[empty] }
      }
    }
  }
  const [field, ...others] = Object.keys(wire)
  if (field === undefined || others.length > 0) return undefined
  const name = nameOf(field)
  return name === undefined ? undefined : { name, field, inner: wire[field] }
}

const nameOf = (word: string): string | undefined => {
  const name = word.toLowerCase()
  if (NAMED.has(name) || DROPPED.has(name)) return name
  const one = name.endsWith("s") ? name.slice(0, -1) : name
  return NAMED.has(one) || DROPPED.has(one) ? one : undefined
}

/** The order matters: a member of a channel has a user's fields too, and so on. */
const bareKind = (wire: Wire): Mapping["map"] | undefined => {
  const has = (field: string) => wire[field] !== undefined && wire[field] !== null
  const hasText = typeof wire["text"] === "string" || typeof wire["html"] === "string"
  const names = idOfUser(wire["user"]) !== undefined || has("user_id")
  const isChannel = has("config") || has("created_by") || has("created_by_id")
  if (isChannel && !hasText && (has("cid") || (has("type") && (has("id") || has("member_ids")))))
    return channel
  if (has("message_id") && has("type") && names)
    return (one, context) => void reaction(one, undefined, context)
  if (
    names &&
    !hasText &&
    (has("channel_role") || (!has("id") && !has("last_read") && cidOf(wire) !== undefined))
  )
    return member
  if (names && has("last_read") && !has("id")) return readState
  if ((hasText || has("attachments")) && has("id") && (cidOf(wire) !== undefined || has("created_at")))
    return message
  if (has("id") && (has("role") || has("online") || has("last_active") || has("teams"))) return user
  return undefined
}

/** What stands after a message without naming a channel is in that one's. */
const remember = (map: Mapping["map"], wire: Wire, around: Wire, context: Context, inside = "") => {
  const named = map === channel ? undefined : cidOf(wire)
  if (named !== undefined) context.channelId = named
  context.around = around
  context.out.inside = inside
  map(wire, context, "")
  context.out.inside = ""
  context.around = undefined
}

/** One exported channel or user that is in memory as a whole. */
const exported = (wire: Wire, context: Context, of = ""): void => {
  separate(context)
  if (isWire(wire["channel"])) channel(wire["channel"], context, `${of}.channel`)
  if (isWire(wire["user"])) owner(wire["user"], context, `${of}.user`)
  for (const [name, { map, record }] of LISTS) {
    const values = wire[name]
    if (!Array.isArray(values)) continue
    for (const [i, one] of values.entries()) {
      const within = `${of}.${name}[${i}]`
      if (isWire(one)) map(one, context, within)
      else setAside(context, record, declared.notAnObject.code, "a record must be an object", one, within)
    }
  }
  for (const [i, one] of (Array.isArray(wire["channels"]) ? wire["channels"] : []).entries()) {
    exportedChannel(one, context, `${of}.channels[${i}]`)
  }
  separate(context)
}

/** An element of a list of exported channels. */
export const exportedChannel = (value: unknown, context: Context, within: string): void => {
  if (isWire(value) && isExported(value)) return exported(value, context, within)
  const of = contextOf(context, "export")
  context.out.reject(
    "channel",
    declared.notAnObject.code,
    "this is not an exported channel",
    value,
    within,
    of
  )
}

/** Nothing of the object before counts for the next one. */
export const separate = (context: Context): void => {
  closeChannel(context)
  context.channelId = undefined
  context.ownerId = undefined
}

/** The user whose messages and reactions follow, where they name nobody. */
export const owner = (wire: Wire, context: Context, within = ""): void => {
  context.ownerId = idOfUser(wire)
  user(wire, context, within)
}
