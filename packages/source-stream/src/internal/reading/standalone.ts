// Maps an object without a known context: a line of an export or of a log of events, a response of the API, or an element
// of an array of any kind.
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

/** Maps an object of any kind, or counts or rejects it by its fields. */
export const value = (raw: RawObject, context: Context): void => {
  const { out } = context
  const enveloped = envelopeOf(raw)
  if (enveloped !== undefined) {
    const found = insideOf(enveloped, raw, context)
    if (found !== undefined)
      remember(found.map, found.inner, raw, context, found.isChannel, `.${enveloped.field}`)
    return
  }
  if (Events.isEvent(raw)) return Events.event(raw, context)
  const parts = queued(raw)
  if (parts !== undefined) return unpack(parts, context)
  if (isExported(raw)) return exported(raw, context)
  if (isDevice(raw)) return devices([raw], context)
  const location = placeless(raw)
  if (location !== undefined) return rejectPlaceless(location, raw, context, "")
  const bare = bareKind(raw)
  if (bare !== undefined) return remember(bare, raw, raw, context, bare === channel)
  if (isPage(raw)) return exported(raw, context)
  if (isAnswer(raw)) return out.note(declared.answerPassedOver.code)
  // Every response has a duration. The other fields of this one are counted by name.
  if (isAnonymous(raw) && typeof raw["duration"] === "string") return exported(raw, context)
  const problem = "the object matches no record that Stream exports"
  out.reject("unknown", declared.unrecognisedRecord.code, problem, raw, "", contextOf(context, "any"))
}

/** True if an object gives records. */
export const isRecord = (raw: RawObject): boolean => {
  if (envelopeOf(raw) !== undefined) return true
  if (Events.isEvent(raw)) return Events.changes(raw)
  const parts = queued(raw)
  if (parts !== undefined) return parts.some(({ content }) => isObject(content) && isRecord(content))
  if (isExported(raw)) return true
  return placeless(raw) === undefined && !isDevice(raw) && (bareKind(raw) !== undefined || isPage(raw))
}

/** True if an object is from Stream, even if it does not give records. */
export const isOfStream = (raw: RawObject): boolean =>
  isRecord(raw) || Events.isEvent(raw) || queued(raw) !== undefined || isDevice(raw)

/** Returns the mapping of a list by the name of its field. */
export const listOf = (name: string): Mapping | undefined => (EVENTS.has(name) ? anything : LISTS.get(name))

/** Maps an element of a list of exported channels. */
export const exportedChannel = (one: unknown, context: Context, within: string): void => {
  if (isObject(one) && isExported(one)) return exported(one, context, within)
  // A list of channels may contain bare channels.
  if (isObject(one) && bareKind(one) === channel) {
    separate(context)
    channel(one, context, within)
    return separate(context)
  }
  const of = contextOf(context, "export")
  context.out.reject("channel", declared.notAnObject.code, "this is not an exported channel", one, within, of)
}

/** Maps a field of an export or a response that is read as a whole; `within` is its location. */
export const memberOf = (name: string, of: unknown, context: Context, within: string): void => {
  if (name === "user" && isObject(of)) return owner(of, context, within)
  if (name === "devices" && Array.isArray(of)) return devices(of, context)
  const record = RECORDS.get(name)
  if (record !== undefined && isObject(of)) return record.map(of, context, within)
  const list = listOf(name)
  if (list === undefined) return passOver(name, of, context)
  if (Array.isArray(of)) return each(of, list, context, within)
  // Users can be an object of users by id.
  if (name === "users" && isObject(of) && Object.values(of).every(isObject)) {
    for (const [id, one] of Object.entries(of)) list.map(one as RawObject, context, `${within}.${id}`)
    return
  }
  notAList(of, list, name, context, within)
}

// internal

/** Events in a response to a request for missed events, or in a delivery of several. */
const anything: Mapping = {
  kind: "unknown",
  record: "any",
  map: (raw, context, within) => inside(context, within, () => value(raw, context))
}

/** Maps a part that could also be a separate object. */
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

/** Maps the user whose messages and reactions follow. It is their author if they do not name one. */
const owner = (raw: RawObject, context: Context, within = ""): void => {
  context.ownerId = idOfUser(raw)
  user(raw, context, within)
}

const notAList = (of: unknown, { kind, record }: Mapping, name: string, context: Context, within: string) => {
  if (isBlank(of)) return
  const location = contextOf(context, record, { member: name })
  context.out.reject(kind, declared.notAList.code, "the member must be an array", of, within, location)
}

/** True if an object is an exported channel, or an exported user with their records. */
const isExported = (raw: RawObject): boolean =>
  Array.isArray(raw["messages"]) ||
  Array.isArray(raw["channels"]) ||
  (isObject(raw["channel"]) && (Array.isArray(raw["members"]) || Array.isArray(raw["read"]))) ||
  (isObject(raw["user"]) && Array.isArray(raw["reactions"]) && raw["id"] === undefined)

/** True if an object is a response of the regular API: lists of records, or records by name. */
const isPage = (raw: RawObject): boolean => {
  if (!isAnonymous(raw)) return false
  for (const [name, of] of Object.entries(raw)) {
    if (Array.isArray(of) ? isListed(name, of) : isObject(of) && isNamed(name)) return true
  }
  return false
}

const isListed = (name: string, of: ReadonlyArray<unknown>): boolean =>
  LISTS.has(name) ||
  name === "devices" ||
  (EVENTS.has(name) && of.some((one) => isObject(one) && Events.isEvent(one)))

const isAnonymous = (raw: RawObject): boolean =>
  raw["id"] === undefined && raw["cid"] === undefined && raw["type"] === undefined

const isNamed = (name: string) => RECORDS.has(name) || name === "channel" || name === "users"

/** Remembers the channel of a record, for records after it that do not name one. */
const remember = (
  map: Mapping["map"],
  raw: RawObject,
  around: RawObject,
  context: Context,
  isChannel: boolean,
  inside = ""
) => {
  const named = isChannel ? undefined : cidOf(raw)
  if (named !== undefined) context.channelId = named
  context.around = around
  context.out.inside = inside
  map(raw, context, "")
  context.out.inside = ""
  context.around = undefined
}

/** Maps an exported channel or user, or a response, that is in memory as a whole. */
const exported = (raw: RawObject, context: Context, of = ""): void => {
  separate(context)
  if (isObject(raw["channel"])) channel(raw["channel"], context, `${of}.channel`)
  if (isObject(raw["user"])) owner(raw["user"], context, `${of}.user`)
  for (const name of Object.keys(raw)) {
    if (name === "channel" || name === "user" || name === "channels") continue
    memberOf(name, raw[name], context, `${of}.${name}`)
  }
  const { channels } = raw
  if (Array.isArray(channels)) {
    for (const [i, one] of channels.entries()) exportedChannel(one, context, `${of}.channels[${i}]`)
  }
  separate(context)
}

/** Maps the content of a record of a queue. It cannot be corrected in place, because it is text there. */
const unpack = (parts: NonNullable<ReturnType<typeof queued>>, context: Context): void => {
  const { out } = context
  for (const { content, within } of parts) {
    inside(context, within, () => {
      if (isObject(content)) value(content, context)
      else if (typeof content === "string") {
        const problem = "the record of a queue does not contain JSON"
        out.reject("unknown", declared.invalidJson.code, problem, withoutSecretsText(content))
      } else out.reject("unknown", declared.notAnObject.code, "a record must be an object", content)
    })
  }
}
