import type { SqliteStage } from "@chatferry/connector"
import { type Entity, Exclusion, type Rejected, Timestamp } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { makeMessageEncoder, type StagedMessage } from "../encode/message.ts"
import { makeReactionEncoder } from "../encode/reaction.ts"
import { rejections } from "../format/consequences.ts"
import * as Ids from "../format/ids.ts"
import { rejection } from "../format/rejection.ts"
import type { Settings } from "../format/settings.ts"
import { changedAt } from "./changedAt.ts"
import type { Mapping } from "./earlierIds.ts"
import { makeInterned } from "./interned.ts"
import { isOverLimit, listedIds } from "./overLimit.ts"
import type { Table } from "./tables.ts"

/**
 * Makes the function that inserts a record into its table. It returns a reject if
 * the record cannot be staged.
 */
export const makeStaging = (
  insert: Insert,
  settings: Settings,
  mapping: Mapping
): ((record: Entity.Entity) => Rejected.Rejected | undefined) => {
  const mapUser = (source: string) => mapping.user(source).id
  const encodeMessage = makeMessageEncoder(settings, mapUser, mapping.message)
  const encodeReaction = makeReactionEncoder(settings, mapUser, mapping.message)

  const addUser = insert("users")
  const addChannel = insert("channels")
  const addMember = insert("members")
  const addMute = insert("member_mutes")
  const addMessage = insert("messages")
  const addExtras = insert("message_extras")
  const addMessageUser = insert("message_users")
  const addRename = insert("message_renames")
  const addReaction = insert("reactions")
  const addRemoval = insert("removals")
  const addMoved = insert("moved_fields")
  const addOriginal = insert("originals")
  const interned = makeInterned(insert("ids"), insert("senders"))

  const stageMessage = (message: Entity.Entity<"message">) => {
    const staged = encodeMessage(message)
    if (isOverLimit(staged.item, 0, settings.maxFileBytes)) return overLimit(message)
    const user = interned.user(staged.userId)
    const row = addMessage(
      message.id,
      interned.channel(message.channelId),
      user.row,
      staged.createdAt,
      message.userSnapshot === undefined ? null : interned.sender(user, message.userSnapshot),
      staged.item
    )
    if (hasExtras(staged)) {
      addExtras(
        row,
        staged.rank,
        staged.parentId,
        staged.quotedId,
        staged.type,
        staged.isShownInChannel ? 1 : 0,
        staged.own,
        staged.notes
      )
    }
    if (staged.streamId !== message.id) addRename(row, staged.streamId)
    for (const userId of staged.userIds) addMessageUser(row, userId)
    for (const { field, json } of staged.moved) addMoved("message", row, field, json)
    if (staged.isOneWay) addOriginal("message", row, JSON.stringify(message))
    return undefined
  }

  const stageReaction = (reaction: Entity.Entity<"reaction">) => {
    const staged = encodeReaction(reaction)
    if (reaction.removedAt !== undefined) {
      const { channelId = null, messageId, userId } = reaction
      addRemoval("reaction", messageId, channelId, userId, staged.type, changedAt(reaction))
      return undefined
    }
    if (isOverLimit(staged.item, 0, settings.maxFileBytes)) return overLimit(reaction)
    const row = addReaction(
      reaction.messageId,
      reaction.channelId ?? null,
      reaction.userId,
      staged.type,
      staged.createdAt,
      staged.rank,
      staged.isSingle ? 1 : 0,
      staged.notes,
      staged.item
    )
    for (const { field, json } of staged.moved) addMoved("reaction", row, field, json)
    if (staged.isOneWay) addOriginal("reaction", row, JSON.stringify(reaction))
    return undefined
  }

  const stageMerged = (record: Entity.Entity<"user" | "channel" | "member">) => {
    if (record._tag === "member" && record.removedAt !== undefined) {
      addRemoval("member", record.channelId, record.channelId, record.userId, "", changedAt(record))
      return undefined
    }
    const text = Json.write(record)
    if (isOverLimit(text, listedIds(record), settings.maxFileBytes)) return overLimit(record)
    switch (record._tag) {
      case "user":
        addUser(record.id, Exclusion.rank(record), text)
        return undefined
      case "channel":
        addChannel(record.id, Exclusion.rank(record), text)
        return undefined
      case "member": {
        const row = addMember(
          record.channelId,
          record.userId,
          record.role ?? null,
          Timestamp.sortable(record.updatedAt ?? record.observedAt),
          record.userSnapshot === undefined ? null : JSON.stringify(record.userSnapshot),
          text
        )
        if (record.isChannelMuted !== undefined) addMute(row, record.isChannelMuted ? 1 : 0)
        return undefined
      }
    }
  }

  return (record) => {
    if (!hasStorableIds(record)) return rejection(record._tag, rejections.invalidId.code, [], record)
    switch (record._tag) {
      case "message":
        return stageMessage(record)
      case "reaction":
        return stageReaction(record)
      case "failed_webhook":
        return rejection(record._tag, rejections.unsupportedKind.code, [], record)
      default:
        return stageMerged(record)
    }
  }
}

/** Makes the function that adds rows to a table of the stage. */
export type Insert = SqliteStage.SqliteStage<Table>["insert"]

// internal

const overLimit = (record: Entity.Entity) =>
  rejection(record._tag, rejections.overFileLimit.code, locationIds(record), record)

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

// `own` only comes with a parent or a quoted message.
const hasExtras = (staged: StagedMessage) =>
  staged.rank !== "" ||
  staged.parentId !== null ||
  staged.quotedId !== null ||
  staged.notes !== null ||
  staged.isShownInChannel ||
  staged.type !== "regular"

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
