import { channel } from "../records/channel.ts"
import { cidOf } from "../records/cid.ts"
// Says what a bare object is, by its fields and never against a type that it carries.
import type { Context } from "../records/context.ts"
import { member, readState } from "../records/member.ts"
import { message } from "../records/message.ts"
import { idOfUser, type RawObject } from "../records/raw.ts"
import { reaction } from "../records/reaction.ts"
import { user } from "../records/user.ts"

type Read = (wire: RawObject, context: Context, within: string) => void

const oneReaction: Read = (wire, context, within) => void reaction(wire, undefined, context, within)

/** The order matters: a member of a channel has a user's fields too, and so on. */
export const bareKind = (wire: RawObject): Read | undefined => {
  const has = (field: string) => wire[field] !== undefined && wire[field] !== null
  const hasText = typeof wire["text"] === "string" || typeof wire["html"] === "string"
  const names = idOfUser(wire["user"]) !== undefined || has("user_id")
  const isChannel = has("config") || has("created_by") || has("created_by_id")
  if (isChannel && !hasText && (has("cid") || (has("type") && (has("id") || has("member_ids")))))
    return channel
  if (has("message_id") && has("type") && names) return oneReaction
  // Members and what they have read have no type.
  const isMember =
    has("channel_role") || (!has("id") && !has("last_read") && !has("type") && cidOf(wire) !== undefined)
  if (names && !hasText && isMember) return member
  if (names && has("last_read") && !has("id") && !has("type")) return readState
  if ((hasText || has("attachments")) && has("id") && (cidOf(wire) !== undefined || has("created_at")))
    return message
  if (has("id") && (has("role") || has("online") || has("last_active") || has("teams"))) return user
  return undefined
}

/** What an object looks like for which the model has no place, and which could be taken for something else. */
export const placeless = (wire: RawObject): string | undefined => {
  const found = PLACELESS.find(([, fields]) => fields.every((field) => wire[field] !== undefined))
  return found?.[0]
}

/** A device, which is a token and has a user besides. */
export const isDevice = (wire: RawObject): boolean =>
  wire["push_provider"] !== undefined || wire["push_provider_type"] !== undefined

/** An answer of the API that holds no records: to a request to do something, or to one that failed. */
export const isAnswer = (wire: RawObject): boolean => {
  const names = Object.keys(wire)
  return names.every((name) => ANSWERS.has(name)) && names.some((name) => MARKS.has(name))
}

// internal

const PLACELESS: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["ban", ["banned_by"]],
  ["mute", ["target", "user"]],
  ["block", ["blocked_user_id"]],
  ["draft", ["channel_cid", "message"]],
  ["reminder", ["remind_at"]],
  ["thread", ["parent_message_id"]],
  ["poll_vote", ["poll_id", "option_id"]],
  ["poll_answer", ["poll_id", "answer_text"]],
  ["poll", ["voting_visibility"]],
  ["location", ["created_by_device_id"]],
  ["flag", ["created_by_automod"]],
  ["reminder", ["channel_cid", "message_id", "user_id"]]
]

/** One of these is in every answer. */
const MARKS = new Set(["StatusCode", "duration", "import_task", "import_tasks", "task_id", "upload_url"])

/** Fields of answers about tasks, imports, limits, settings and errors. */
const ANSWERS = new Set(
  `StatusCode android app blocklist blocklists channel_type channel_types code created_at details duration error
  exception_fields exportable_channels file grants history id import_task import_tasks ios message more_info path
  permissions push_providers result roles server_side status state size mode task_id unrecoverable updated_at upload_url
  web`.split(/\s+/u)
)
