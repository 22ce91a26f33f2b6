// Says what an object is that stands alone: a line of an export or of a log of events, an answer of the API, or an
// element of an array of anything.
import { declared } from "../consequences.ts"
import { queued } from "../events/envelope.ts"
import * as Events from "../events/events.ts"
import { EVENTS } from "../recognise/sniff.ts"
import { channel } from "../records/channel.ts"
import { cidOf } from "../records/cid.ts"
import { type Context, contextOf, separate } from "../records/context.ts"
import { devices } from "../records/device.ts"
import { idOfUser, isBlank, isObject, type RawObject } from "../records/raw.ts"
import { withoutSecretsText } from "../records/secrets.ts"
import { user } from "../records/user.ts"
import { envelopeOf, insideOf } from "./envelope.ts"
import { passOver } from "./ignored.ts"
import { bareKind, isAnswer, isDevice, placeless } from "./kinds.ts"
import { each, LISTS, type Mapping, RECORDS, rejectPlaceless } from "./lists.ts"

/** Maps an object of any kind, or counts or rejects it by what it looks like. */
export const value = (wire: RawObject, context: Context): void => {
  const { out } = context
  const enveloped = envelopeOf(wire)
  if (enveloped !== undefined) {
    const found = insideOf(enveloped, wire, context)
    if (found !== undefined)
      remember(found.map, found.inner, wire, context, found.isChannel, `.${enveloped.field}`)
    return
  }
  if (Events.isEvent(wire)) return Events.event(wire, context)
  const parts = queued(wire)
  if (parts !== undefined) return unpack(parts, context)
  if (isExported(wire)) return exported(wire, context)
  if (isDevice(wire)) return devices([wire], context)
  const location = placeless(wire)
  if (location !== undefined) return rejectPlaceless(location, wire, context, "")
  const bare = bareKind(wire)
  if (bare !== undefined) return remember(bare, wire, wire, context, bare === channel)
  if (isPage(wire)) return exported(wire, context)
  if (isAnswer(wire)) return out.note(declared.answerPassedOver.code)
  // Every answer has it: what else this one has is counted by name.
  if (isAnonymous(wire) && typeof wire["duration"] === "string") return exported(wire, context)
  const problem = "the object fits no record that Stream exports"
  out.reject("unknown", declared.unrecognisedRecord.code, problem, wire, "", contextOf(context, "any"))
}

/** Tells whether an object is one that gives records. */
export const isRecord = (wire: RawObject): boolean => {
  if (envelopeOf(wire) !== undefined) return true
  if (Events.isEvent(wire)) return Events.changes(wire)
  const parts = queued(wire)
  if (parts !== undefined) return parts.some(({ content }) => isObject(content) && isRecord(content))
  if (isExported(wire)) return true
  return placeless(wire) === undefined && !isDevice(wire) && (bareKind(wire) !== undefined || isPage(wire))
}

/** Tells whether an object is of Stream, though perhaps none that gives records. */
export const isOfStream = (wire: RawObject): boolean =>
  isRecord(wire) || Events.isEvent(wire) || queued(wire) !== undefined || isDevice(wire)

/** What the elements of a list are, by the name of the member that holds it. */
export const listOf = (name: string): Mapping | undefined => (EVENTS.has(name) ? anything : LISTS.get(name))

/** An element of a list of exported channels. */
export const exportedChannel = (one: unknown, context: Context, within: string): void => {
  if (isObject(one) && isExported(one)) return exported(one, context, within)
  // A list of channels can have them alone.
  if (isObject(one) && bareKind(one) === channel) {
    separate(context)
    channel(one, context, within)
    return separate(context)
  }
  const of = contextOf(context, "export")
  context.out.reject("channel", declared.notAnObject.code, "this is not an exported channel", one, within, of)
}

/** A member of an export or an answer that is read as a whole; `within`: where it is. */
export const memberOf = (name: string, of: unknown, context: Context, within: string): void => {
  if (name === "user" && isObject(of)) return owner(of, context, within)
  if (name === "devices" && Array.isArray(of)) return devices(of, context)
  const record = RECORDS.get(name)
  if (record !== undefined && isObject(of)) return record.map(of, context, within)
  const list = listOf(name)
  if (list === undefined) return passOver(name, of, context)
  if (Array.isArray(of)) return each(of, list, context, within)
  // What users were written is told by their ids.
  if (name === "users" && isObject(of) && Object.values(of).every(isObject)) {
    for (const [id, one] of Object.entries(of)) list.map(one as RawObject, context, `${within}.${id}`)
    return
  }
  notAList(of, list, name, context, within)
}

