// The columns of CSV exports.
//
// Sendbird publishes these headers only as images, and no CSV export is public. It is known that the fields are those of
// the JSON exports, so the names below are theirs, with the spellings that flattened exports usually have. Case, spaces,
// `_`, `-` and `.` in a header are ignored. Spellings that also occur in JSON are in spellings.ts; names that only occur
// in columns are here. A column that is missing here is still read as the field of the same name, or kept under
// `custom.sendbird`.
import * as spellings from "../records/spellings.ts"

/**
 * How a cell is converted. `id`: digits, as text. `number` and `flag`: the value that JSON has, if the cell can be read
 * as one. `json`: the parsed cell, if it is JSON. Everything else stays text.
 */
type Reading = "text" | "id" | "number" | "flag" | "json"

export interface Column {
  /** Name of the field in JSON. */
  readonly field: string
  readonly reading: Reading
  /** The nested object that the field belongs to. */
  readonly within?: "user" | "file"
  /** An empty cell is a value, `""`, and not a missing one. */
  readonly isBlankKept?: true
  readonly aliases?: ReadonlyArray<string>
}

export type Kind = "message" | "channel" | "member" | "user" | "failed_webhook"

export interface Columns {
  readonly kind: Kind
  /** A header of this kind contains one spelling of each of these fields … */
  readonly all: ReadonlyArray<ReadonlyArray<string>>
  /** … and at least one of these columns. */
  readonly any: ReadonlyArray<string>
  readonly columns: ReadonlyArray<Column>
}

/** These columns distinguish headers of group and open channels if nothing else does. */
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

/** All tables. The first one that matches the names of the columns is used. */
export const tables = (): ReadonlyArray<Columns> => TABLES

// internal

const of = (reading: Reading, fields: string): ReadonlyArray<Column> =>
  fields
    .trim()
    .split(/\s+/u)
    .map((field) => ({ field, reading }))

/** Each spelling becomes a separate field. The mapping chooses among them as it does in JSON. */
const spelled = (
  reading: Reading,
  [first, ...others]: readonly [string, ...Array<string>],
  ...aliases: ReadonlyArray<string>
): ReadonlyArray<Column> => [
  { field: first, reading, aliases },
  ...others.map((field) => ({ field, reading }))
]

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
  ...spelled("id", spellings.message.id),
  ...spelled("number", spellings.message.createdAt),
  ...spelled("text", spellings.message.data, "message_data"),
  ...spelled("text", spellings.message.type),
  ...spelled("flag", spellings.message.isReplyShown),
  ...spelled("json", spellings.message.metaArray),
  ...spelled("json", spellings.message.reactions),
  ...spelled("text", spellings.message.requestId),
  also("message", "text", "message_text"),
  also("parent_message_id", "id", "parent_id"),
  also("user", "json", "sender"),
  // The fields of the sender and of the file are columns beside those of the message. JSON may have them there too.
  within("user", "user_id", "text", "user_id", "sender_user_id", "user_user_id"),
  within("user", "guest_id", "text", "guest_id"),
  within("user", "nickname", "text", "nickname", "user_nickname", "sender_nickname"),
  within("user", "profile_url", "text", "profile_url", "user_profile_url", "sender_profile_url"),
  within("user", "metadata", "json", "user_metadata", "sender_metadata"),
  within("file", "data", "text", "file_data"),
  ...spelled("text", spellings.file.url),
  ...spelled("text", spellings.file.name),
  ...spelled("number", spellings.file.size),
  ...of("text", "file_type mime_type sender_id channel_url channel_type custom_type mention_type"),
  ...of("text", "parent_message_text mentioned_message_template message_status priority scheduled_status"),
  ...of("number", "updated_at message_survival_seconds message_retention_hour notification_event_deadline"),
  ...of("number", "scheduled_at"),
  ...of("flag", "is_removed silent is_op_msg require_auth is_continuous_messages"),
  ...of(
    "json",
    "file files thumbnails og_tag mentioned_users mentioned_user_ids translations channel plugins"
  ),
  ...of(
    "json",
    "poll message_events extended_message extended_message_payload parent_message_info thread_info"
  ),
  ...of("json", "metaarray metaarray_key_order target_langs review_info request_state"),
  ...of("json", "apple_critical_alert_options")
]

