// Every field of Stream's newest public types, and what happens to it. The types are those of `@stream-io/node-sdk`
// 0.7.64 (UserResponse, FullUserResponse, OwnUserResponse, ChannelResponse, ChannelMemberResponse, MessageResponse,
// ReactionResponse, Attachment, DeviceResponse, ReadStateResponse, ChannelStateResponse and the events of chat) and of
// `stream-chat` 9.53.0 (EVENT_MAP, UserResponse, OwnUserBase, ChannelResponse, ChannelData, MessageResponseBase, Reaction,
// Attachment and Device), compared with their .d.ts files in November 2026. Identifying fields (`id`, `cid`, `type`,
// `user_id`, `created_by_id`), redundant fields (`pinned`, `is_moderator`, `show_in_channel` without a parent) and the
// `duration` of responses are not here.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Raw from "./rawRecords.ts"
import { lines, readFiles } from "./reading.ts"

/** `mapped`: to the model. `kept`: as custom data. `counted`: dropped or changed, with a note of its name. */
type One = "mapped" | "kept" | "counted"
type Way = One | "mapped, kept" | "mapped, counted" | "kept, counted" | "mapped, kept, counted"

type Table = Readonly<Record<string, readonly [value: unknown, way: Way]>>

const TIME = "2029-01-01T00:00:00Z"
const someone = { id: "zoe" }

const users: Table = {
  anon: [true, "counted"],
  avg_response_time: [7, "counted"],
  ban_expires: [TIME, "kept"],
  banned: [true, "kept, counted"],
  blocked_user_ids: [["zoe"], "mapped"],
  bypass_moderation: [true, "kept, counted"],
  channel_last_read_at: [TIME, "counted"],
  channel_mutes: [[{ channel: { cid: "a:b" } }], "mapped"],
  created_at: [TIME, "mapped"],
  custom: [{ mood: "fine" }, "kept"],
  deactivated_at: [TIME, "mapped"],
  deleted_at: [TIME, "mapped"],
  devices: [[{ id: "t", push_provider: "apn" }], "counted"],
  image: ["https://example.com/i", "mapped"],
  invisible: [true, "mapped"],
  language: ["de", "mapped"],
  last_active: [TIME, "mapped"],
  latest_hidden_channels: [["a:b"], "kept, counted"],
  mutes: [[{ target: someone }], "mapped"],
  name: ["Other", "mapped"],
  notifications_muted: [true, "counted"],
  online: [true, "counted"],
  privacy_settings: [{ read_receipts: { enabled: false } }, "mapped"],
  push_notifications: [{ disabled: true }, "mapped"],
  push_preferences: [{ chat_level: "none", call_level: "all" }, "mapped, kept, counted"],
  revoke_tokens_issued_before: [TIME, "counted"],
  role: ["admin", "mapped"],
  roles: [["moderator"], "kept"],
  shadow_banned: [true, "kept, counted"],
  teams: [["red"], "mapped"],
  teams_role: [{ red: "user" }, "mapped"],
  total_unread_count: [3, "counted"],
  total_unread_count_by_team: [{ red: 3 }, "counted"],
  unread_channels: [3, "counted"],
  unread_count: [3, "counted"],
  unread_threads: [3, "counted"],
  updated_at: [TIME, "mapped"],
  username: ["kim", "kept"]
}

const channels: Table = {
  auto_translation_enabled: [true, "kept, counted"],
  auto_translation_language: ["de", "kept, counted"],
  automod: ["AI", "kept"],
  blocked: [true, "kept, counted"],
  blocklist_behavior: ["block", "kept"],
  cid: ["messaging:x", "mapped"],
  config: [{ name: "other" }, "counted"],
  cooldown: [3, "kept, counted"],
  created_at: [TIME, "mapped"],
  created_by: [someone, "mapped"],
  custom: [{ mood: "fine" }, "kept"],
  deleted_at: [TIME, "mapped"],
  disabled: [true, "mapped"],
  filter_tags: [["a"], "kept, counted"],
  frozen: [true, "mapped"],
  hidden: [true, "counted"],
  hide_messages_before: [TIME, "counted"],
  invites: [["zoe"], "kept"],
  joined: [true, "counted"],
  last_message_at: [TIME, "counted"],
  // With a shorter list, nothing follows for lifted bans.
  member_count: [9, "mapped, counted"],
  members: [[Raw.member("dan")], "mapped, counted"],
  message_count: [9, "counted"],
  mute_expires_at: [TIME, "counted"],
  muted: [true, "counted"],
  own_capabilities: [["send"], "counted"],
  team: ["red", "mapped"],
  truncated_at: [TIME, "mapped"],
  truncated_by: [someone, "kept"],
  truncated_by_id: ["zoe", "kept"],
  updated_at: [TIME, "mapped"]
}

