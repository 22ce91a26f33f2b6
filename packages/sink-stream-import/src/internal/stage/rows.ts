// What is staged of an entity, encoded without the stage, so that a thread can encode and another one insert.
import { type Entity, Exclusion, Timestamp } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { makeMessageEncoder, type StagedMessage } from "../encode/message.ts"
import { makeReactionEncoder } from "../encode/reaction.ts"
import { rejections } from "../format/consequences.ts"
import type { Moved } from "../format/custom.ts"
import * as Ids from "../format/ids.ts"
import type { Reason } from "../format/rejection.ts"
import type { Settings } from "../format/settings.ts"
import { changedAt } from "./changedAt.ts"
import type { Mapping } from "./earlierIds.ts"
import { isOverLimit, listedIds } from "./overLimit.ts"
import { makeSenders } from "./senders.ts"

/** An encoded entity: its kind and its values, mostly texts, which are cheap to copy to another thread. */
export type Row = MessageRow | ReactionRow | MergedRow | MemberRow | RemovalRow | RejectRow

/** Says with which id map of an earlier run the rows after it were encoded. */
export type IdMapRow = readonly [kind: "id_map", sha256: string]

type MessageRow = readonly [
  kind: "message",
  id: string,
  channelId: string,
  userId: string,
  createdAt: string,
  /** JSON of the snapshot of the sender. */
  sender: string | null,
  item: string,
  /** The values that most messages do not have. */
  rest: MessageRest | null
]

type MessageRest = readonly [
  extras: MessageExtras | null,
  streamId: string | null,
  userIds: ReadonlyArray<string>,
  moved: ReadonlyArray<MovedField>,
  original: string | null
]

type MessageExtras = readonly [
  rank: string,
  parentId: string | null,
  quotedId: string | null,
  type: string,
  isShownInChannel: 0 | 1,
  own: string | null,
  notes: string | null
]

type ReactionRow = readonly [
  kind: "reaction",
  messageId: string,
  channelId: string | null,
  userId: string,
  type: string,
  createdAt: string,
  rank: string,
  isSingle: 0 | 1,
  notes: string | null,
  item: string,
  rest: ReactionRest | null
]

type ReactionRest = readonly [moved: ReadonlyArray<MovedField>, original: string]

type MovedField = readonly [field: string, json: string]

/** Users and channels, as canonical JSON. */
type MergedRow = readonly [kind: "user" | "channel", id: string, rank: string, record: string]

type MemberRow = readonly [
  kind: "member",
  channelId: string,
  userId: string,
  role: string | null,
  changedAt: string,
  snapshot: string | null,
  record: string,
  isMuted: 0 | 1 | null
]

type RemovalRow = readonly [
  kind: "removal",
  of: "member" | "reaction",
  ownerId: string,
  channelId: string | null,
  userId: string,
  type: string,
  changedAt: string
]

type RejectRow = readonly [
  kind: "reject",
  of: Entity.Kind,
  code: Reason,
  ids: ReadonlyArray<string>,
  /** The record as JSON. */
  original: string
]

