// Finds the kind of an object without an envelope by its fields, but never against a type that it has.
import { channel } from "../records/channel.ts"
import { cidOf } from "../records/cid.ts"
import type { Context } from "../records/context.ts"
import { member, readState } from "../records/member.ts"
import { message } from "../records/message.ts"
import { idOfUser, type RawObject } from "../records/raw.ts"
import { reaction } from "../records/reaction.ts"
import { user } from "../records/user.ts"

type Read = (raw: RawObject, context: Context, within: string) => void

const oneReaction: Read = (raw, context, within) => void reaction(raw, undefined, context, within)

/** The order matters, because a member of a channel, for example, has fields of a user as well. */
export const bareKind = (raw: RawObject): Read | undefined => {
  const has = (field: string) => raw[field] !== undefined && raw[field] !== null
  const hasText = typeof raw["text"] === "string" || typeof raw["html"] === "string"
  const names = idOfUser(raw["user"]) !== undefined || has("user_id")
  const isChannel = has("config") || has("created_by") || has("created_by_id")
  if (isChannel && !hasText && (has("cid") || (has("type") && (has("id") || has("member_ids")))))
    return channel
  if (has("message_id") && has("type") && names) return oneReaction
  // Members and read states do not have a type.
  const isMember =
    has("channel_role") || (!has("id") && !has("last_read") && !has("type") && cidOf(raw) !== undefined)
  if (names && !hasText && isMember) return member
  if (names && has("last_read") && !has("id") && !has("type")) return readState
  if ((hasText || has("attachments")) && has("id") && (cidOf(raw) !== undefined || has("created_at")))
    return message
  if (has("id") && (has("role") || has("online") || has("last_active") || has("teams"))) return user
  return undefined
}

/** The kind of an object that the model cannot hold and that could be mistaken for another record. */
export const placeless = (raw: RawObject): string | undefined => {
  const found = PLACELESS.find(([, fields]) => fields.every((field) => raw[field] !== undefined))
  return found?.[0]
}

/** True for a device, which has a token and a user. */
export const isDevice = (raw: RawObject): boolean =>
  raw["push_provider"] !== undefined || raw["push_provider_type"] !== undefined

/** True for a response of the API without records: to a command, or to a failed request. */
export const isAnswer = (raw: RawObject): boolean => {
  const names = Object.keys(raw)
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

/** Every response has one of these fields. */
const MARKS = new Set(["StatusCode", "duration", "import_task", "import_tasks", "task_id", "upload_url"])

/** Fields of responses about tasks, imports, limits, settings and errors. */
const ANSWERS = new Set(
  `StatusCode android app blocklist blocklists channel_type channel_types code created_at details duration error
  exception_fields exportable_channels file grants history id import_task import_tasks ios message more_info path
  permissions push_providers result roles server_side status state size mode task_id unrecoverable updated_at upload_url
  web`.split(/\s+/u)
)