const members: Table = {
  archived_at: [TIME, "mapped"],
  ban_expires: [TIME, "kept"],
  ban_from_future_channels: [true, "kept, counted"],
  banned: [true, "mapped"],
  channel_role: ["channel_moderator", "mapped, counted"],
  created_at: [TIME, "mapped"],
  custom: [{ mood: "fine" }, "kept"],
  deleted_at: [TIME, "mapped"],
  deleted_messages: [["m"], "kept, counted"],
  future_channel_ban_expires: [TIME, "kept, counted"],
  invite_accepted_at: [TIME, "mapped"],
  invite_rejected_at: [TIME, "mapped"],
  invited: [true, "mapped"],
  notifications_muted: [true, "mapped"],
  pinned_at: [TIME, "kept, counted"],
  role: ["owner", "counted"],
  shadow_banned: [true, "kept, counted"],
  status: ["accepted", "counted"],
  updated_at: [TIME, "mapped"],
  user: [Raw.user("bob", { name: "Other" }), "mapped"]
}

const messages: Table = {
  args: ["x", "kept"],
  attachments: [[{ type: "file", asset_url: "https://example.com/a" }], "mapped"],
  before_message_send_failed: [true, "kept"],
  command: ["giphy", "kept"],
  command_info: [{ name: "giphy" }, "counted"],
  created_at: [TIME, "mapped"],
  custom: [{ mood: "fine" }, "kept"],
  deleted_at: [TIME, "mapped"],
  deleted_for_me: [true, "counted"],
  deleted_reply_count: [3, "counted"],
  draft: [{ text: "t" }, "counted"],
  html: ["<b>", "mapped"],
  i18n: [{ fr_text: "t" }, "kept, counted"],
  image_labels: [{ a: ["b"] }, "kept"],
  latest_reactions: [[Raw.reaction("m", "bob")], "mapped"],
  member: [{ channel_role: "x" }, "counted"],
  mentioned_channel: [true, "mapped"],
  mentioned_group_ids: [["g"], "kept, counted"],
  mentioned_groups: [[{ id: "g" }], "counted"],
  mentioned_here: [true, "mapped"],
  mentioned_roles: [["admin"], "mapped"],
  mentioned_users: [[someone], "mapped"],
  message_text_updated_at: [TIME, "kept"],
  mml: ["<mml>", "kept"],
  moderation: [{ action: "flag" }, "kept"],
  moderation_details: [{ action: "bounce" }, "kept"],
  own_reactions: [[Raw.reaction("m", "bob")], "mapped"],
  parent_id: ["p", "mapped"],
  // Raw.message says that it is not pinned.
  pinned_at: [TIME, "counted"],
  pinned_by: [someone, "counted"],
  pin_expires: [TIME, "counted"],
  poll: [{ id: "p" }, "kept, counted"],
  poll_id: ["p", "kept"],
  quoted_message: [{ id: "q" }, "mapped"],
  quoted_message_id: ["q", "mapped"],
  reaction_counts: [{ like: 3 }, "mapped, counted"],
  reaction_groups: [{ like: { count: 3 } }, "mapped, counted"],
  reaction_scores: [{ like: 3 }, "counted"],
  reminder: [{ remind_at: TIME }, "counted"],
  reply_count: [3, "counted"],
  restricted_visibility: [["zoe"], "mapped"],
  shadowed: [true, "mapped, counted"],
  shared_location: [{ latitude: 1 }, "kept, counted"],
  silent: [true, "mapped"],
  status: ["received", "kept"],
  text: ["Other", "mapped"],
  thread_participants: [[someone], "counted"],
  type: ["system", "mapped"],
  updated_at: [TIME, "mapped"],
  user: [someone, "mapped"]
}

const reactions: Table = {
  created_at: [TIME, "mapped"],
  custom: [{ mood: "fine" }, "kept"],
  emoji_code: ["1f44d", "kept"],
  message_id: ["x", "mapped"],
  score: [3, "mapped"],
  type: ["love", "mapped"],
  updated_at: [TIME, "mapped"],
  user: [Raw.user("dan"), "mapped"]
}