const CHANNEL: ReadonlyArray<Column> = [
  also("name", "text", "channel_name"),
  also("operators", "json", "operator_ids"),
  ...spelled("flag", spellings.channel.isFrozen, "frozen"),
  ...spelled("json", spellings.channel.createdBy),
  ...spelled("json", spellings.channel.latestPinned),
  ...of("text", "channel_url cover_url custom_type data channel_type hidden_state my_muted_state"),
  ...of("text", "push_trigger_option my_push_trigger_option"),
  ...of("number", "created_at message_purge_offset ts_message_offset participant_count member_count"),
  ...of("number", "joined_member_count unread_message_count unread_mention_count max_length_message"),
  ...of("number", "message_survival_seconds sms_fallback_wait_seconds"),
  ...of("flag", "is_distinct is_public is_ephemeral is_super is_broadcast is_exclusive is_discoverable"),
  ...of("flag", "is_access_code_required is_dynamic_partitioned has_bot has_ai_bot is_ai_agent_channel"),
  ...of("flag", "is_chat_notification is_conversation is_desk_channel ignore_profanity_filter is_hidden"),
  ...of("json", "inviter last_message members read_receipt delivery_receipt metadata metacounter"),
  ...of("json", "pinned_message_ids disappearing_message sms_fallback sms_fallback_exclude_user_ids channel")
]

const MEMBER: ReadonlyArray<Column> = [
  // An empty cell means that the member is not an operator.
  { field: "role", reading: "text", isBlankKept: true },
  ...spelled("text", spellings.user.id),
  ...spelled("text", spellings.user.name),
  ...spelled("text", spellings.user.image),
  ...spelled("number", spellings.member.joinedAt),
  also("read_ts", "number", "read_at", "last_read_at"),
  ...of("text", "channel_url state hidden_state"),
  ...of("text", "muted_description push_trigger_option friend_name friend_discovery_key"),
  ...of("number", "delivered_ts muted_end_at ts_message_offset last_seen_at"),
  ...of("flag", "is_muted is_bot is_active is_online push_enabled do_not_disturb is_blocked_by_me"),
  ...of("flag", "is_blocking_me is_hidden require_auth_for_profile_image"),
  ...of("json", "metadata restriction_info")
]

const USER: ReadonlyArray<Column> = [
  ...spelled("text", spellings.user.id),
  ...spelled("text", spellings.user.name),
  ...spelled("text", spellings.user.image),
  ...of("text", "locale phone_number state push_trigger_option friend_discovery_key friend_name"),
  ...of("number", "created_at last_seen_at unread_channel_count unread_message_count snooze_end_ts"),
  ...of("flag", "is_active is_bot has_ever_logged_in is_online is_created is_hide_me_from_friends"),
  ...of("flag", "is_shadow_blocked require_auth_for_profile_image do_not_disturb snooze_enabled"),
  ...of("json", "metadata preferred_languages discovery_keys")
]

const FAILED_WEBHOOK: ReadonlyArray<Column> = [
  { field: "request_body", reading: "text", isBlankKept: true },
  ...of("text", "webhook_url"),
  ...of("number", "status_code time_millis")
]

const URL = ["channel_url"]
const { id: USER_ID, image: IMAGE, name: NAME } = spellings.user

const TABLES: ReadonlyArray<Columns> = [
  {
    kind: "failed_webhook",
    all: [["webhook_url"]],
    any: ["request_body", "status_code", "time_millis"],
    columns: FAILED_WEBHOOK
  },
  {
    kind: "message",
    all: [spellings.message.id],
    any: ["channel_url", ...spellings.message.createdAt, "message"],
    columns: MESSAGE
  },
  { kind: "member", all: [URL, USER_ID], any: URL, columns: MEMBER },
  {
    kind: "channel",
    all: [URL],
    any: [
      "name",
      "created_at",
      "custom_type",
      "cover_url",
      ...spellings.channel.isFrozen,
      ...ONLY_GROUP,
      ...ONLY_OPEN
    ],
    columns: CHANNEL
  },
  {
    kind: "user",
    all: [USER_ID],
    any: [...NAME, ...IMAGE, "is_active", "last_seen_at", "has_ever_logged_in"],
    columns: USER
  }
]
