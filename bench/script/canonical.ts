/**
 * Maps an export to canonical entities by hand: only the fields that our pipeline
 * writes, without checking for others.
 */
import type { Kind } from "../child.ts"
import { attachments } from "./attachments.ts"
import type { Channel, Mapper, Member, Message } from "./sendbirdRecords.ts"
import { optionalTime, time } from "./times.ts"

type Draft = Record<string, unknown>

export const canonical = (put: (kind: Kind, record: object) => void): Mapper => {
  const member = (wire: Member, of: Channel, isOperator: boolean, observedAt: string | undefined) => {
    const record: Draft = { _tag: "member", channelId: of.channel_url, userId: wire.user_id }
    if (isOperator || wire.role === "operator") record["role"] = "moderator"
    else if (wire.role !== undefined) record["role"] = "member"
    if (wire.state === "invited") record["isInvited"] = true
    if (observedAt !== undefined) record["observedAt"] = observedAt
    const read = of.read_receipt?.[wire.user_id]
    if (read !== undefined && read !== 0) record["lastReadAt"] = time(read)
    const snapshot = shown(wire.nickname ?? wire.name, wire.profile_url ?? wire.image)
    if (snapshot !== undefined) record["userSnapshot"] = snapshot
    const own: Draft = {}
    if (wire.is_bot === true) own["is_bot"] = true
    if (wire.is_active === false) own["is_active"] = false
    addCustom(record, own)
    put("member", record)
  }

  return {
    user: (wire, isDeactivated) => {
      const record: Draft = { _tag: "user", id: wire.user_id }
      if (wire.nickname !== "") record["name"] = wire.nickname
      if (wire.profile_url !== "") record["imageUrl"] = wire.profile_url
      const language = wire.preferred_languages?.[0]
      if (language !== undefined) record["language"] = language
      if (isDeactivated) record["isDeactivated"] = true
      const seen = optionalTime(wire.last_seen_at)
      if (seen !== undefined) record["lastSeenAt"] = seen
      const own: Draft = {}
      if (!isEmpty(wire.metadata)) own["metadata"] = wire.metadata
      own["has_ever_logged_in"] = wire.has_ever_logged_in
      addCustom(record, own)
      put("user", record)
    },
    channel: (wire) => {
      const isOpen = wire.members === undefined
      const record: Draft = { _tag: "channel", id: wire.channel_url, form: isOpen ? "open" : "group" }
      if (wire.custom_type !== "") record["type"] = wire.custom_type
      record["name"] = wire.name
      if (wire.cover_url !== "") record["imageUrl"] = wire.cover_url
      if (wire.is_public !== undefined) record["isPublic"] = wire.is_public
      if (wire.freeze === true || wire.freeze === "true") record["isFrozen"] = true
      if (wire.is_distinct === true) {
        record["isDistinct"] = true
        record["distinctMemberIds"] = wire.members?.map((one) => one.user_id)
      }
      record["createdAt"] = time(wire.created_at)
      const last = wire.last_message
      const observedAt = last === undefined || last === null ? undefined : time(last.created_at)
      if (observedAt !== undefined) record["observedAt"] = observedAt
      const own: Draft = {}
      if (wire.is_super === true) own["is_super"] = true
      if (wire.data !== "") own["data"] = wire.data
      addCustom(record, own)
      put("channel", record)
      for (const one of wire.members ?? []) member(one, wire, false, observedAt)
      for (const one of wire.operators ?? []) member(one, wire, true, observedAt)
    },
    message: (wire) => {
      const id = String(wire.message_id)
      const record: Draft = {
        _tag: "message",
        id,
        channelId: wire.channel_url,
        type: wire.type === "ADMM" ? "system" : "regular",
        createdAt: time(wire.created_at)
      }
      const { user } = wire
      if (user !== undefined && user !== null) {
        record["userId"] = user.user_id
        const snapshot = shown(user.nickname, user.profile_url)
        if (snapshot !== undefined) record["userSnapshot"] = snapshot
      }
      if (wire.message !== "") record["text"] = wire.message
      const carried = attachments(wire)
      if (carried !== undefined) record["attachments"] = carried
      if (wire.parent_message_id !== undefined) {
        record["parentId"] = String(wire.parent_message_id)
        if (wire.is_reply_to_channel === true) record["isShownInChannel"] = true
      }
      if (wire.mention_type === "channel") record["isChannelMentioned"] = true
      if (wire.mentioned_users.length > 0) {
        record["mentionedUserIds"] = wire.mentioned_users.map((one) => one.user_id)
      }
      if (wire.silent) record["isSilent"] = true
      if (wire.updated_at !== 0) record["updatedAt"] = time(wire.updated_at)
      if (wire.is_removed) {
        record["isDeleted"] = true
        if (wire.updated_at !== 0) record["deletedAt"] = record["updatedAt"]
      }
      addCustom(record, ownFields(wire))
      put("message", record)
      for (const reaction of wire.reactions ?? []) {
        const at = reaction.updated_at === 0 ? undefined : time(reaction.updated_at)
        for (const userId of reaction.user_ids) {
          const made: Draft = {
            _tag: "reaction",
            messageId: id,
            channelId: wire.channel_url,
            userId,
            type: reaction.key
          }
          if (at !== undefined) made["createdAt"] = at
          put("reaction", made)
        }
      }
    },
    webhook: (wire) => {
      const record: Draft = {
        _tag: "failed_webhook",
        id: `${wire.time_millis}-${wire.request_body.length}`,
        url: wire.webhook_url,
        body: wire.request_body,
        statusCode: wire.status_code,
        failedAt: time(wire.time_millis)
      }
      const category = /^\{"category":"([^"]*)"/u.exec(wire.request_body)?.[1]
      if (category !== undefined) record["category"] = category
      put("failed_webhook", record)
    }
  }
}

/** The fields of a message that are copied unchanged. */
export const ownFields = (wire: Message): Draft => {
  const own: Draft = {}
  if (wire.data !== "") own["data"] = wire.data
  if (wire.custom_type !== "") own["custom_type"] = wire.custom_type
  if (!isEmpty(wire.translations)) own["translations"] = wire.translations
  if (wire.sorted_metaarray !== undefined) own["sorted_metaarray"] = wire.sorted_metaarray
  if (wire.poll !== undefined) own["poll"] = wire.poll
  return own
}

export const isEmpty = (value: object): boolean => {
  for (const _ in value) return false
  return true
}

const shown = (name: string | undefined, imageUrl: string | undefined) => {
  if (name === undefined || name === "") return imageUrl === "" ? undefined : { imageUrl }
  return imageUrl === "" ? { name } : { name, imageUrl }
}

const addCustom = (record: Draft, own: Draft) => {
  if (!isEmpty(own)) record["custom"] = { sendbird: own }
}
