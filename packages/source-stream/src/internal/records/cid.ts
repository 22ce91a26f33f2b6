// Channels are known by `type:id`, which Stream calls cid: an id alone is one of its type only.
import { type Ids } from "@chatferry/core"
import { DISTINCT } from "../reading/pendingChannel.ts"
import { distinctHash } from "./distinctHash.ts"
import { idOfUser, isObject, list, text, type RawObject } from "./raw.ts"

/** The channel that a channel object is. */
export const cidOfChannel = (wire: RawObject): Ids.ChannelId | undefined =>
  checked(text(wire["cid"])) ?? joined(wire["type"], wire["id"], wire["member_ids"])

/** The channel that another record names. */
export const cidOf = (wire: RawObject): Ids.ChannelId | undefined =>
  checked(text(wire["cid"])) ??
  checked(text(wire["channel_cid"])) ??
  joined(wire["channel_type"], wire["channel_id"], wire["channel_member_ids"]) ??
  (isObject(wire["channel"]) ? cidOfChannel(wire["channel"]) : undefined)

/** What that is read from. */
export const CID_FIELDS = [
  "cid",
  "channel_cid",
  "channel",
  "channel_type",
  "channel_id",
  "channel_member_ids"
]

/** The type in a cid. */
export const typeOfCid = (cid: string): string => cid.slice(0, cid.indexOf(":"))

// internal

const checked = (cid: string | undefined) => {
  const at = cid?.indexOf(":") ?? -1
  return cid !== undefined && at > 0 && at < cid.length - 1 ? (cid as Ids.ChannelId) : undefined
}

const joined = (type: unknown, id: unknown, memberIds: unknown) => {
  const [of, own] = [text(type), text(id)]
  if (of === undefined || of.includes(":")) return undefined
  if (own !== undefined) return `${of}:${own}` as Ids.ChannelId
  const members = list(memberIds).flatMap((one) => idOfUser(one) ?? [])
  return members.length === 0
    ? undefined
    : (`${of}:${DISTINCT}${distinctHash(Array.from(new Set(members)).toSorted())}` as Ids.ChannelId)
}
