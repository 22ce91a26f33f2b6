// Says what the parts of a document are, by the names of its top-level members, and maps them.
import { BatchBuilder, type Ids, type JsonElements, Rejected } from "@chatferry/core"
import { declared } from "./consequences.ts"
import type { ElementContext, MemberContext } from "./rejectContext.ts"
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

/** Where elements are, for rejects. `fallback`: the channel of the file, where it is known. */
export const originOf = (
  part: JsonElements.Elements,
  place: string,
  fallback: Ids.ChannelId | undefined
): BatchBuilder.ElementOrigin =>
  new BatchBuilder.ElementOrigin(part, place, (i): ElementContext => {
    // What does not depend on it must not have it: whether it is known depends on other records.
    const channel = part.member === MESSAGES && lacksChannel(part.values[i]) ? fallback : undefined
    return { list: part.member ?? "", ...(channel !== undefined && { channel }) }
  })

/** Maps some elements of an array. */
export const elements = (
  part: JsonElements.Elements<unknown>,
  origin: BatchBuilder.Origin & { i?: number },
  fallback: Ids.ChannelId | undefined,
  context: Context
): void => {
  const list = part.member === undefined ? undefined : LISTS.get(part.member)
  if (list === undefined) {
    if (part.first === 0) context.out.note(declared.ignoredMember.code)
    return
  }
  context.out.origin = origin
  const map = list.mapping(fallback, context)
  for (let i = 0; i < part.values.length; i++) {
    const value = part.values[i]
    origin.i = i
    if (isWire(value)) map(value)
    else if (Rejected.isTooLarge(part.failures.get(i))) {
      const range = { from: part.offsetOf(i), to: part.endOf(i) }
      context.out.rejectTooLarge(list.kind, range, context.maxElementBytes)
    } else if (part.failures.has(i)) {
      const problem = `the record is ${part.failures.get(i)}`
      context.out.rejectBytes(list.kind, declared.invalidJson.code, problem, part.bytesOf(i))
    } else context.out.reject(list.kind, declared.notAnObject.code, "a record must be an object", value)
  }
}

/** Where a member is, for rejects. */
export const memberOrigin = (part: JsonElements.Member, place: string): BatchBuilder.Origin => {
  const { end, failure, name, offset } = part
  const at = Rejected.isTooLarge(failure) ? Rejected.bytesOf({ from: offset, to: end }) : `byte ${offset}`
  return {
    place: (within) => `${place}:${name}${within} (${at})`,
    text: () => Buffer.from(part.bytesOf()).toString("utf8"),
    context: (): MemberContext => ({ member: name })
  }
}

/** Maps a member that is no array, which is only right for the channel. */
export const member = (
  part: Omit<JsonElements.Member, "position">,
  origin: BatchBuilder.Origin,
  context: Context
): void => {
  const { end, failure, name, offset, value } = part
  const { out } = context
  const range = { from: offset, to: end }
  out.origin = origin
  const list = LISTS.get(name)
  const kind = name === CHANNEL ? "channel" : list?.kind
  if (Rejected.isTooLarge(failure) && kind !== undefined) {
    out.rejectTooLarge(kind, range, context.maxElementBytes)
  } else if (name === CHANNEL) {
    if (failure !== undefined)
      out.rejectBytes("channel", declared.invalidJson.code, `the channel is ${failure}`, part.bytesOf())
    else if (isWire(value)) {
      if (!isNothing(value)) channel(value, context)
    } else if (value !== null)
      out.reject("channel", declared.notAnObject.code, "the channel must be an object", value)
  } else if (list === undefined) out.note(declared.ignoredMember.code)
  else if (failure !== undefined)
    out.rejectBytes(list.kind, declared.invalidJson.code, `the list is ${failure}`, part.bytesOf())
  else if (Array.isArray(value)) listOf(list, value, part, origin, context)
  else if (!isNothing(value))
    out.reject(list.kind, declared.notAList.code, "the member must be an array", value)
}

/** The channel that a messages file is about. */
export const channelOf = (part: JsonElements.Part): Ids.ChannelId | undefined =>
  part._tag === "member" && part.name === CHANNEL && isWire(part.value)
    ? channelId(part.value.channel_url)
    : undefined

/** Tells whether a message does not name its channel, so that the file's channel is needed, if only to say so in a reject. */
export const needsChannel = (part: JsonElements.Elements): boolean =>
  part.member === MESSAGES && part.values.some(lacksChannel)

// internal

/** Only a list that a person has corrected comes as a whole. */
const listOf = (
  list: List,
  values: ReadonlyArray<unknown>,
  { name }: { readonly name: string },
  { place }: BatchBuilder.Origin,
  context: Context
) => {
  const map = list.mapping(undefined, context)
  for (const [i, value] of values.entries()) {
    const of: ElementContext = { list: name }
    context.out.origin = {
      place: (within) => place(`[${i}]${within}`),
      text: () => undefined,
      context: () => of
    }
    if (isWire(value)) map(value)
    else context.out.reject(list.kind, declared.notAnObject.code, "a record must be an object", value)
  }
}

const lacksChannel = (value: unknown) => !isWire(value) || channelId(value.channel_url) === undefined

interface List {
  readonly kind: Exclude<Rejected.Rejected["kind"], "unknown">
  /** How the records of one part of it are mapped. */
  readonly mapping: (fallback: Ids.ChannelId | undefined, context: Context) => (raw: Wire) => void
}

const channels = (form: "group" | "open"): List => ({
  kind: "channel",
  mapping: (_, context) => {
    const own = { ...context, form }
    return (raw) => channel(raw, own)
  }
})

const users = (isInactive: boolean): List => ({
  kind: "user",
  mapping: (_, context) => {
    const own = { ...context, isInactive }
    return (raw) => user.map(raw, own)
  }
})

const LISTS: ReadonlyMap<string, List> = new Map<string, List>([
  [
    MESSAGES,
    {
      kind: "message",
      mapping: (of, context) => {
        const own = { ...context, channel: of }
        return (raw) => message.map(raw, own)
      }
    }
  ],
  ["group_channels", channels("group")],
  ["open_channels", channels("open")],
  ["active_users", users(false)],
  ["inactive_users", users(true)],
  ["deactivated_users", users(true)],
  [
    "failed_webhooks",
    { kind: "failed_webhook", mapping: (_, context) => (raw) => failedWebhook(raw, context) }
  ]
])
