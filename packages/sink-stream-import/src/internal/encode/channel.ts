import { type Entity } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Limits from "../../StreamImportLimits.ts"
import { kept, lacking, notes } from "../format/consequences.ts"
import * as Custom from "../format/custom.ts"
import * as Ids from "../format/ids.ts"
import * as ReservedNames from "../format/reservedNames.ts"
import type { Settings } from "../format/settings.ts"
import { addCustom } from "./user.ts"

type Channel = Entity.Entity<"channel">

/** The identity of a channel in Stream: a type, and an id or a set of members. */
export interface Target {
  readonly type: string
  readonly streamId: string | null
  readonly memberIds: ReadonlyArray<string> | null
}

/** Stream's type for a channel. */
export const channelType = (channel: Channel, settings: Settings): string => {
  const own = channel.type !== undefined && Limits.channelType.test(channel.type) ? channel.type : undefined
  if (channel.form === "typed" && own !== undefined) return own
  if (settings.channelType !== "stream_sync") {
    return channel.form === "open" ? settings.channelType.open : settings.channelType.group
  }
  return own ?? (channel.form === "open" || isPublic(channel) ? "public" : "messaging")
}

/** Whether the channel would keep its own type if Stream accepted the type. */
export const isTypeRejected = ({ form, type }: Channel, { channelType }: Settings): boolean =>
  type !== undefined && (form === "typed" || channelType === "stream_sync") && !Limits.channelType.test(type)

/** Whether a channel of which only the id is known gets the same type as with its record. */
export const isTypeKnown = ({ form, id }: Channel, { channelType }: Settings): boolean =>
  form === "typed" || (channelType !== "stream_sync" && Ids.hasForm(id))

/** Encodes a channel as an import item. */
export const encodeChannel = (
  channel: Channel,
  target: Target,
  createdById: string,
  settings: Settings,
  mapUser: (source: string) => string,
  changes: Custom.Changes
): Custom.Fields => {
  const isLegacy = settings.dialect === "json-array"
  const own: Custom.Fields = {}
  const item: Custom.Fields =
    target.memberIds === null ? { id: target.streamId } : { member_ids: target.memberIds }
  const modern = Custom.ofOneDialect(isLegacy ? "lacks" : "has", item, own, changes)
  item["type"] = target.type
  item["created_by"] = mapUser(createdById)
  if (channel.team !== undefined) item["team"] = channel.team
  const isDisabled = channel.deletedAt === undefined ? channel.isDisabled : true
  if (isDisabled !== undefined) item["disabled"] = isDisabled
  if (channel.isFrozen !== undefined) item["frozen"] = channel.isFrozen
  if (channel.createdAt !== undefined) item["created_at"] = channel.createdAt
  if (channel.truncatedAt !== undefined) modern("truncated_at", channel.truncatedAt, lacking.truncatedAt)
  const banned = bannedUserIds(channel)
  if (banned.length > 0) modern("banned_users", banned.map(mapUser), lacking.bannedUserIds)
  if (channel.updatedAt !== undefined) {
    const legacy = Custom.ofOneDialect(isLegacy ? "has" : "lacks", item, own, changes)
    legacy("updated_at", channel.updatedAt, kept.channelUpdatedAt)
  }
  if (channel.type !== undefined && channel.type !== target.type) own["type"] = channel.type
  if (channel.isPublic !== undefined) Custom.keep(own, changes, "is_public", channel.isPublic, kept.isPublic)
  if (channel.audience !== undefined) Custom.keep(own, changes, "audience", channel.audience, kept.audience)
  if (channel.topic !== undefined) Custom.keep(own, changes, "topic", channel.topic, kept.topic)
  if (channel.description !== undefined)
    Custom.keep(own, changes, "description", channel.description, kept.description)
  if (channel.archivedAt !== undefined) {
    own["archived_at"] = channel.archivedAt
    changes.notes.push(notes.channelArchived.code)
  }
  if (channel.isDistinct === true) {
    own["is_distinct"] = true
    if (target.memberIds === null && settings.distinctChannels === "id")
      changes.notes.push(notes.distinctById.code)
  }
  if (channel.form === "group" && isPublic(channel) && settings.channelType !== "stream_sync")
    changes.notes.push(notes.channelPublic.code)
  if (channel.deletedAt !== undefined) {
    own["deleted_at"] = channel.deletedAt
    changes.notes.push(notes.deletedChannelDisabled.code)
  }
  const custom = Custom.fields(channel.custom, own, ReservedNames.channel)
  addCustom(item, { name: channel.name, image: channel.imageUrl }, custom, changes)
  return item
}

/** The source ids of the users who are banned from a channel. */
export const bannedUserIds = (channel: Channel): ReadonlyArray<string> =>
  Array.from(new Set<string>(channel.bannedUserIds)).filter(Ids.isStorable)

/** The reference of members and messages to a channel, as JSON without the braces. */
export const reference = ({ memberIds, streamId, type }: Target): string =>
  Json.write(
    memberIds === null
      ? { channel_type: type, channel_id: streamId }
      : { channel_type: type, channel_member_ids: memberIds }
  ).slice(1, -1)

// internal

const isPublic = ({ audience, isPublic: isMarked }: Channel) =>
  audience === undefined ? isMarked === true : audience === "public"
