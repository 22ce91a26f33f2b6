import { type Entity, Exclusion, Timestamp } from "@chatferry/core"
import * as Limits from "../../StreamImportLimits.ts"
import { kept, lacking, notes, unsupported } from "../format/consequences.ts"
import * as Custom from "../format/custom.ts"
import * as Ids from "../format/ids.ts"
import { writeItem } from "../format/itemText.ts"
import * as ReservedNames from "../format/reservedNames.ts"
import type { Settings } from "../format/settings.ts"
import { encodeAttachments } from "./attachment.ts"
import { isOneWay } from "./decodeMessage.ts"

type Message = Entity.Entity<"message">

/**
 * A message for the stage. `item` has the import fields that only depend on the
 * message, as JSON without the braces. Fields that depend on other records
 * (channel, parent, quoted message and, with a parent, the type) are added when
 * the file is assembled. `own` is the content of the `chatferry` field if it
 * cannot be in `item` yet.
 */
export interface StagedMessage {
  readonly streamId: string
  readonly type: "regular" | "system" | "deleted"
  readonly userId: string
  readonly parentId: string | null
  readonly quotedId: string | null
  readonly createdAt: string
  readonly rank: string
  readonly isShownInChannel: boolean
  readonly own: string | null
  readonly notes: string | null
  readonly item: string
  /** The source ids of the users that the message refers to, besides the sender. */
  readonly userIds: ReadonlyArray<string>
  readonly moved: ReadonlyArray<Custom.Moved>
  /** The message cannot be restored from its row. */
  readonly isOneWay: boolean
}

/** Makes the encoder of messages for one dialect and set of policies. */
export const makeMessageEncoder = (
  settings: Settings,
  mapUser: (source: string) => string,
  mapMessage: (source: string) => string
): ((message: Message) => StagedMessage) => {
  const isLegacy = settings.dialect === "json-array"

  const content = (message: Message, item: Custom.Fields, own: Custom.Fields, changes: Custom.Changes) => {
    const userIds: Array<string> = []
    if (message.text !== undefined) item["text"] = limitText(message.text, settings.maxMessageLength, changes)
    if (message.textFormat !== undefined)
      Custom.keep(own, changes, "text_format", message.textFormat, kept.textFormat)
    if (message.html !== undefined) item["html"] = message.html
    if (isFilled(message.attachments, changes)) {
      item["attachments"] = encodeAttachments(message.attachments, settings, changes)
    }
    if (isFilled(message.mentionedUserIds, changes)) {
      const mentioned = storable(message.mentionedUserIds, changes)
      item["mentioned_users_ids"] = mentioned.map(mapUser)
      userIds.push(...mentioned)
    }
    const modern = Custom.ofOneDialect(isLegacy ? "lacks" : "has", item, own, changes)
    if (message.isChannelMentioned === true) modern("mentioned_channel", true, lacking.isChannelMentioned)
    if (message.isHereMentioned === true) modern("mentioned_here", true, lacking.isHereMentioned)
    if (isFilled(message.mentionedRoles, changes))
      modern("mentioned_roles", unique(message.mentionedRoles, changes), lacking.mentionedRoles)
    if (message.isSilent === true) Custom.keep(own, changes, "silent", true, kept.isSilent)
    if (isFilled(message.visibleToUserIds, changes)) {
      const visible = storable(message.visibleToUserIds, changes)
      if (visible.length > Limits.restrictedVisibility)
        changes.notes.push(notes.restrictedVisibilityOverLimit.code)
      if (!isLegacy) changes.notes.push(notes.restrictedVisibility.code)
      modern("restricted_visibility", visible.map(mapUser), notes.restrictedVisibilityLost.code)
      userIds.push(...visible)
    }
    if (message.pinnedAt !== undefined) {
      if (message.pinnedById === undefined) changes.notes.push(notes.pinnedByAdmin.code)
      const by = storable([message.pinnedById ?? settings.adminUserId], changes)[0] ?? settings.adminUserId
      item["pinned_at"] = message.pinnedAt
      item["pinned_by_id"] = mapUser(by)
      if (message.pinExpiresAt !== undefined) item["pin_expires"] = message.pinExpiresAt
      userIds.push(by)
    } else if (message.pinnedById !== undefined)
      Custom.keep(own, changes, "pinned_by_id", mapUser(message.pinnedById), kept.pinnedById)
    return userIds
  }

  return (message) => {
    const isDeleted = message.isDeleted ?? message.deletedAt !== undefined
    const isBlank = isDeleted && settings.deletedContent === "blank"
    const userId = message.userId ?? settings.adminUserId
    const isSystem = message.type === "system" || message.userId === undefined
    const type = isDeleted ? "deleted" : isSystem ? "system" : "regular"
    const parentId = message.parentId ?? null
    const quotedId = isBlank ? null : (message.quotedMessageId ?? null)
    const isLinked = parentId !== null || quotedId !== null
    const streamId = mapMessage(message.id)
    const changes = Custom.noChanges()
    if (message.userId === undefined) changes.notes.push(notes.messageWithoutUser.code)
    if (!Custom.isEmpty(message.reactionCounts ?? {}))
      changes.notes.push(unsupported("message.reactionCounts"))
    if (message.editedById !== undefined) changes.notes.push(unsupported("message.editedById"))

    const item: Custom.Fields = { id: streamId, user: mapUser(userId) }
    if (parentId === null || type !== "regular") item["type"] = type
    const own: Custom.Fields = {}
    let userIds: ReadonlyArray<string> = []
    if (!isBlank) userIds = content(message, item, own, changes)
    else if (hasContent(message)) changes.notes.push(notes.deletedContentBlanked.code)
    item["created_at"] = message.createdAt
    if (message.updatedAt !== undefined) {
      const legacy = Custom.ofOneDialect(isLegacy ? "has" : "lacks", item, own, changes)
      legacy("updated_at", message.updatedAt, kept.messageUpdatedAt)
    }
    if (isDeleted) item["deleted_at"] = message.deletedAt ?? message.updatedAt ?? message.createdAt

    let custom = Custom.fields(isBlank ? undefined : message.custom, own, ReservedNames.message)
    let text = writeItem(custom === undefined ? item : { ...item, ...custom }, changes)
    // A UTF-16 unit takes at most three bytes, so most messages need not be measured.
    if (custom !== undefined && (text.length > Limits.customBytes / 3 || isLinked)) {
      custom = Custom.limit(custom, isLinked ? reserve(mapMessage, parentId, quotedId) : 0, "", changes)
      text = writeItem({ ...item, ...custom, ...(isLinked ? { chatferry: undefined } : undefined) }, changes)
    }
    const extras = custom?.["chatferry"]
    return {
      streamId,
      type,
      userId,
      parentId,
      quotedId,
      createdAt: Timestamp.sortable(message.createdAt),
      rank: Exclusion.rank(message),
      isShownInChannel: message.isShownInChannel === true,
      own: isLinked && extras !== undefined ? writeItem(extras as Custom.Fields, changes).slice(1, -1) : null,
      notes: changes.notes.length === 0 ? null : JSON.stringify(changes.notes),
      item: text.slice(1, -1),
      userIds,
      moved: changes.moved,
      isOneWay: changes.isOneWay || changes.moved.length > 0 || isOneWay(message, isDeleted, isBlank)
    }
  }
}

