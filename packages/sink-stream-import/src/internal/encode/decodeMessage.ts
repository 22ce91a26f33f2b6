import { type Entity, Timestamp } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { notes } from "../format/consequences.ts"
import * as Custom from "../format/custom.ts"
import * as ReservedNames from "../format/reservedNames.ts"
import * as Times from "../format/times.ts"
import { decodeAttachment } from "./attachment.ts"

type Message = Entity.Entity<"message">

/** A staged message with all its values in the stage. */
export interface MessageRow {
  readonly id: string
  readonly channelId: string
  readonly userId: string
  readonly type: "regular" | "system" | "deleted"
  readonly parentId: string | null
  readonly quotedId: string | null
  readonly isShownInChannel: number
  readonly changedAt: string
  readonly own: string | null
  readonly notes: string | null
  /** JSON of the snapshot of the sender. */
  readonly sender: string | null
  /** JSON of the users that the message refers to, in the order in which they were staged. */
  readonly userIds: string
  readonly item: string
}

/** Decodes a staged message, unless the encoding was one-way. */
export const decodeMessage = (row: MessageRow): object => {
  const item = fieldsOf(row.item)
  const own = row.own === null ? ((item["chatferry"] ?? {}) as Custom.Fields) : fieldsOf(row.own)
  const hasUser = row.notes === null || !parseList(row.notes).includes(notes.messageWithoutUser.code)
  const userIds = parseList(row.userIds)
  const take = (ids: unknown) => (Array.isArray(ids) ? userIds.splice(0, ids.length) : undefined)
  const updatedAt = item["updated_at"] ?? own["updated_at"]
  const [, observedAt] = row.changedAt.split(" ")
  return Custom.given({
    _tag: "message",
    id: row.id,
    channelId: row.channelId,
    userId: hasUser ? row.userId : undefined,
    userSnapshot: row.sender === null ? undefined : Json.parse(row.sender),
    type: !hasUser || row.type === "system" ? "system" : "regular",
    text: item["text"],
    textFormat: own["text_format"],
    html: item["html"],
    attachments: (item["attachments"] as ReadonlyArray<Custom.Fields> | undefined)?.map(decodeAttachment),
    parentId: row.parentId ?? undefined,
    isShownInChannel: row.isShownInChannel === 1 ? true : undefined,
    quotedMessageId: row.quotedId ?? undefined,
    mentionedUserIds: take(item["mentioned_users_ids"]),
    isChannelMentioned: item["mentioned_channel"] ?? own["mentioned_channel"],
    isHereMentioned: item["mentioned_here"] ?? own["mentioned_here"],
    mentionedRoles: item["mentioned_roles"] ?? own["mentioned_roles"],
    isSilent: own["silent"],
    visibleToUserIds: take(item["restricted_visibility"] ?? own["restricted_visibility"]),
    pinnedAt: item["pinned_at"],
    pinnedById: item["pinned_at"] === undefined ? undefined : userIds[0],
    pinExpiresAt: item["pin_expires"],
    createdAt: item["created_at"],
    updatedAt,
    observedAt: observedAt === undefined ? undefined : Times.millisecondsOf(observedAt),
    ...(row.type === "deleted" && {
      isDeleted: true,
      deletedAt: deletedAtOf(item["deleted_at"], updatedAt, item["created_at"])
    }),
    custom: Custom.custom(item, FIELDS)
  })
}

/** Whether `decodeMessage` cannot restore fields of a message that are staged unchanged. */
export const isOneWay = (message: Message, isDeleted: boolean, isBlank: boolean): boolean => {
  const { createdAt, deletedAt, observedAt, updatedAt } = message
  return (
    Custom.isOneWay(message.custom, ReservedNames.message) ||
    message.reactionCounts !== undefined ||
    message.editedById !== undefined ||
    message.isShownInChannel === false ||
    message.isChannelMentioned === false ||
    message.isHereMentioned === false ||
    message.isSilent === false ||
    (message.pinnedAt === undefined
      ? message.pinnedById !== undefined || message.pinExpiresAt !== undefined
      : message.pinnedById === undefined) ||
    (message.userId === undefined ? message.type !== "system" : isDeleted && message.type === "system") ||
    message.isDeleted !== (isDeleted ? true : undefined) ||
    (isDeleted && deletedAt !== deletedAtOf(deletedAt ?? updatedAt ?? createdAt, updatedAt, createdAt)) ||
    (observedAt !== undefined && observedAt !== Times.millisecondsOf(Timestamp.sortable(observedAt))) ||
    (isBlank && CONTENT.some((field) => message[field] !== undefined))
  )
}

// internal

/** Without a time of deletion, the item has the message's own time. */
const deletedAtOf = (at: unknown, updatedAt: unknown, createdAt: unknown) =>
  updatedAt === undefined && at === createdAt ? undefined : at

const CONTENT = [
  "text",
  "textFormat",
  "html",
  "attachments",
  "quotedMessageId",
  "mentionedUserIds",
  "isChannelMentioned",
  "isHereMentioned",
  "mentionedRoles",
  "isSilent",
  "visibleToUserIds",
  "pinnedAt",
  "custom"
] as const satisfies ReadonlyArray<keyof Message>

/** The fields of an item besides custom data. */
const FIELDS: ReadonlySet<string> = new Set([
  "id",
  "user",
  "type",
  "text",
  "html",
  "attachments",
  "mentioned_users_ids",
  "mentioned_channel",
  "mentioned_here",
  "mentioned_roles",
  "restricted_visibility",
  "pinned_at",
  "pinned_by_id",
  "pin_expires",
  "created_at",
  "updated_at",
  "deleted_at"
])

const fieldsOf = (inside: string) => Json.parse(`{${inside}}`) as Custom.Fields

const parseList = (text: string) => Json.parse(text) as Array<string>
