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
  const member = (raw: Member, of: Channel, isOperator: boolean, observedAt: string | undefined) => {
    const record: Draft = { _tag: "member", channelId: of.channel_url, userId: raw.user_id }
    if (isOperator || raw.role === "operator") record["role"] = "moderator"
    else if (raw.role !== undefined) record["role"] = "member"
    if (raw.state === "invited") record["isInvited"] = true
    if (observedAt !== undefined) record["observedAt"] = observedAt
    const read = of.read_receipt?.[raw.user_id]
    if (read !== undefined && read !== 0) record["lastReadAt"] = time(read)
    const snapshot = shown(raw.nickname ?? raw.name, raw.profile_url ?? raw.image)
    if (snapshot !== undefined) record["userSnapshot"] = snapshot
    const own: Draft = {}
    if (raw.is_bot === true) own["is_bot"] = true
    if (raw.is_active === false) own["is_active"] = false
    addCustom(record, own)
    put("member", record)
  }

  return {
    user: (raw, isDeactivated) => {
      const record: Draft = { _tag: "user", id: raw.user_id }
      if (raw.nickname !== "") record["name"] = raw.nickname
      if (raw.profile_url !== "") record["imageUrl"] = raw.profile_url
      const language = raw.preferred_languages?.[0]
      if (language !== undefined) record["language"] = language
      if (isDeactivated) record["isDeactivated"] = true
      const seen = optionalTime(raw.last_seen_at)
      if (seen !== undefined) record["lastSeenAt"] = seen
      const own: Draft = {}
      if (!isEmpty(raw.metadata)) own["metadata"] = raw.metadata
      own["has_ever_logged_in"] = raw.has_ever_logged_in
      addCustom(record, own)
      put("user", record)
    },
    channel: (raw) => {
      const isOpen = raw.members === undefined
      const record: Draft = { _tag: "channel", id: raw.channel_url, form: isOpen ? "open" : "group" }
      if (raw.custom_type !== "") record["type"] = raw.custom_type
      record["name"] = raw.name
      if (raw.cover_url !== "") record["imageUrl"] = raw.cover_url
      if (raw.is_public !== undefined) record["isPublic"] = raw.is_public
      if (raw.freeze === true || raw.freeze === "true") record["isFrozen"] = true
      if (raw.is_distinct === true) {
        record["isDistinct"] = true
        record["distinctMemberIds"] = raw.members?.map((one) => one.user_id)
      }
      record["createdAt"] = time(raw.created_at)
      const last = raw.last_message
      const observedAt = last === undefined || last === null ? undefined : time(last.created_at)
      if (observedAt !== undefined) record["observedAt"] = observedAt
      const own: Draft = {}
      if (raw.is_super === true) own["is_super"] = true
      if (raw.data !== "") own["data"] = raw.data
      addCustom(record, own)
      put("channel", record)
      for (const one of raw.members ?? []) member(one, raw, false, observedAt)
      for (const one of raw.operators ?? []) member(one, raw, true, observedAt)
    },
    message: (raw) => {
      const id = String(raw.message_id)
      const record: Draft = {
        _tag: "message",
        id,
        channelId: raw.channel_url,
        type: raw.type === "ADMM" ? "system" : "regular",
        createdAt: time(raw.created_at)
      }
      const { user } = raw
      if (user !== undefined && user !== null) {
        record["userId"] = user.user_id
        const snapshot = shown(user.nickname, user.profile_url)
        if (snapshot !== undefined) record["userSnapshot"] = snapshot
      }
      if (raw.message !== "") record["text"] = raw.message
      const carried = attachments(raw)
      if (carried !== undefined) record["attachments"] = carried
      if (raw.parent_message_id !== undefined) {
        record["parentId"] = String(raw.parent_message_id)
        if (raw.is_reply_to_channel === true) record["isShownInChannel"] = true
      }
      if (raw.mention_type === "channel") record["isChannelMentioned"] = true
      if (raw.mentioned_users.length > 0) {
        record["mentionedUserIds"] = raw.mentioned_users.map((one) => one.user_id)
      }
      if (raw.silent) record["isSilent"] = true
      if (raw.updated_at !== 0) record["updatedAt"] = time(raw.updated_at)
      if (raw.is_removed) {
        record["isDeleted"] = true
        if (raw.updated_at !== 0) record["deletedAt"] = record["updatedAt"]
      }
      addCustom(record, ownFields(raw))
      put("message", record)
      for (const reaction of raw.reactions ?? []) {
        const at = reaction.updated_at === 0 ? undefined : time(reaction.updated_at)
        for (const userId of reaction.user_ids) {
          const made: Draft = {
            _tag: "reaction",
            messageId: id,
            channelId: raw.channel_url,
            userId,
            type: reaction.key
          }
          if (at !== undefined) made["createdAt"] = at
          put("reaction", made)
        }
      }
    },
    webhook: (raw) => {
      const record: Draft = {
        _tag: "failed_webhook",
        id: `${raw.time_millis}-${raw.request_body.length}`,
        url: raw.webhook_url,
        body: raw.request_body,
        statusCode: raw.status_code,
        failedAt: time(raw.time_millis)
      }
      const category = /^\{"category":"([^"]*)"/u.exec(raw.request_body)?.[1]
      if (category !== undefined) record["category"] = category
      put("failed_webhook", record)
    }
  }
}

/** The fields of a message that are copied unchanged. */
export const ownFields = (raw: Message): Draft => {
  const own: Draft = {}
  if (raw.data !== "") own["data"] = raw.data
  if (raw.custom_type !== "") own["custom_type"] = raw.custom_type
  if (!isEmpty(raw.translations)) own["translations"] = raw.translations
  if (raw.sorted_metaarray !== undefined) own["sorted_metaarray"] = raw.sorted_metaarray
  if (raw.poll !== undefined) own["poll"] = raw.poll
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