// internal

const limitText = (text: string, length: number, changes: Custom.Changes) => {
  if (text.length <= Limits.defaultTextLength && text.length <= length) return text
  const isOver = (most: number) => endOfPoints(text, most) < text.length
  if (length > Limits.defaultTextLength && isOver(Limits.defaultTextLength))
    changes.notes.push(notes.textOverDefaultLimit.code)
  if (!isOver(length)) return text
  changes.notes.push(notes.textTruncated.code)
  Custom.move(changes, "text", text)
  return text.slice(0, endOfPoints(text, length))
}

/** The index after the first `most` code points of a text. */
const endOfPoints = (text: string, most: number): number => {
  let end = 0
  for (let points = 0; points < most && end < text.length; points++) {
    end += (text.codePointAt(end) as number) > 0xffff ? 2 : 1
  }
  return end
}

const storable = (ids: ReadonlyArray<string>, changes: Custom.Changes) => {
  for (const id of ids) if (!Ids.isStorable(id)) changes.notes.push(notes.invalidUserReference.code)
  return unique(ids, changes, Ids.isStorable)
}

const unique = (
  values: ReadonlyArray<string>,
  changes: Custom.Changes,
  isTaken: (value: string) => boolean = () => true
) => {
  const taken = Array.from(new Set(values)).filter(isTaken)
  if (taken.length < values.length) changes.isOneWay = true
  return taken
}

/** Whether a list has elements. An empty list is written like a missing one. */
const isFilled = <A>(
  list: ReadonlyArray<A> | undefined,
  changes: Custom.Changes
): list is ReadonlyArray<A> => {
  if (list?.length === 0) changes.isOneWay = true
  return list !== undefined && list.length > 0
}

const hasContent = (message: Message) =>
  (message.text ?? "") !== "" ||
  (message.html ?? "") !== "" ||
  (message.attachments?.length ?? 0) > 0 ||
  message.custom !== undefined

// The size of links that cannot be written: `,"chatferry":{"parent_message_id":"…","quoted_message_id":"…"}`.
const reserve = (mapMessage: (source: string) => string, ...ids: ReadonlyArray<string | null>) =>
  ids.reduce((sum, id) => sum + (id === null ? 0 : Custom.jsonBytes(mapMessage(id)) + 24), 20)
