import { attached, type Mutation } from "./example.ts"

/** Valid changes. */
export const good: ReadonlyArray<Mutation> = [
  { name: "the example itself", change: {} },
  {
    name: "custom fields anywhere",
    change: { ines: { shoe: 38 }, hall: { seats: [1] }, song: { mood: {} } }
  },
  { name: "custom fields of a member", change: { inesInHall: { seat: "A1" } } },
  { name: "custom fields of a reaction", change: { love: { colour: "red" } } },
  { name: "a role of the app", change: { ines: { role: "admin" } } },
  { name: "a user who only has an id", change: { otto: { name: undefined } } },
  { name: "an id with an @", change: { ines: { blog: "x" }, otto: { user_mutes: ["ines"] } } },
  { name: "a muted channel", change: { otto: { channel_mutes: ["livestream:concert-hall"] } } },
  {
    name: "a muted channel that is defined by its members",
    change: { otto: { channel_mutes: ["messaging:!members-abc"] } }
  },
  {
    name: "a time with an offset and many digits",
    change: { song: { created_at: "2021-02-01T02:00:00.123456789+02:00" } }
  },
  { name: "a leap day", change: { song: { created_at: "2024-02-29T02:00:00Z" } } },
  {
    name: "a user who is deleted and deactivated",
    change: { otto: { deleted_at: "2021-02-01T02:00:00Z", deactivated_at: "2021-01-01T02:00:00Z" } }
  },
  { name: "a language", change: { otto: { language: "pt" } } },
  { name: "a frozen and disabled channel", change: { hall: { frozen: true, disabled: false } } },
  {
    name: "an invitation that was accepted",
    change: { inesInHall: { invited: true, invite_accepted_at: "2021-02-01T02:00:00Z" } }
  },
  {
    name: "a hidden channel",
    change: { inesInHall: { hide_channel: true, hide_messages_before: "2021-02-01T02:00:00Z" } }
  },
  { name: "a system message", change: { song: { type: "system" } } },
  { name: "a deleted message", change: { song: { type: "deleted", deleted_at: "2021-02-02T02:00:00Z" } } },
  { name: "a pinned message", change: { song: { pinned_at: "2021-02-02T02:00:00Z", pinned_by_id: "otto" } } },
  {
    name: "a pin that ends",
    change: {
      song: { pinned_at: "2021-02-02T02:00:00Z", pinned_by_id: "otto", pin_expires: "2031-02-02T02:00:00Z" }
    }
  },
  { name: "a mentioned user", change: { song: { mentioned_users_ids: ["otto"] } } },
  { name: "a quoted message", change: { answer: { quoted_message_id: "m-1" } } },
  { name: "a reply that is shown in the channel", change: { answer: { show_in_channel: true } } },
  { name: "an empty text and no attachments", change: { song: { text: "", attachments: [] } } },
  {
    name: "an attachment with a custom type",
    change: attached({ type: "payment", amount: 5, currency: "EUR", waveform_data: [0.1] })
  },
  {
    name: "an attachment with fields of the right types",
    change: attached({ title: "x", color: "#fff", size: 3, author_name: "x", og_scrape_url: "http://x" })
  },
  {
    name: "an attachment without a URL",
    change: { song: { attachments: [{ type: "location", latitude: 1.5, longitude: 2 }] } }
  },
  {
    name: "users and channels without teams",
    change: { ines: { teams: [] }, otto: { teams: undefined }, hall: { team: undefined }, pair: { team: "" } }
  },
  {
    name: "teams in an app without teams",
    change: { hall: { team: undefined } },
    settings: { app: { teams: false } }
  },
  {
    name: "an id that Stream computed, if it is accepted",
    change: {
      hall: { id: "!members-abc" },
      inesInHall: { channel_id: "!members-abc" },
      song: { channel_id: "!members-abc" },
      answer: { channel_id: "!members-abc" }
    },
    settings: { distinctIds: "take" }
  },
  // Changes that are only valid in one dialect.
  {
    name: "an empty list next to an id",
    dialect: "json-array",
    change: { hall: { member_ids: [] }, inesInHall: { channel_member_ids: [] } }
  },
  {
    name: "an empty id next to a set",
    dialect: "json-array",
    change: { pair: { id: "" }, ottoInPair: { channel_id: "" } }
  },
  {
    name: "null for no value",
    dialect: "json-array",
    change: { otto: { name: null, deleted_at: null }, song: { html: null } }
  },
  {
    name: "a disabled device",
    dialect: "json-array",
    change: { phone: { disabled: true, disabled_reason: "expired" } }
  },
  {
    name: "a flag for notifications",
    dialect: "json-array",
    change: {
      otto: { push_notifications: { disabled: true, disabled_until: "2031-02-02T02:00:00Z", own: 1 } }
    }
  },
  {
    name: "the older flag for moderators",
    dialect: "json-array",
    change: { inesInHall: { is_moderator: true } }
  },
  { name: "a message without an id", dialect: "json-array", change: { answer: { id: undefined } } },
  {
    name: "null in fields that are not in the schema",
    dialect: "jsonl",
    change: attached({ title: null, color: null, text: null })
  },
  {
    name: "any type in fields that are not in the schema",
    dialect: "jsonl",
    change: attached({ title: 5, original_width: "640", size: 1.5 })
  },
  {
    name: "push preferences",
    dialect: "jsonl",
    change: { otto: { push_preferences: { chat_level: "mentions", disabled_until: "2031-02-02T02:00:00Z" } } }
  },
  {
    name: "privacy settings",
    dialect: "jsonl",
    change: { otto: { privacy_settings: { typing_indicators: { enabled: false } } } }
  },
  { name: "roles in teams", dialect: "jsonl", change: { otto: { teams_role: { crew: "team_moderator" } } } },
  {
    name: "mentions of groups",
    dialect: "jsonl",
    change: { song: { mentioned_channel: true, mentioned_here: true, mentioned_roles: ["admin"] } }
  },
  {
    name: "banned users and a truncated channel",
    dialect: "jsonl",
    change: { hall: { banned_users: ["otto"], truncated_at: "2021-02-02T02:00:00Z" } }
  }
]
