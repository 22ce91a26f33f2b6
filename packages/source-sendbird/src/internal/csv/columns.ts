// The columns of CSV exports.
//
// Sendbird publishes these headers only as pictures, and no CSV export is public. What is known is that the fields are
// those of the JSON exports, so the names below are theirs, with the spellings that flattened exports usually have.
// Case, spaces, `_`, `-` and `.` in a header say nothing. This is the only place that knows names of columns: a column
// that is missing here is still read, as the field whose name it has, or kept under `custom.sendbird`.

/**
 * What a cell becomes. `id`: digits, as text. `number` and `flag`: what JSON has there, where the cell can be read as
 * one. `json`: what the cell holds, where it is JSON. All else stays text.
 */
type Reading = "text" | "id" | "number" | "flag" | "json"

export interface Column {
  /** Its name in JSON. */
  readonly field: string
  readonly reading: Reading
  /** The object of the record that it is a field of. */
  readonly within?: "user" | "file"
  /** An empty cell says something: it is `""` and not absent. */
  readonly isBlankKept?: true
  readonly aliases?: ReadonlyArray<string>
}

export type Kind = "message" | "channel" | "member" | "user" | "failed_webhook"

export interface Columns {
  readonly kind: Kind
  /** A header of this kind has all of these … */
  readonly all: ReadonlyArray<string>
  /** … and one of these. */
  readonly any: ReadonlyArray<string>
  readonly columns: ReadonlyArray<Column>
}

/** The only difference between the headers of open and of group channels, where nothing says which they are. */
export const ONLY_GROUP: ReadonlyArray<string> = [
  "member_count",
  "joined_member_count",
  "members",
  "is_distinct",
  "is_super",
  "is_public",
  "is_broadcast",
  "is_discoverable"
]
export const ONLY_OPEN: ReadonlyArray<string> = ["participant_count", "is_dynamic_partitioned"]

/** By the names of their columns, the first that fits counts. */
export const tables = (): ReadonlyArray<Columns> => TABLES

// internal

const of = (reading: Reading, fields: string): ReadonlyArray<Column> =>
  fields
    .trim()
    .split(/\s+/u)
    .map((field) => ({ field, reading }))

const also = (field: string, reading: Reading, ...aliases: ReadonlyArray<string>): Column => ({
  field,
  reading,
  aliases
})

const within = (
  parent: "user" | "file",
  field: string,
  reading: Reading,
  ...aliases: ReadonlyArray<string>
): Column => ({ field, reading, within: parent, aliases })

const MESSAGE: ReadonlyArray<Column> = [
  also("message_id", "id", "msg_id"),
  also("created_at", "number", "ts"),
  also("data", "text", "custom", "message_data"),
  also("message", "text", "message_text"),
  also("type", "text", "message_type"),
  also("parent_message_id", "id", "parent_id"),
  also("is_reply_to_channel", "flag", "reply_to_channel"),
  also("user", "json", "sender"),
  // A sender's and a file's own fields stand beside the message.
  within("user", "user_id", "text", "user_id", "sender_id", "sender_user_id", "user_user_id"),
  within("user", "nickname", "text", "nickname", "user_nickname", "sender_nickname"),
  within("user", "profile_url", "text", "profile_url", "user_profile_url", "sender_profile_url"),
  within("user", "metadata", "json", "user_metadata", "sender_metadata"),
  within("file", "url", "text", "file_url"),
  within("file", "name", "text", "file_name"),
  within("file", "type", "text", "file_type"),
  within("file", "size", "number", "file_size"),
  within("file", "data", "text", "file_data"),
  ...of("text", "channel_url channel_type custom_type mention_type req_id parent_message_text"),
  ...of("number", "updated_at message_survival_seconds message_retention_hour"),
  ...of("flag", "is_removed silent is_op_msg require_auth"),
  ...of("json", "file files thumbnails og_tag reactions mentioned_users mentioned_user_ids translations"),
  ...of(
    "json",
    "sorted_metaarray poll message_events extended_message_payload parent_message_info thread_info"
  )
]

const CHANNEL: ReadonlyArray<Column> = [
  also("name", "text", "channel_name"),
  also("freeze", "flag", "frozen", "is_frozen"),
  also("operators", "json", "operator_ids"),
  ...of("text", "channel_url cover_url custom_type data channel_type"),
  ...of("number", "created_at message_purge_offset ts_message_offset participant_count member_count"),
  ...of("number", "joined_member_count unread_message_count unread_mention_count max_length_message"),
  ...of("number", "message_survival_seconds sms_fallback_wait_seconds"),
  ...of("flag", "is_distinct is_public is_ephemeral is_super is_broadcast is_exclusive is_discoverable"),
  ...of("flag", "is_access_code_required is_dynamic_partitioned has_bot has_ai_bot"),
  ...of("json", "created_by inviter last_message members read_receipt delivery_receipt metadata metacounter"),
  ...of("json", "pinned_message_ids disappearing_message sms_fallback sms_fallback_exclude_user_ids"),
  ...of("json", "latest_pinned_message channel")
]

const MEMBER: ReadonlyArray<Column> = [
  // Nothing in it says that the member is no operator.
  { field: "role", reading: "text", isBlankKept: true },
  also("joined_ts", "number", "joined_at"),
  also("read_ts", "number", "read_at", "last_read_at"),
  ...of("text", "channel_url user_id nickname name profile_url image state hidden_state"),
  ...of("text", "muted_description push_trigger_option friend_name friend_discovery_key"),
  ...of("number", "delivered_ts muted_end_at ts_message_offset last_seen_at"),
  ...of("flag", "is_muted is_bot is_active is_online push_enabled do_not_disturb is_blocked_by_me"),
  ...of("flag", "is_blocking_me require_auth_for_profile_image"),
  ...of("json", "metadata")
]

const USER: ReadonlyArray<Column> = [
  ...of("text", "user_id nickname profile_url locale phone_number state"),
  ...of("number", "created_at last_seen_at unread_channel_count unread_message_count"),
  ...of("flag", "is_active is_bot has_ever_logged_in is_online is_created is_hide_me_from_friends"),
  ...of("flag", "is_shadow_blocked require_auth_for_profile_image"),
  ...of("json", "metadata preferred_languages discovery_keys")
]

const FAILED_WEBHOOK: ReadonlyArray<Column> = [
  { field: "request_body", reading: "text", isBlankKept: true },
  ...of("text", "webhook_url"),
  ...of("number", "status_code time_millis")
]

const TABLES: ReadonlyArray<Columns> = [
  {
    kind: "failed_webhook",
    all: ["webhook_url"],
    any: ["request_body", "status_code", "time_millis"],
    columns: FAILED_WEBHOOK
  },
  { kind: "message", all: ["message_id"], any: ["channel_url", "created_at", "message"], columns: MESSAGE },
  { kind: "member", all: ["channel_url", "user_id"], any: ["channel_url"], columns: MEMBER },
  {
    kind: "channel",
    all: ["channel_url"],
    any: ["name", "created_at", "custom_type", "cover_url", "freeze", ...ONLY_GROUP, ...ONLY_OPEN],
    columns: CHANNEL
  },
  {
    kind: "user",
    all: ["user_id"],
    any: ["nickname", "profile_url", "is_active", "last_seen_at", "has_ever_logged_in"],
    columns: USER
  }
]
