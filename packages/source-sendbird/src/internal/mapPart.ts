// Says what the parts of a document are, by the names of its top-level members, and maps them.
import { BatchBuilder, type Ids, type JsonElements, Rejected } from "@chatferry/core"
import { declared } from "./consequences.ts"
import { withoutSecretText } from "./secrets.ts"
import { channel } from "./toCanonical/channel.ts"
import type { Context } from "./toCanonical/context.ts"
import { failedWebhook } from "./toCanonical/failedWebhook.ts"
import { message } from "./toCanonical/message.ts"
import { user } from "./toCanonical/user.ts"
import { channelId, isNothing, isWire, type Wire } from "./wire.ts"

const CHANNEL = "channel"
const MESSAGES = "messages"

/** The channel of a messages file comes whole; everything else that is an array comes by element. */
export const isList = (member: string): boolean => member !== CHANNEL

/** Tells whether a member makes a document one of Sendbird's. */
export const isKnown = (member: string): boolean => member === CHANNEL || LISTS.has(member)

/** Maps some elements of an array. `fallback`: the channel of the file, where it is known. */
export const elements = (
  part: JsonElements.Elements,
  place: string,
  fallback: Ids.ChannelId | undefined,
  context: Context
): void => {
  const list = part.member === undefined ? undefined : LISTS.get(part.member)
  if (list === undefined) {
    if (part.first === 0) context.out.note(declared.ignoredMember.code)
    return
  }
  const origin = new BatchBuilder.ElementOrigin(part, place)
  context.out.origin = origin
  for (let i = 0; i < part.values.length; i++) {
    const value = part.values[i]
    origin.i = i
    if (isWire(value)) list.map(value, fallback, context)
    else if (Rejected.isTooLarge(part.failures.get(i))) {
      context.out.rejectTooLarge(list.kind, origin.range(), context.maxElementBytes)
    } else if (part.failures.has(i)) rejectUnparsed(part, i, list.kind, origin, context)
    else context.out.reject(list.kind, declared.notAnObject.code, "a record must be an object", value)
  }
}

/** Maps a member that is no array, which is only right for the channel. */
export const member = (part: JsonElements.Member, place: string, context: Context): void => {
  const { end, failure, name, offset, value } = part
  const { out } = context
  const range = { from: offset, to: end }
  const at = Rejected.isTooLarge(failure) ? Rejected.bytesOf(range) : `byte ${offset}`
  out.origin = { place: (within) => `${place}:${name}${within} (${at})`, text: () => undefined }
  const list = LISTS.get(name)
  const kind = name === CHANNEL ? "channel" : list?.kind
  if (Rejected.isTooLarge(failure) && kind !== undefined) {
    out.rejectTooLarge(kind, range, context.maxElementBytes)
  } else if (name === CHANNEL) {
    if (failure !== undefined)
      out.reject("channel", declared.invalidJson.code, `the channel is ${failure}`, null)
    else if (isWire(value)) {
      if (!isNothing(value)) channel(value, undefined, context)
    } else if (value !== null)
      out.reject("channel", declared.notAnObject.code, "the channel must be an object", value)
  } else if (list === undefined) out.note(declared.ignoredMember.code)
  else if (failure !== undefined)
    out.reject(list.kind, declared.invalidJson.code, `the list is ${failure}`, null)
  else if (!isNothing(value))
    out.reject(list.kind, declared.notAList.code, "the member must be an array", value)
}

/** The channel that a messages file is about. */
export const channelOf = (part: JsonElements.Part): Ids.ChannelId | undefined =>
  part._tag === "member" && part.name === CHANNEL && isWire(part.value)
    ? channelId(part.value.channel_url)
    : undefined

/** Tells whether a message does not name its channel, so that the file's channel is needed. */
export const needsChannel = (part: JsonElements.Elements): boolean =>
  part.member === MESSAGES &&
  part.values.some(
    (value) => isWire(value) && (value.channel_url === undefined || isNothing(value.channel_url))
  )

// internal

interface List {
  readonly kind: Exclude<Rejected.Rejected["kind"], "unknown">
  readonly map: (wire: Wire, fallback: Ids.ChannelId | undefined, context: Context) => void
}

const LISTS: ReadonlyMap<string, List> = new Map<string, List>([
  [MESSAGES, { kind: "message", map: message }],
  ["group_channels", { kind: "channel", map: (wire, _, context) => channel(wire, "group", context) }],
  ["open_channels", { kind: "channel", map: (wire, _, context) => channel(wire, "open", context) }],
  ["active_users", { kind: "user", map: (wire, _, context) => user(wire, false, context) }],
  ["inactive_users", { kind: "user", map: (wire, _, context) => user(wire, true, context) }],
  ["deactivated_users", { kind: "user", map: (wire, _, context) => user(wire, true, context) }],
  ["failed_webhooks", { kind: "failed_webhook", map: (wire, _, context) => failedWebhook(wire, context) }]
])

const rejectUnparsed = (
  part: JsonElements.Elements,
  i: number,
  kind: List["kind"],
  origin: BatchBuilder.ElementOrigin,
  context: Context
) => {
  const bytes = Buffer.from(part.bytesOf(i))
  const whole = origin.text()
  const text = withoutSecretText(whole, context.out.secrets(kind))
  // Bytes that are no text would not come back the same from a string. Where secrets may be it stays text: only there they can be found.
  const isText = kind === "user" || text !== whole || Buffer.from(text).equals(bytes)
  const original = isText ? { text } : { base64: bytes.toString("base64") }
  context.out.reject(kind, declared.invalidJson.code, `the record is ${part.failures.get(i)}`, original)
}