const text = (name: string): readonly [unknown, Way] => [name, "kept"]
const attachments: Table = {
  actions: [[{ name: "a" }], "kept"],
  asset_url: ["https://example.com/x", "mapped"],
  author_icon: text("i"),
  author_link: text("l"),
  author_name: text("n"),
  color: text("c"),
  custom: [{ mood: "fine" }, "kept"],
  duration: [3, "mapped"],
  fallback: text("f"),
  fields: [[{ title: "t" }], "kept"],
  file_size: [3, "mapped"],
  footer: text("f"),
  footer_icon: text("i"),
  giphy: [{ original: {} }, "kept"],
  image_url: ["https://example.com/i", "mapped, kept"],
  latitude: [52.5, "kept"],
  longitude: [13.4, "kept"],
  mime_type: ["a/b", "mapped"],
  original_height: [3, "kept"],
  original_width: [3, "kept"],
  pretext: text("p"),
  text: ["t", "mapped"],
  thumb_url: ["https://example.com/t", "mapped"],
  title: ["t", "mapped"],
  title_link: ["https://example.com/l", "kept"],
  type: ["payment", "mapped"],
  waveform_data: [[1], "kept"]
}

const reads: Table = {
  last_delivered_at: [TIME, "kept"],
  last_delivered_message_id: ["m", "kept"],
  last_read: [TIME, "mapped"],
  last_read_message_id: ["m", "kept"],
  unread_messages: [3, "counted"],
  // A user who is not a member.
  user: [Raw.user("dan"), "mapped, counted"]
}

const devices: Table = {
  created_at: [TIME, "mapped"],
  disabled: [true, "mapped"],
  disabled_reason: ["gone", "mapped"],
  hardware_id: ["h", "counted"],
  id: ["other", "mapped"],
  provider: ["x", "counted"],
  push_provider: ["apn", "mapped"],
  push_provider_name: ["main", "mapped"],
  voip: [true, "counted"]
}

const states: Table = {
  active_live_locations: [[{ latitude: 1 }], "counted"],
  draft: [{ message: {} }, "counted"],
  hidden: [true, "counted"],
  hide_messages_before: [TIME, "counted"],
  members: [[Raw.member("dan")], "mapped, counted"],
  membership: [Raw.member("dan"), "mapped, counted"],
  messages: [[Raw.message("n")], "mapped"],
  pending_messages: [[{ message: Raw.message("n") }], "counted"],
  pinned_messages: [[Raw.message("n")], "mapped"],
  push_preferences: [{ chat_level: "none" }, "counted"],
  read: [[{ user: someone, last_read: TIME }], "mapped, counted"],
  threads: [[{ title: "t", latest_replies: [Raw.message("n")] }], "mapped, counted"],
  watcher_count: [3, "counted"],
  watchers: [[Raw.user("dan")], "mapped"]
}

const eventFields: Table = {
  ban_duration: [3, "counted"],
  channel: [Raw.channel("general"), "mapped, counted"],
  channel_custom: [{ a: 1 }, "kept"],
  channel_member_count: [3, "counted"],
  channel_message_count: [3, "counted"],
  custom: [{ a: 1 }, "counted"],
  grouped_unread_channels: [{ a: 1 }, "counted"],
  message: [Raw.message("m", { text: "Other" }), "mapped"],
  parent_author: ["x", "counted"],
  received_at: [TIME, "counted"],
  request_info: [{ ip: "192.0.2.7" }, "counted"],
  team: ["red", "mapped"],
  thread_participants: [[Raw.user("dan")], "mapped"],
  total_unread_count: [3, "counted"],
  unread_channels: [3, "counted"],
  unread_count: [3, "counted"],
  user: [Raw.user("dan"), "mapped"],
  watcher_count: [3, "counted"]
}

const exported = (fields: object) => ({ ...Raw.exportedChannel("general"), ...fields })
const inMessage = (fields: object) => exported({ messages: [Raw.message("m", fields)] })
const file = { type: "file", asset_url: "https://example.com/a" }
const base = { type: "message.new", cid: "messaging:general", created_at: TIME }
const device = { id: "t", push_provider: "firebase", user_id: "zoe" }

/** An input with these fields, for each type. */
const types: ReadonlyArray<{
  readonly type: string
  readonly table: Table
  readonly input: (fields: object) => unknown
  readonly devices?: "take"
}> = [
  {
    type: "UserResponse",
    table: users,
    input: (fields) => exported({ users: [{ id: "kim", role: "user", ...fields }] })
  },
  {
    type: "ChannelResponse",
    table: channels,
    input: (fields) => exported({ channel: Raw.channel("general", fields) })
  },
  {
    type: "ChannelMemberResponse",
    table: members,
    input: (fields) => exported({ members: [Raw.member("bob", fields)] })
  },
  { type: "MessageResponse", table: messages, input: inMessage },
  {
    type: "ReactionResponse",
    table: reactions,
    input: (fields) => exported({ reactions: [Raw.reaction("m", "bob", fields)] })
  },
  {
    type: "Attachment",
    table: attachments,
    input: (fields) => inMessage({ attachments: [{ ...file, ...fields }] })
  },
  {
    type: "ReadStateResponse",
    table: reads,
    input: (fields) => exported({ read: [{ user: someone, ...fields }] })
  },
  {
    type: "DeviceResponse",
    table: devices,
    input: (fields) =>
      exported({ users: [{ id: "kim", role: "user", devices: [{ ...device, ...fields }] }] }),
    devices: "take"
  },
  { type: "ChannelStateResponse", table: states, input: exported },
  {
    type: "MessageNewEvent",
    table: eventFields,
    input: (fields) => ({ ...base, message: Raw.message("m"), ...fields })
  }
]

