/**
 * Maps an export to items of a Stream import by hand: the fields that our sink
 * writes, in the order of reading. Users, channels and members are written when
 * they first occur; nothing is checked, sorted or deduplicated.
 */
import type { Kind } from "../child.ts"
import { type Attachment, attachments } from "./attachments.ts"
import { isEmpty, ownFields } from "./canonical.ts"
import type { Channel, Mapper, Member, Message } from "./sendbirdRecords.ts"
import { optionalTime, time } from "./times.ts"

type Draft = Record<string, unknown>

export const streamItems = (put: (kind: Kind, record: object) => void): Mapper => {
  const users = new Set<string>()
  const targets = new Map<string, { readonly id: string; readonly type: string }>()
  const channels = new Set<string>()
  const members = new Set<string>()
  const emit = (type: Kind, item: Draft) => put(type, { type, item })

  const userId = (id: string): string => {
    if (!users.has(id)) {
      users.add(id)
      emit("user", { id: safe(id) })
    }
    return safe(id)
  }
  const targetOf = (raw: Channel | Message) => {
    const known = targets.get(raw.channel_url)
    if (known !== undefined) return known
    const made = { id: safe(raw.channel_url.replace(PREFIX, "")), type: "messaging" }
    targets.set(raw.channel_url, made)
    return made
  }
  const member = (raw: Member, of: Channel, isOperator: boolean) => {
    const key = `${of.channel_url}/${raw.user_id}`
    if (members.has(key)) return
    members.add(key)
    const { id, type } = targetOf(of)
    const item: Draft = {
      channel_type: type,
      channel_id: id,
      user_id: userId(raw.user_id),
      channel_role: isOperator || raw.role === "operator" ? "channel_moderator" : "channel_member",
      created_at: time(of.created_at)
    }
    const read = of.read_receipt?.[raw.user_id]
    if (read !== undefined && read !== 0) item["last_read"] = time(read)
    const own: Draft = {}
    if (raw.is_bot === true) own["is_bot"] = true
    if (raw.is_active === false) own["is_active"] = false
    if (!isEmpty(own)) item["sendbird"] = own
    emit("member", item)
  }

  return {
    user: (raw, isDeactivated) => {
      users.add(raw.user_id)
      const item: Draft = { id: safe(raw.user_id) }
      if (raw.nickname !== "") item["name"] = raw.nickname
      if (raw.profile_url !== "") item["image"] = raw.profile_url
      const seen = optionalTime(raw.last_seen_at)
      const own: Draft = {}
      if (!isEmpty(raw.metadata)) own["metadata"] = raw.metadata
      own["has_ever_logged_in"] = raw.has_ever_logged_in
      item["sendbird"] = own
      item["chatferry"] = { last_seen_at: seen, deactivated_at: isDeactivated ? seen : undefined }
      emit("user", item)
    },
    channel: (raw) => {
      if (!channels.has(raw.channel_url)) {
        channels.add(raw.channel_url)
        const { id, type } = targetOf(raw)
        const item: Draft = { id, type, created_by: userId(ADMIN), name: raw.name }
        if (raw.cover_url !== "") item["image"] = raw.cover_url
        item["frozen"] = raw.freeze === true || raw.freeze === "true"
        item["created_at"] = time(raw.created_at)
        const own: Draft = {}
        if (raw.is_super === true) own["is_super"] = true
        if (raw.data !== "") own["data"] = raw.data
        if (!isEmpty(own)) item["sendbird"] = own
        const more: Draft = {}
        if (raw.custom_type !== "") more["type"] = raw.custom_type
        if (raw.is_public !== undefined) more["is_public"] = raw.is_public
        if (raw.is_distinct === true) more["is_distinct"] = true
        if (!isEmpty(more)) item["chatferry"] = more
        emit("channel", item)
      }
      for (const one of raw.members ?? []) member(one, raw, false)
      for (const one of raw.operators ?? []) member(one, raw, true)
    },
    message: (raw) => {
      const { id: channelId, type: channelType } = targetOf(raw)
      const { user } = raw
      const item: Draft = {
        id: String(raw.message_id),
        channel_type: channelType,
        channel_id: channelId,
        user: userId(user === undefined || user === null ? ADMIN : user.user_id)
      }
      if (raw.parent_message_id === undefined) {
        item["type"] = raw.is_removed ? "deleted" : raw.type === "ADMM" ? "system" : "regular"
      } else {
        item["type"] = "reply"
        item["parent_id"] = String(raw.parent_message_id)
        if (raw.is_reply_to_channel === true) item["show_in_channel"] = true
      }
      if (raw.message !== "") item["text"] = raw.message
      const carried = attachments(raw)
      if (carried !== undefined) item["attachments"] = carried.map(attachment)
      if (raw.mentioned_users.length > 0) {
        item["mentioned_users_ids"] = raw.mentioned_users.map((one) => userId(one.user_id))
      }
      item["created_at"] = time(raw.created_at)
      if (raw.updated_at !== 0) item["updated_at"] = time(raw.updated_at)
      if (raw.is_removed) item["deleted_at"] = item["updated_at"] ?? item["created_at"]
      const own = ownFields(raw)
      if (!isEmpty(own)) item["sendbird"] = own
      if (raw.silent || raw.mention_type === "channel") {
        item["chatferry"] = {
          mentioned_channel: raw.mention_type === "channel" ? true : undefined,
          silent: raw.silent ? true : undefined
        }
      }
      emit("message", item)
      for (const { key, updated_at: at, user_ids: by } of raw.reactions ?? []) {
        const type = REACTION.test(key) ? key : key.replaceAll(NOT_IN_REACTIONS, "-")
        for (const one of by) {
          const reaction: Draft = { message_id: item["id"], type, user_id: userId(one) }
          if (at !== 0) reaction["created_at"] = time(at)
          emit("reaction", reaction)
        }
      }
    },
    // Stream has no equivalent.
    webhook: () => undefined
  }
}

const ADMIN = "chatferry-admin"
const PREFIX = /^sendbird_(?:group|open)_channel_/u
const SAFE = /^[@\w-]{1,64}$/u
const NOT_SAFE = /[^@\w-]/gu
const REACTION = /^[\w\-+:.]{1,30}$/u
const NOT_IN_REACTIONS = /[^\w\-+:.]/gu

const safe = (id: string) => (SAFE.test(id) ? id : id.replaceAll(NOT_SAFE, "_").slice(0, 64))

const attachment = (from: Attachment): Draft => {
  const item: Draft = { type: from.type }
  if (from.type === "link") item["og_scrape_url"] = item["title_link"] = from.url
  else if (from.url !== undefined) item[from.type === "image" ? "image_url" : "asset_url"] = from.url
  if (from.thumbnailUrl !== undefined) {
    item[from.type === "link" ? "image_url" : "thumb_url"] = from.thumbnailUrl
  }
  if (from.name !== undefined) item["title"] = from.name
  if (from.text !== undefined) item["text"] = from.text
  if (from.mimeType !== undefined) item["mime_type"] = from.mimeType
  if (from.sizeBytes !== undefined) item["file_size"] = from.sizeBytes
  if (from.durationSeconds !== undefined) item["duration"] = from.durationSeconds
  if (from.isAuthRequired === true) item["chatferry"] = { auth_required: true }
  if (from.custom !== undefined) Object.assign(item, from.custom)
  return item
}
