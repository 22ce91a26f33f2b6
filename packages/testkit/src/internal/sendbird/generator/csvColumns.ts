// The columns of CSV exports. Sendbird publishes them as pictures only, so these are assumed: the fields of the JSON
// under their names, the fields of a sender and a file next to the message, and nested values as JSON in the cell.
//
// What CSV does not represent, unlike JSON:
// - whether a value was absent, null or "": all are an empty cell;
// - `last_message` and the nested `channel` of a channel, and counters of what a caller has not read;
// - half an emoji in a cell that is not JSON, which becomes U+FFFD;
// - the milliseconds of a time that is written as text. A message time that is text in JSON is the same text here;
//   the others are numbers unless the file writes all times as text.
import type { Plan } from "../../generator/plan.ts"

/** `message/group_channels/<channel_url>.csv` and `message/open_channels/<channel_url>.csv`. */
const MESSAGE_COLUMNS = [
  "message_id",
  "type",
  "custom_type",
  "channel_url",
  "user_id",
  "nickname",
  "profile_url",
  /** JSON of the sender. */
  "user_metadata",
  "message",
  "data",
  "file_url",
  "file_name",
  "file_type",
  "file_size",
  /** JSON of the whole file, including the four columns above. */
  "file",
  /** JSON. */
  "files",
  /** JSON. */
  "thumbnails",
  "require_auth",
  "mention_type",
  /** JSON: texts. */
  "mentioned_user_ids",
  /** JSON: users. */
  "mentioned_users",
  "is_removed",
  /** Milliseconds, or text. */
  "created_at",
  /** Milliseconds or text; 0 means never. */
  "updated_at",
  "req_id",
  "message_survival_seconds",
  "silent",
  /** JSON. */
  "translations",
  /** JSON. */
  "sorted_metaarray",
  /** JSON. */
  "og_tag",
  /** JSON. */
  "poll",
  /** JSON. */
  "reactions",
  "parent_message_id",
  "is_reply_to_channel",
  /** JSON. */
  "parent_message_info",
  /** JSON. */
  "thread_info"
] as const

/** Additional columns: a table has the columns that its app needs. */
export const messageColumns = ({ features }: Pick<Plan, "features">): ReadonlyArray<string> => [
  ...MESSAGE_COLUMNS,
  ...(features.mentionTemplates > 0 ? ["mentioned_message_template"] : []),
  /** JSON. */
  ...(features.payloads > 0 ? ["extended_message_payload"] : []),
  ...(features.notifications > 0 ? NOTIFICATION_COLUMNS : [])
]

const NOTIFICATION_COLUMNS = [
  "notification_message_id",
  "message_status",
  "priority",
  "notification_event_deadline",
  /** JSON. */
  "extended_message"
]

const CHANNEL_COLUMNS = ["channel_url", "name", "cover_url", "custom_type", "data"] as const

const GROUP_CHANNEL_COLUMNS = [
  ...CHANNEL_COLUMNS,
  "is_distinct",
  "is_super",
  "is_broadcast",
  "is_public",
  "is_discoverable",
  "is_ephemeral",
  "is_access_code_required",
  "freeze",
  "member_count",
  "joined_member_count",
  "max_length_message",
  "message_survival_seconds",
  "sms_fallback_wait_seconds",
  /** JSON: texts. */
  "sms_fallback_exclude_user_ids",
  /** Seconds or milliseconds, or text. */
  "created_at",
  /** JSON; empty unless requested. */
  "metadata"
] as const

/** `channel/group_channels.csv` of messages; its members are in `channel_member/group_channels.csv`. */
export const groupChannelColumns = ({ features }: Pick<Plan, "features">): ReadonlyArray<string> => [
  ...GROUP_CHANNEL_COLUMNS,
  /** JSON: ids, and a message. */
  ...(features.pins > 0 ? ["pinned_message_ids", "latest_pinned_message"] : [])
]

/** `group_channels.csv` of channels. */
export const listedGroupChannelColumns = (plan: Pick<Plan, "features">): ReadonlyArray<string> => [
  ...groupChannelColumns(plan),
  /** JSON: as in a JSON channel list. */
  "members",
  /** JSON; empty unless requested. */
  "read_receipt"
]

/** `channel/open_channels.csv` of messages, and `open_channels.csv` of channels. */
export const OPEN_CHANNEL_COLUMNS = [
  ...CHANNEL_COLUMNS,
  "is_ephemeral",
  "freeze",
  "participant_count",
  "max_length_message",
  /** Seconds or milliseconds, or text. */
  "created_at",
  /** JSON: users. */
  "operators",
  /** JSON; empty unless requested. */
  "metadata"
] as const

/** `channel_member/group_channels.csv` of messages. */
export const MEMBER_COLUMNS = [
  "channel_url",
  "user_id",
  "nickname",
  "profile_url",
  "state",
  "role",
  "is_active",
  "is_online",
  /** Milliseconds or text; 0 means unset. */
  "last_seen_at",
  /** JSON. */
  "metadata"
] as const

/** `active_users.csv` and `inactive_users.csv`. */
export const USER_COLUMNS = [
  "user_id",
  "nickname",
  "profile_url",
  "has_ever_logged_in",
  "is_active",
  /** Text. */
  "last_seen_at",
  "phone_number",
  /** JSON: texts. */
  "preferred_languages",
  /** JSON. */
  "metadata",
  "access_token",
  /** JSON. */
  "session_tokens"
] as const

/** `failed_webhooks/<yyyy-mm-dd>/<n>.csv`. */
export const FAILED_WEBHOOK_COLUMNS = ["webhook_url", "status_code", "request_body", "time_millis"] as const