/** Makes the function that encodes an entity. */
export const makeRowEncoder = (settings: Settings, mapping: Mapping): ((entity: Entity.Entity) => Row) => {
  const mapUser = (source: string) => mapping.user(source).id
  const encodeMessage = makeMessageEncoder(settings, mapUser, mapping.message)
  const encodeReaction = makeReactionEncoder(settings, mapUser, mapping.message)
  const senderOf = makeSenders()

  const messageRow = (message: Entity.Entity<"message">): Row => {
    const staged = encodeMessage(message)
    const { createdAt, item, userId } = staged
    if (isOverLimit(item, 0, settings.maxFileBytes)) return overLimit(message)
    const { channelId, id, userSnapshot } = message
    const sender = userSnapshot === undefined ? null : senderOf(userId, userSnapshot)
    return ["message", id, channelId, userId, createdAt, sender, item, restOf(message, staged)]
  }

  const reactionRow = (reaction: Entity.Entity<"reaction">): Row => {
    const { createdAt, isOneWay, isSingle, item, moved, notes, rank, type } = encodeReaction(reaction)
    const { channelId = null, messageId, userId } = reaction
    if (reaction.removedAt !== undefined)
      return ["removal", "reaction", messageId, channelId, userId, type, changedAt(reaction)]
    if (isOverLimit(item, 0, settings.maxFileBytes)) return overLimit(reaction)
    // What was moved cannot be restored either.
    const rest: ReactionRest | null = isOneWay ? [moved.map(toField), JSON.stringify(reaction)] : null
    const single = isSingle ? 1 : 0
    return ["reaction", messageId, channelId, userId, type, createdAt, rank, single, notes, item, rest]
  }

  const mergedRow = (record: Entity.Entity<"user" | "channel" | "member">): Row => {
    if (record._tag === "member" && record.removedAt !== undefined)
      return ["removal", "member", record.channelId, record.channelId, record.userId, "", changedAt(record)]
    const text = Json.write(record)
    if (isOverLimit(text, listedIds(record), settings.maxFileBytes)) return overLimit(record)
    if (record._tag !== "member") return [record._tag, record.id, Exclusion.rank(record), text]
    const { channelId, isChannelMuted, observedAt, role = null, updatedAt, userId, userSnapshot } = record
    const snapshot = userSnapshot === undefined ? null : JSON.stringify(userSnapshot)
    const isMuted = isChannelMuted === undefined ? null : isChannelMuted ? 1 : 0
    const changed = Timestamp.sortable(updatedAt ?? observedAt)
    return ["member", channelId, userId, role, changed, snapshot, text, isMuted]
  }

  return (entity) => {
    if (!hasStorableIds(entity)) return rejectRow(entity, rejections.invalidId.code, [])
    switch (entity._tag) {
      case "message":
        return messageRow(entity)
      case "reaction":
        return reactionRow(entity)
      case "failed_webhook":
        return rejectRow(entity, rejections.unsupportedKind.code, [])
      default:
        return mergedRow(entity)
    }
  }
}

// internal

const restOf = (message: Entity.Entity<"message">, staged: StagedMessage): MessageRest | null => {
  const { isOneWay, isShownInChannel, moved, notes, own, parentId, quotedId, rank, streamId, type } = staged
  // `own` only comes with a parent or a quoted message.
  const hasExtras =
    rank !== "" ||
    parentId !== null ||
    quotedId !== null ||
    notes !== null ||
    isShownInChannel ||
    type !== "regular"
  const isRenamed = streamId !== message.id
  // What was moved cannot be restored either.
  if (!hasExtras && !isRenamed && !isOneWay && staged.userIds.length === 0) return null
  return [
    hasExtras ? [rank, parentId, quotedId, type, isShownInChannel ? 1 : 0, own, notes] : null,
    isRenamed ? streamId : null,
    staged.userIds,
    moved.map(toField),
    isOneWay ? JSON.stringify(message) : null
  ]
}

const toField = ({ field, json }: Moved): MovedField => [field, json]

const overLimit = (entity: Entity.Entity) =>
  rejectRow(entity, rejections.overFileLimit.code, locationIds(entity))

const rejectRow = (entity: Entity.Entity, code: Reason, ids: ReadonlyArray<string>): RejectRow => [
  "reject",
  entity._tag,
  code,
  ids,
  JSON.stringify(entity)
]

const locationIds = (record: Entity.Entity): ReadonlyArray<string> => {
  switch (record._tag) {
    case "member":
      return [record.channelId, record.userId]
    case "reaction":
      return [record.messageId, record.userId, record.type]
    default:
      return [record.id]
  }
}

const hasStorableIds = (record: Entity.Entity): boolean => {
  switch (record._tag) {
    case "message":
      return (
        Ids.isStorable(record.id) &&
        Ids.isStorable(record.channelId) &&
        isStorable(record.userId) &&
        isStorable(record.parentId) &&
        isStorable(record.quotedMessageId) &&
        isStorable(record.pinnedById)
      )
    case "reaction":
      return Ids.isStorable(record.messageId) && isStorable(record.channelId) && Ids.isStorable(record.userId)
    case "member":
      return Ids.isStorable(record.channelId) && Ids.isStorable(record.userId)
    case "channel":
      return Ids.isStorable(record.id) && isStorable(record.createdById)
    default:
      return Ids.isStorable(record.id)
  }
}

const isStorable = (id: string | undefined) => id === undefined || Ids.isStorable(id)