const split = (records: ReadonlyArray<object>) => {
  const custom: Array<unknown> = []
  const model = JSON.stringify(records, (name, value: unknown) => {
    if (name !== "custom") return value
    custom.push(value)
    return undefined
  })
  return { model, custom: JSON.stringify(custom) }
}

describe("fields of the public types", () => {
  it.live.each(types)("of $type are all mapped, kept or counted", ({ devices: taken, input, table }) =>
    Effect.gen(function* () {
      const read = (fields: object) =>
        readFiles({ "a.jsonl": lines([input(fields)]) }, taken === undefined ? {} : { devices: taken })
      const ways: Record<string, string> = {}
      for (const [name, [value]] of Object.entries(table)) {
        const without = yield* read({ [name]: undefined })
        const before = split(without.records)
        const { notes, records, rejected } = yield* read({ [name]: value })
        assert.deepStrictEqual(rejected, [])
        const after = split(records)
        const isCounted = Object.keys(notes).some((code) => (notes[code] ?? 0) > (without.notes[code] ?? 0))
        const way = [
          ...(after.model === before.model ? [] : ["mapped"]),
          ...(after.custom === before.custom ? [] : ["kept"]),
          ...(isCounted ? ["counted"] : [])
        ]
        ways[name] = way.length === 0 ? "nothing" : way.join(", ")
      }
      const expected = Object.fromEntries(Object.entries(table).map(([name, [, way]]) => [name, way]))
      assert.deepStrictEqual(ways, expected)
      assert.notInclude(Object.values(ways), "nothing")
    })
  )
})

const EVENT_MAP = `ai_indicator.clear ai_indicator.stop ai_indicator.update capabilities.changed channel.created
  channel.deleted channel.hidden channel.kicked channel.muted channel.truncated channel.unmuted channel.updated
  channel.visible channels.queried connection.changed connection.recovered draft.deleted draft.updated health.check
  live_location_sharing.started live_location_sharing.stopped member.added member.removed member.updated
  message.deleted message.delivered message.new message.read message.read_locally message.undeleted message.updated
  notification.added_to_channel notification.channel_deleted notification.channel_mutes_updated
  notification.channel_truncated notification.invite_accepted notification.invite_rejected notification.invited
  notification.mark_read notification.mark_unread notification.message_new notification.mutes_updated
  notification.reminder_due notification.removed_from_channel notification.thread_message_new
  offline_reactions.queried poll.closed poll.updated poll.vote_casted poll.vote_changed poll.vote_removed
  reaction.deleted reaction.new reaction.updated reminder.created reminder.deleted reminder.updated thread.updated
  transport.changed typing.start typing.stop user.banned user.deleted user.messages.deleted user.presence.changed
  user.unbanned user.unread_message_reminder user.updated user.watching.start user.watching.stop`

const WEBHOOKS = `appeal.accepted appeal.created appeal.rejected campaign.completed campaign.started channel.frozen
  channel.max_streak_changed channel.unfrozen channel_batch_update.completed channel_batch_update.started
  export.channels.error export.channels.success export.users.success flag.updated message.flagged message.pending
  message.unblocked moderation.analysis.failed moderation.custom_action moderation.flagged
  moderation.image_analysis.complete moderation.mark_reviewed moderation.text_analysis.complete
  moderation_check.completed moderation_rule.triggered review_queue_item.new review_queue_item.updated
  user.deactivated user.flagged user.muted user.reactivated user.unmuted user_group.created user_group.deleted
  user_group.member_added user_group.member_removed user_group.updated`

describe("events of the public types", () => {
  it.live("are all known", () =>
    Effect.gen(function* () {
      const types = `${EVENT_MAP} ${WEBHOOKS}`.split(/\s+/u)
      const events = types.map((type) => Object.assign({}, base, { type, user: someone }))
      const { rejected } = yield* readFiles({ "a.jsonl": lines([Raw.user("kim"), ...events]) })
      assert.deepStrictEqual(rejected, [])
    })
  )
})
