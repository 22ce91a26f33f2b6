import { attached, type Mutation } from "./example.ts"

/** Changes that are invalid in one dialect. */
export const badInOne: ReadonlyArray<Mutation> = [
  {
    name: "the zero time of a reaction",
    dialect: "json-array",
    change: { love: { created_at: "0001-01-01T00:00:00Z" } },
    found: ["field_required"]
  },
  {
    name: "the zero time of a device",
    dialect: "json-array",
    change: { phone: { created_at: "0001-01-01T00:00:00Z" } },
    found: ["field_required"]
  },
  {
    name: "a message deleted at the zero time",
    dialect: "json-array",
    change: { song: { type: "deleted", deleted_at: "0001-01-01T00:00:00Z" } },
    found: ["deleted_without_time", "time_zero"]
  },
  {
    name: "a width as text",
    dialect: "json-array",
    change: attached({ original_width: "640" }),
    found: ["field_type"]
  },
  {
    name: "a size with a fraction",
    dialect: "json-array",
    change: attached({ size: 1.5 }),
    found: ["field_type"]
  },
  {
    name: "a title that is a number",
    dialect: "json-array",
    change: attached({ title: 5 }),
    found: ["field_type"]
  },
  {
    name: "a field custom that is not an object",
    dialect: "json-array",
    change: attached({ custom: "x" }),
    found: ["field_type"]
  },
  {
    name: "an attachment with the type null",
    dialect: "json-array",
    change: { song: { attachments: [{ type: null }] } },
    found: ["field_required"]
  },
  {
    name: "a moderator as text",
    dialect: "json-array",
    change: { inesInHall: { is_moderator: "yes" } },
    found: ["field_type"]
  },
  {
    name: "a flag for notifications as text",
    dialect: "json-array",
    change: { otto: { push_notifications: "no" } },
    found: ["field_type"]
  },
  {
    name: "a disabled device with the flag as text",
    dialect: "json-array",
    change: { phone: { disabled: "yes" } },
    found: ["field_type"]
  },
  {
    name: "null for a known field",
    dialect: "jsonl",
    change: { otto: { language: null } },
    found: ["field_null"]
  },
  {
    name: "an empty list next to an id",
    dialect: "jsonl",
    change: { hall: { member_ids: [] } },
    found: ["list_empty"]
  },
  { name: "an empty id next to a set", dialect: "jsonl", change: { pair: { id: "" } }, found: ["id_empty"] },
  {
    name: "an empty channel_id next to a set",
    dialect: "jsonl",
    change: { ottoInPair: { channel_id: "" } },
    found: ["id_empty"]
  },
  {
    name: "a privacy setting without a value",
    dialect: "jsonl",
    change: { otto: { privacy_settings: { typing_indicators: {} } } },
    found: ["field_required"]
  },
  {
    name: "an unknown privacy setting",
    dialect: "jsonl",
    change: { otto: { privacy_settings: { typing: { enabled: true } } } },
    found: ["field_not_allowed"]
  },
  {
    name: "a push level that only the API has",
    dialect: "jsonl",
    change: { otto: { push_preferences: { chat_level: "direct_mentions" } } },
    found: ["value_not_allowed"]
  },
  {
    name: "a disabled device",
    dialect: "jsonl",
    change: { phone: { disabled: true } },
    found: ["field_not_allowed"]
  },
  {
    name: "an answer without an invitation",
    dialect: "jsonl",
    change: { inesInHall: { invite_accepted_at: "2021-02-01T02:00:00Z" } },
    found: ["invite_date_without_invite"]
  },
  {
    name: "a reply without a parent",
    dialect: "jsonl",
    change: { answer: { parent_id: undefined } },
    found: ["reply_without_parent"]
  },
  {
    name: "http",
    dialect: "jsonl",
    change: attached({ thumb_url: "http://x.org/a" }),
    found: ["url_invalid"]
  },
  {
    name: "a message without an id",
    dialect: "jsonl",
    change: { answer: { id: undefined } },
    found: ["field_required"]
  }
]
