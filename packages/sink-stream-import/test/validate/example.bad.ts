import { attached, type Mutation } from "./example.ts"

const LONG = "x".repeat(256)

/** Invalid changes. Each has one cause and one finding, or lists the findings that follow from it. */
export const bad: ReadonlyArray<Mutation> = [
  // Users.
  {
    name: "an empty id",
    change: { phone: { user_id: "otto" }, otto: { id: "otto" }, ines: { role: 1 } },
    found: ["field_type"]
  },
  { name: "a reserved field", change: { ines: { online: true } }, found: ["field_reserved"] },
  { name: "a time that is a number", change: { ines: { created_at: 1_612_144_800 } }, found: ["field_type"] },
  {
    name: "a day that does not exist",
    change: { ines: { created_at: "2021-02-29T01:00:00Z" } },
    found: ["time_invalid"]
  },
  {
    name: "a time without an offset",
    change: { ines: { created_at: "2021-02-01T01:00:00" } },
    found: ["time_invalid"]
  },
  { name: "a flag as text", change: { ines: { invisible: "yes" } }, found: ["field_type"] },
  {
    name: "teams as text",
    change: {
      phone: "-",
      inesInHall: "-",
      inesInPair: { user_id: "ines" },
      pair: { team: undefined },
      otto: { teams: "crew" },
      ines: { teams: [] },
      hall: { team: undefined }
    },
    found: ["field_type"]
  },
  {
    name: "an unknown muted user",
    change: { ines: { user_mutes: ["mick"] } },
    found: ["muted_user_unknown"]
  },
  {
    name: "an unknown muted channel",
    change: { ines: { channel_mutes: ["messaging:nowhere"] } },
    found: ["muted_channel_unknown"]
  },
  {
    name: "a muted channel without a type",
    change: { ines: { channel_mutes: ["concert-hall"] } },
    found: ["cid_invalid"]
  },
  {
    name: "a deactivation that is not a time",
    change: { otto: { deactivated_at: "yesterday" } },
    found: ["time_invalid"]
  },
  { name: "a language that is a number", change: { otto: { language: 5 } }, found: ["field_type"] },
  {
    name: "a role that the app lacks",
    change: { ines: { role: "chief" } },
    found: ["role_unknown"],
    settings: { app: { userRoles: ["user"] } }
  },
  {
    name: "the same user twice",
    change: {
      otto: { id: "ines" },
      pair: { created_by: "ines", member_ids: ["ines"] },
      inesInPair: { channel_member_ids: ["ines"] },
      ottoInPair: "-",
      answer: { user: "ines" },
      love: { user_id: "ines" }
    },
    found: ["item_duplicated"]
  },
  {
    name: "custom data of six kilobytes",
    change: { otto: { blog: "x".repeat(6000) } },
    found: ["custom_too_large"]
  },
  // Devices.
  {
    name: "a device of an unknown user",
    change: { phone: { user_id: "mick" } },
    found: ["user_unknown"]
  },
  {
    name: "a device of a user with a too long id",
    change: { phone: { user_id: LONG } },
    found: ["field_too_long"]
  },
  {
    name: "a push service that Stream lacks",
    change: { phone: { push_provider_type: "web" } },
    found: ["value_not_allowed"]
  },
  {
    name: "a device without a service",
    change: { phone: { push_provider_type: undefined } },
    found: ["field_required"]
  },
  { name: "a token that is too long", change: { phone: { id: LONG } }, found: ["field_too_long"] },
  // Channels.
  {
    name: "an id that is too long",
    change: { hall: { id: "x".repeat(65) }, inesInHall: "-", song: "-", answer: "-", love: "-" },
    found: ["field_too_long"]
  },
  {
    name: "an id with a space",
    change: { hall: { id: "concert hall" }, inesInHall: "-", song: "-", answer: "-", love: "-" },
    found: ["id_invalid"]
  },
  {
    name: "an id that Stream computed",
    change: { hall: { id: "!members-abc" }, inesInHall: "-", song: "-", answer: "-", love: "-" },
    found: ["channel_id_distinct"]
  },
  {
    name: "no type",
    change: { hall: { type: undefined }, inesInHall: "-", song: "-", answer: "-", love: "-" },
    found: ["field_required"]
  },
  {
    name: "a creator who is an object",
    change: { hall: { created_by: { id: "ines" } } },
    found: ["field_type"]
  },
  { name: "an unknown creator", change: { hall: { created_by: "mick" } }, found: ["user_unknown"] },
  {
    name: "members next to the channel's own fields",
    change: { hall: { members: [] } },
    found: ["field_reserved"]
  },
  {
    name: "an id and a set of members",
    change: { hall: { member_ids: ["ines"] } },
    found: ["channel_identity_both"]
  },
  {
    name: "neither an id nor a set",
    change: { hall: { id: undefined }, inesInHall: "-", song: "-", answer: "-", love: "-" },
    found: ["channel_identity_missing"]
  },
  {
    name: "a type that the app lacks",
    change: { hall: { type: "livestream" } },
    found: ["channel_type_unknown"],
    settings: { app: { channelTypes: { messaging: {} } } }
  },
  { name: "frozen as text", change: { hall: { frozen: "true" } }, found: ["field_type"] },
  // Members.
  {
    name: "an unknown channel",
    change: { inesInHall: { channel_id: "lobby" } },
    found: ["channel_unknown"]
  },
  { name: "an unknown member", change: { inesInHall: { user_id: "mick" } }, found: ["user_unknown"] },
  {
    name: "no channel",
    change: { inesInHall: { channel_id: undefined } },
    found: ["channel_reference_missing"]
  },
  {
    name: "two channels",
    change: { inesInHall: { channel_member_ids: ["ines"] } },
    found: ["channel_reference_both"]
  },
  {
    name: "a role of users",
    change: { inesInHall: { channel_role: "admin" } },
    found: ["channel_role_of_users"]
  },
  {
    name: "a last_read that is not a time",
    change: { inesInHall: { last_read: "" } },
    found: ["time_invalid"]
  },
  { name: "an invitation as text", change: { inesInHall: { invited: "no" } }, found: ["field_type"] },
  {
    name: "a hidden channel as a number",
    change: { inesInHall: { hide_channel: 1 } },
    found: ["field_type"]
  },
  { name: "a set that lacks a member's item", change: { ottoInPair: "-" }, found: ["members_missing"] },
  {
    name: "a member of a set who is not in it",
    change: {
      hall: { own: 1 },
      ottoInPair: { channel_member_ids: ["ines", "otto"], user_id: "otto" },
      inesInHall: {
        channel_type: "messaging",
        channel_id: undefined,
        channel_member_ids: ["otto", "ines"],
        user_id: "ines"
      },
      inesInPair: "-",
      ines: { own: 2 },
      song: { own: 1 },
      love: { own: 1, user_id: "mick" }
    },
    found: ["user_unknown"]
  },
  {
    name: "a user who is not in the team of the channel",
    change: { otto: { teams: ["others"] }, ottoInPair: { own: 1 } },
    found: ["team_mismatch"]
  },
  {
    name: "a user with a team in a channel without one",
    change: { hall: { team: undefined } },
    found: ["team_mismatch"]
  },
  {
    name: "a user without a team in a channel with one",
    change: { otto: { teams: undefined } },
    found: ["team_mismatch"]
  },
  // Messages.
  { name: "a sender who is an object", change: { song: { user: { id: "ines" } } }, found: ["field_type"] },
  { name: "an unknown sender", change: { song: { user: "mick" } }, found: ["user_unknown"] },
  {
    name: "a message in an unknown channel",
    change: { answer: { parent_id: undefined, type: "regular", channel_id: "lobby" } },
    found: ["channel_unknown"]
  },
  { name: "an id with a comma", change: { answer: { id: "m,2" } }, found: ["id_invalid"] },
  {
    name: "a type that only clients have",
    change: { song: { type: "ephemeral" } },
    found: ["value_not_allowed"]
  },
  {
    name: "a text that is too long",
    change: { song: { text: "x".repeat(20_001) } },
    found: ["text_too_long"]
  },
  {
    name: "a deleted message without a time",
    change: { song: { type: "deleted" } },
    found: ["deleted_without_time"]
  },
  {
    name: "a time of deletion without the type",
    change: { song: { deleted_at: "2021-02-02T02:00:00Z" } },
    found: ["deleted_time_without_type"]
  },
  {
    name: "a pin without a user",
    change: { song: { pinned_at: "2021-02-02T02:00:00Z" } },
    found: ["pin_incomplete"]
  },
  {
    name: "the end of a pin without a pin",
    change: { song: { pin_expires: "2021-02-02T02:00:00Z" } },
    found: ["pin_expires_without_pin"]
  },
  { name: "an unknown parent", change: { answer: { parent_id: "m-9" } }, found: ["parent_unknown"] },
  {
    name: "a mention of an unknown user",
    change: { song: { mentioned_users_ids: ["mick"] } },
    found: ["user_unknown"]
  },
  {
    name: "a quoted message next to its id",
    change: { song: { quoted_message: {} } },
    found: ["field_reserved"]
  },
  // Attachments.
  {
    name: "an attachment without a type",
    change: { song: { attachments: [{ image_url: "https://x.org/a" }] } },
    found: ["field_required"]
  },
  {
    name: "an attachment as text",
    change: { song: { attachments: ["https://x.org/a"] } },
    found: ["field_type"]
  },
  {
    name: "31 attachments",
    change: { song: { attachments: Array.from({ length: 31 }, () => ({ type: "x" })) } },
    found: ["attachments_too_many"]
  },
  {
    name: "migrate_resources as text",
    change: attached({ migrate_resources: "yes" }),
    found: ["field_type"]
  },
  { name: "a URL that is a number", change: attached({ asset_url: 5 }), found: ["field_type"] },
  // Reactions.
  { name: "an emoji", change: { love: { type: "👍" } }, found: ["id_invalid"] },
  {
    name: "a reaction to an unknown message",
    change: { love: { message_id: "m-9" } },
    found: ["message_unknown"]
  },
  {
    name: "a reaction without a time",
    change: { love: { created_at: undefined } },
    found: ["field_required"]
  },
  {
    name: "a reaction of an unknown user",
    change: { love: { user_id: "mick" } },
    found: ["user_unknown"]
  }
]