// internal

/** An answer to a request for what was missed, or a delivery of several. */
const anything: Mapping = {
  kind: "unknown",
  record: "any",
  map: (wire, context, within) => inside(context, within, () => value(wire, context))
}

/** Maps a part that could stand alone. */
const inside = (context: Context, within: string, map: () => void): void => {
  const { out } = context
  const { origin } = out
  if (within !== "")
    out.origin = {
      location: (more) => origin.location(`${within}${more}`),
      text: () => undefined,
      context: () => contextOf(context, "any")
    }
  map()
  out.origin = origin
}

/** The user whose messages and reactions follow, where they name nobody. */
const owner = (wire: RawObject, context: Context, within = ""): void => {
  context.ownerId = idOfUser(wire)
  user(wire, context, within)
}

const notAList = (of: unknown, { kind, record }: Mapping, name: string, context: Context, within: string) => {
  if (isBlank(of)) return
  const location = contextOf(context, record, { member: name })
  context.out.reject(kind, declared.notAList.code, "the member must be an array", of, within, location)
}

/** Tells whether an object is an exported channel, or an exported user with all of theirs. */
const isExported = (wire: RawObject): boolean =>
  Array.isArray(wire["messages"]) ||
  Array.isArray(wire["channels"]) ||
  (isObject(wire["channel"]) && (Array.isArray(wire["members"]) || Array.isArray(wire["read"]))) ||
  (isObject(wire["user"]) && Array.isArray(wire["reactions"]) && wire["id"] === undefined)

/** Tells whether an object is an answer of the regular API: lists of records, or records by their names. */
const isPage = (wire: RawObject): boolean => {
  if (!isAnonymous(wire)) return false
  for (const [name, of] of Object.entries(wire)) {
    if (Array.isArray(of) ? isListed(name, of) : isObject(of) && isNamed(name)) return true
  }
  return false
}

const isListed = (name: string, of: ReadonlyArray<unknown>): boolean =>
  LISTS.has(name) ||
  name === "devices" ||
  (EVENTS.has(name) && of.some((one) => isObject(one) && Events.isEvent(one)))

const isAnonymous = (wire: RawObject): boolean =>
  wire["id"] === undefined && wire["cid"] === undefined && wire["type"] === undefined

const isNamed = (name: string) => RECORDS.has(name) || name === "channel" || name === "users"

/** What stands after a message without naming a channel is in that one's. */
const remember = (
  map: Mapping["map"],
  wire: RawObject,
  around: RawObject,
  context: Context,
  isChannel: boolean,
  inside = ""
) => {
  const named = isChannel ? undefined : cidOf(wire)
  if (named !== undefined) context.channelId = named
  context.around = around
  context.out.inside = inside
  map(wire, context, "")
  context.out.inside = ""
  context.around = undefined
}

/** One exported channel or user, or one answer, that is in memory as a whole. */
const exported = (wire: RawObject, context: Context, of = ""): void => {
  separate(context)
  if (isObject(wire["channel"])) channel(wire["channel"], context, `${of}.channel`)
  if (isObject(wire["user"])) owner(wire["user"], context, `${of}.user`)
  for (const name of Object.keys(wire)) {
    if (name === "channel" || name === "user" || name === "channels") continue
    memberOf(name, wire[name], context, `${of}.${name}`)
  }
  const { channels } = wire
  if (Array.isArray(channels)) {
    for (const [i, one] of channels.entries()) exportedChannel(one, context, `${of}.channels[${i}]`)
  }
  separate(context)
}

/** What a queue kept. It cannot be corrected where it stands, because it is text there. */
const unpack = (parts: NonNullable<ReturnType<typeof queued>>, context: Context): void => {
  const { out } = context
  for (const { content, within } of parts) {
    inside(context, within, () => {
      if (isObject(content)) value(content, context)
      else if (typeof content === "string") {
        const problem = "the record of a queue holds no JSON"
        out.reject("unknown", declared.invalidJson.code, problem, withoutSecretsText(content))
      } else out.reject("unknown", declared.notAnObject.code, "a record must be an object", content)
    })
  }
}
