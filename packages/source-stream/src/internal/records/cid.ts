// Channels are identified by `type:id`, which Stream calls cid, because an id is unique only within its type.
import { type Ids } from "@chatferry/core"
import { DISTINCT } from "../reading/pendingChannel.ts"
import { distinctHash } from "./distinctHash.ts"
import { idOfUser, isObject, list, text, type RawObject } from "./raw.ts"

/** Returns the cid of a channel object. */
export const cidOfChannel = (raw: RawObject): Ids.ChannelId | undefined =>
  checked(text(raw["cid"])) ?? joined(raw["type"], raw["id"], raw["member_ids"])

/** Returns the cid of the channel that another record names. */
export const cidOf = (raw: RawObject): Ids.ChannelId | undefined =>
  checked(text(raw["cid"])) ??
  checked(text(raw["channel_cid"])) ??
  joined(raw["channel_type"], raw["channel_id"], raw["channel_member_ids"]) ??
  (isObject(raw["channel"]) ? cidOfChannel(raw["channel"]) : undefined)

/** The fields from which `cidOf` reads. */
export const CID_FIELDS = [
  "cid",
  "channel_cid",
  "channel",
  "channel_type",
  "channel_id",
  "channel_member_ids"
]

/** Returns the type in a cid. */
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
