import { Sha256 } from "@chatferry/core/files"
import * as Limits from "../../StreamImportLimits.ts"

/** How a Stream id was derived; with `member_ids`, there is none. */
type Rule = "same" | "override" | "stripped" | "hashed" | "member_ids"

export interface Mapped {
  readonly id: string
  readonly rule: Rule
}

/**
 * Whether an id can be stored as text and read back unchanged. U+0000 separates
 * the parts of keys, and half a surrogate pair has no UTF-8 encoding.
 */
export const isStorable = (id: string): boolean => !id.includes("\0") && id.isWellFormed()

/** Maps ids of users: a pure function of the source id and the overrides. */
export const makeUserIds = (overrides: Readonly<Record<string, string>>): ((source: string) => Mapped) => {
  const chosen = new Map(Object.entries(overrides))
  const known = new Map<string, Mapped>()
  return (source) => {
    const override = chosen.size === 0 ? undefined : chosen.get(source)
    if (override !== undefined) return { id: override, rule: "override" }
    if (Limits.userId.test(source)) return { id: source, rule: "same" }
    const mapped = known.get(source) ?? { id: hashed(source, /[^@\w-]+/g, 100), rule: "hashed" }
    remember(known, source, mapped)
    return mapped
  }
}

/** Whether an id starts with the form of its channel. */
export const hasForm = (source: string): boolean =>
  SENDBIRD_PREFIXES.some((prefix) => source.startsWith(prefix))

/** The id without a prefix that only repeats the channel's form or type. */
export const stripChannel = (source: string, ownType: string | undefined): string => {
  for (const prefix of SENDBIRD_PREFIXES) {
    if (source.startsWith(prefix) && source.length > prefix.length) return source.slice(prefix.length)
  }
  return ownType !== undefined && source.startsWith(`${ownType}:`) ? source.slice(ownType.length + 1) : source
}

/** The type and id of a channel from Stream, whose source id is `type:id`, called cid by Stream. */
export const partsOfCid = (
  source: string
): { readonly type: string; readonly isOfMembers: boolean } | undefined => {
  const [, type, own] = CID.exec(source) ?? []
  return type === undefined ? undefined : { type, isOfMembers: own?.startsWith(OF_MEMBERS) === true }
}

/** Whether the id of a channel is Stream's hash of a set of members. */
export const isOfMembers = (source: string): boolean => source.includes(`:${OF_MEMBERS}`)

/** Maps the id of a channel. `isAlone` says that no other channel has the same stripped id. */
export const channelId = (source: string, stripped: string, isAlone: boolean): Mapped => {
  if (!isAlone || !Limits.channelId.test(stripped)) {
    // An open and a group channel have the same stripped id: the whole source id distinguishes them.
    return {
      id: `${readable(stripped, /[^\w-]+/g, 39)}-${Sha256.hex([source]).slice(0, HASH)}`,
      rule: "hashed"
    }
  }
  return { id: stripped, rule: stripped === source ? "same" : "stripped" }
}

/** Maps the id of a message: a pure function of the source id. */
export const messageId = (source: string): string =>
  PLAIN_MESSAGE_ID.test(source) || isMessageId(source) ? source : hashed(source, /[^\w-]+/g, 60)

/** Adds an entry to a map, and first empties the map if it is too large. */
export const remember = <A>(map: Map<string, A>, id: string, value: A): void => {
  if (map.has(id)) return
  if (map.size >= MOST) map.clear()
  // A slice of a longer text would keep the whole text in memory.
  map.set(Buffer.from(id).toString(), value)
}

// internal

const MOST = 16_384

const HASH = 24
const SENDBIRD_PREFIXES = ["sendbird_group_channel_", "sendbird_open_channel_"]
const OF_MEMBERS = "!members-"
const CID = /^([\w-]{1,64}):((?:!members-)?[\w-]{1,64})$/
const PLAIN_MESSAGE_ID = /^[\w:@.-]{1,255}$/

const isMessageId = (id: string) => !/[,%\p{Cc}]/u.test(id) && Buffer.byteLength(id) <= Limits.messageIdBytes

const readable = (source: string, invalid: RegExp, length: number) =>
  source.slice(0, length).replace(invalid, "_")

const hashed = (source: string, invalid: RegExp, length: number) =>
  `${readable(source, invalid, length)}-${Sha256.hex([source]).slice(0, HASH)}`
