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
  const targetOf = (wire: Channel | Message) => {
    const known = targets.get(wire.channel_url)
    if (known !== undefined) return known
    const made = { id: safe(wire.channel_url.replace(PREFIX, "")), type: "messaging" }
    targets.set(wire.channel_url, made)
    return made
  }
  const member = (wire: Member, of: Channel, isOperator: boolean) => {
    const key = `${of.channel_url}/${wire.user_id}`
    if (members.has(key)) return
    members.add(key)
    const { id, type } = targetOf(of)
    const item: Draft = {
      channel_type: type,
      channel_id: id,
      user_id: userId(wire.user_id),
      channel_role: isOperator || wire.role === "operator" ? "channel_moderator" : "channel_member",
      created_at: time(of.created_at)
    }
    const read = of.read_receipt?.[wire.user_id]
    if (read !== undefined && read !== 0) item["last_read"] = time(read)
    const own: Draft = {}
    if (wire.is_bot === true) own["is_bot"] = true
    if (wire.is_active === false) own["is_active"] = false
    if (!isEmpty(own)) item["sendbird"] = own
    emit("member", item)
  }

  return {
    user: (wire, isDeactivated) => {
      users.add(wire.user_id)
      const item: Draft = { id: safe(wire.user_id) }
      if (wire.nickname !== "") item["name"] = wire.nickname
      if (wire.profile_url !== "") item["image"] = wire.profile_url
      const seen = optionalTime(wire.last_seen_at)
      const own: Draft = {}
      if (!isEmpty(wire.metadata)) own["metadata"] = wire.metadata
      own["has_ever_logged_in"] = wire.has_ever_logged_in
      item["sendbird"] = own
      item["chatferry"] = { last_seen_at: seen, deactivated_at: isDeactivated ? seen : undefined }
      emit("user", item)
    },
    channel: (wire) => {
      if (!channels.has(wire.channel_url)) {
        channels.add(wire.channel_url)
        const { id, type } = targetOf(wire)
        const item: Draft = { id, type, created_by: userId(ADMIN), name: wire.name }
        if (wire.cover_url !== "") item["image"] = wire.cover_url
        item["frozen"] = wire.freeze === true || wire.freeze === "true"
        item["created_at"] = time(wire.created_at)
        const own: Draft = {}
        if (wire.is_super === true) own["is_super"] = true
        if (wire.data !== "") own["data"] = wire.data
        if (!isEmpty(own)) item["sendbird"] = own
        const more: Draft = {}
        if (wire.custom_type !== "") more["type"] = wire.custom_type
        if (wire.is_public !== undefined) more["is_public"] = wire.is_public
        if (wire.is_distinct === true) more["is_distinct"] = true
        if (!isEmpty(more)) item["chatferry"] = more
        emit("channel", item)
      }
      for (const one of wire.members ?? []) member(one, wire, false)
      for (const one of wire.operators ?? []) member(one, wire, true)
    },
    message: (wire) => {
      const { id: channelId, type: channelType } = targetOf(wire)
      const { user } = wire
      const item: Draft = {
        id: String(wire.message_id),
        channel_type: channelType,
        channel_id: channelId,
        user: userId(user === undefined || user === null ? ADMIN : user.user_id)
      }
      if (wire.parent_message_id === undefined) {
        item["type"] = wire.is_removed ? "deleted" : wire.type === "ADMM" ? "system" : "regular"
      } else {
        item["type"] = "reply"
        item["parent_id"] = String(wire.parent_message_id)
        if (wire.is_reply_to_channel === true) item["show_in_channel"] = true
      }
      if (wire.message !== "") item["text"] = wire.message
      const carried = attachments(wire)
      if (carried !== undefined) item["attachments"] = carried.map(attachment)
      if (wire.mentioned_users.length > 0) {
        item["mentioned_users_ids"] = wire.mentioned_users.map((one) => userId(one.user_id))
      }
      item["created_at"] = time(wire.created_at)
      if (wire.updated_at !== 0) item["updated_at"] = time(wire.updated_at)
      if (wire.is_removed) item["deleted_at"] = item["updated_at"] ?? item["created_at"]
      const own = ownFields(wire)
      if (!isEmpty(own)) item["sendbird"] = own
      if (wire.silent || wire.mention_type === "channel") {
        item["chatferry"] = {
          mentioned_channel: wire.mention_type === "channel" ? true : undefined,
          silent: wire.silent ? true : undefined
        }
      }
      emit("message", item)
      for (const { key, updated_at: at, user_ids: by } of wire.reactions ?? []) {
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
