// Objects that stand alone, on a line, in an array or as a file: pages of the Platform API, and single records of it.
import { ArchiveReader } from "@chatferry/connector"
import type { BatchBuilder } from "@chatferry/core/run"
import { declared } from "../consequences.ts"
import { pinnedOf } from "../records/pins.ts"
import { channelId, isNothing, isObject, type RawObject } from "../records/raw.ts"
import type { ListedContext } from "../records/rejectContext.ts"
import * as spellings from "../records/spellings.ts"
import {
  CHANNEL,
  type FileContext,
  header,
  isExported,
  isPaged,
  lists,
  MESSAGES,
  values,
  type Records
} from "./lists.ts"

/** What a record is, by the names of its fields; nothing when it is none, or a page. */
export const recordOf = (has: (name: string) => boolean): Records | undefined => {
  if (has(MESSAGES)) return undefined
  const isChannels = has("channel_url")
  if (has("bot") && !isChannels) return lists["bots"]
  if (spellings.message.id.some(has)) {
    if (has("key")) return lists["reactions"]
    return isChannels || CONTENTS.some(has) ? lists[MESSAGES] : undefined
  }
  const isUsers = spellings.user.id.some(has)
  if (OF_CHANNELS.some(has) || (has("next") && IN_CHANNELS.some(has))) return undefined
  if (isChannels) return isUsers ? lists["members"] : lists["channels"]
  return isUsers && USERS.some(has) ? lists["users"] : undefined
}

/** Tells whether an object is a record of Sendbird's, or a page of such. */
export const isOwn = (wire: RawObject): boolean =>
  !isWebhook(wire) &&
  (recordOf(hasOf(wire)) !== undefined || Object.keys(wire).some((name) => isMember(name, wire[name])))

/** Whether an object is the body of a webhook: it shows the channel and its members, and tells what happened. */
export const isWebhook = ({ category, ...others }: RawObject): boolean =>
  typeof category === "string" && CATEGORY.test(category) && OF_WEBHOOKS.some((name) => name in others)

/** Maps the records of a page, or a record. */
export const value = (wire: RawObject, context: FileContext): void => {
  const record = isWebhook(wire) ? undefined : recordOf(hasOf(wire))
  context.channel = undefined
  context.pinned = undefined
  if (record !== undefined) return record.map(wire, context)
  if (isOwn(wire)) return page(wire, context)
  const problem = "the object is neither a record of Sendbird nor a page of records"
  context.out.reject("unknown", declared.unrecognisedRecord.code, problem, wire)
}

/** Maps a record of a page, or a list of them, that was set aside. */
export const listed = (content: unknown, of: ListedContext, context: FileContext): void => {
  context.channel = of.channel
  context.pinned = of.pinned && new Set(of.pinned)
  const records = Object.hasOwn(lists, of.of) ? lists[of.of] : values[of.of]
  if (records === undefined) return
  for (const one of Array.isArray(content) ? content : [content]) mapOne(one, records, context)
}

// internal

/** What tells a message, where it leaves its channel to its page, and a user. */
const CONTENTS = ["message", "file", "mention_type", "message_type"]
const USERS = ["nickname", "profile_url", "guest_id", "is_active", "last_seen_at", "has_ever_logged_in"]

/** Lists of one channel, whose address somebody has put beside them; channels themselves have the latter, too. */
const OF_CHANNELS = ["banned_list", "muted_list"]
const IN_CHANNELS = ["members", "operators", "participants"]

const CATEGORY = /^\w+:\w+$/u
export const OF_WEBHOOKS = ["app_id", "payload", "sender"]

const hasOf = (wire: RawObject) => (name: string) => wire[name] !== undefined

const isMember = (name: string, inner: unknown): boolean => {
  if (name === CHANNEL) return isObject(inner) && channelId(inner.channel_url) !== undefined
  if (!Array.isArray(inner)) return false
  if (isExported(name)) return true
  return isPaged(name) && inner.some((one) => isObject(one) && hasIds(one))
}

const hasIds = (wire: RawObject): boolean =>
  hasId(wire) || [wire["user"], wire[CHANNEL]].some((inner) => isObject(inner) && hasId(inner))

const hasId = (wire: RawObject): boolean => IDS.some((name) => wire[name] !== undefined)

const IDS = [
  "channel_url",
  "bot",
  "user_ids",
  "sampled_user_ids",
  ...spellings.user.id,
  ...spellings.message.id
]

const page = (wire: RawObject, context: FileContext): void => {
  const { out } = context
  const around = out.origin
  const of = wire[CHANNEL]
  context.channel = channelId(wire["channel_url"])
  if (isObject(of)) {
    context.channel = channelId(of.channel_url)
    context.pinned = pinnedOf(of)
  }
  for (const [name, inner] of Object.entries(wire)) {
    if (header.includes(name)) continue
    const records = isExported(name) || isPaged(name) ? (lists[name] ?? values[name]) : undefined
    if (records === undefined) {
      out.note(ArchiveReader.ignoredMember(name))
      continue
    }
    if (name === CHANNEL ? isObject(inner) : !Array.isArray(inner)) {
      out.origin = originOf(name, "", around, context)
      if (name === CHANNEL) mapOne(inner, records, context)
      else if (!isNothing(inner))
        out.reject(records.kind, declared.notAList.code, "the member must be an array", inner)
      continue
    }
    for (const [i, one] of (inner as ReadonlyArray<unknown>).entries()) {
      out.origin = originOf(name, `[${i}]`, around, context)
      mapOne(one, records, context)
    }
  }
  out.origin = around
}

const originOf = (
  of: string,
  at: string,
  around: BatchBuilder.Origin,
  { channel, pinned }: FileContext
): BatchBuilder.Origin => ({
  location: (within) => around.location(`.${of}${at}${within}`),
  text: () => undefined,
  context: (): ListedContext => ({
    part: "listed",
    of,
    ...(channel !== undefined && channel !== null && { channel }),
    ...(pinned !== undefined && { pinned: Array.from(pinned) })
  })
})

const mapOne = (one: unknown, { kind, map }: Records, context: FileContext): void => {
  if (isObject(one)) map(one, context)
  else context.out.reject(kind, declared.notAnObject.code, "a record must be an object", one)
}
