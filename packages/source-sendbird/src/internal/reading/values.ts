// Maps objects on a line, in an array or alone in a file: pages of the Platform API and single records of it.
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

/** Finds the kind of a record by the names of its fields; `undefined` for a page or an unknown object. */
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

/** True if an object is a record of Sendbird, or a page of records. */
export const isOwn = (raw: RawObject): boolean =>
  !isWebhook(raw) &&
  (recordOf(hasOf(raw)) !== undefined || Object.keys(raw).some((name) => isMember(name, raw[name])))

/** True if an object is the body of a webhook, which has a channel and its members and reports what happened. */
export const isWebhook = ({ category, ...others }: RawObject): boolean =>
  typeof category === "string" && CATEGORY.test(category) && OF_WEBHOOKS.some((name) => name in others)

/** Maps a record, or the records of a page. */
export const value = (raw: RawObject, context: FileContext): void => {
  const record = isWebhook(raw) ? undefined : recordOf(hasOf(raw))
  context.channel = undefined
  context.pinned = undefined
  if (record !== undefined) return record.map(raw, context)
  if (isOwn(raw)) return page(raw, context)
  const problem = "the object is neither a record of Sendbird nor a page of records"
  context.out.reject("unknown", declared.unrecognisedRecord.code, problem, raw)
}

/** Maps a rejected record of a page, or a rejected list of records. */
export const listed = (content: unknown, of: ListedContext, context: FileContext): void => {
  context.channel = of.channel
  context.pinned = of.pinned && new Set(of.pinned)
  const records = Object.hasOwn(lists, of.of) ? lists[of.of] : values[of.of]
  if (records === undefined) return
  for (const one of Array.isArray(content) ? content : [content]) mapOne(one, records, context)
}

// internal

/** Fields that identify a message without a channel, and a user. */
const CONTENTS = ["message", "file", "mention_type", "message_type"]
const USERS = ["nickname", "profile_url", "guest_id", "is_active", "last_seen_at", "has_ever_logged_in"]

/** Lists of one channel, stored together with its URL. Channels themselves have the second kind, too. */
const OF_CHANNELS = ["banned_list", "muted_list"]
const IN_CHANNELS = ["members", "operators", "participants"]

const CATEGORY = /^\w+:\w+$/u
export const OF_WEBHOOKS = ["app_id", "payload", "sender"]

const hasOf = (raw: RawObject) => (name: string) => raw[name] !== undefined

const isMember = (name: string, inner: unknown): boolean => {
  if (name === CHANNEL) return isObject(inner) && channelId(inner.channel_url) !== undefined
  if (!Array.isArray(inner)) return false
  if (isExported(name)) return true
  return isPaged(name) && inner.some((one) => isObject(one) && hasIds(one))
}

const hasIds = (raw: RawObject): boolean =>
  hasId(raw) || [raw["user"], raw[CHANNEL]].some((inner) => isObject(inner) && hasId(inner))

const hasId = (raw: RawObject): boolean => IDS.some((name) => raw[name] !== undefined)

const IDS = [
  "channel_url",
  "bot",
  "user_ids",
  "sampled_user_ids",
  ...spellings.user.id,
  ...spellings.message.id
]

const page = (raw: RawObject, context: FileContext): void => {
  const { out } = context
  const around = out.origin
  const of = raw[CHANNEL]
  context.channel = channelId(raw["channel_url"])
  if (isObject(of)) {
    context.channel = channelId(of.channel_url)
    context.pinned = pinnedOf(of)
  }
  for (const [name, inner] of Object.entries(raw)) {
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
