import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { base, channel, member, message, reaction, user } from "../../../test/entities.ts"
import type { Dialect } from "./checker.ts"
import { dialects, write } from "./harness.ts"
import { byId, only } from "./policyTable.ts"

const AT = "2024-05-06T07:08:09.123Z"
const LATER = "2025-05-06T07:08:09Z"

const fullUser = user("full", {
  name: "Full",
  handle: "full-handle",
  email: "full@example.com",
  imageUrl: "https://x/full.png",
  role: "admin",
  teams: ["red"],
  teamRoles: { red: "team_moderator" },
  language: "en",
  isBot: true,
  isInvisible: true,
  deactivatedAt: AT,
  deletedAt: LATER,
  blockedUserIds: ["ada"],
  mutedUserIds: ["ada"],
  mutedChannelIds: ["general"],
  privacy: { isTypingShown: false, isReadShown: true, isDeliveryShown: false },
  push: { level: "mentions", disabledUntil: LATER },
  createdAt: AT,
  updatedAt: LATER,
  lastSeenAt: LATER,
  custom: { source: { a: 1 } }
})
const fullChannel = channel("full", {
  form: "typed",
  type: "team",
  name: "Full",
  topic: "Topic",
  description: "Description",
  audience: "public",
  archivedAt: AT,
  imageUrl: "https://x/c.png",
  team: "red",
  createdById: "ada",
  isPublic: true,
  isFrozen: true,
  isDisabled: true,
  bannedUserIds: ["bob"],
  createdAt: AT,
  updatedAt: LATER,
  truncatedAt: AT
})
const fullMember = member("general", "bob", {
  role: "moderator",
  isInvited: true,
  inviteAcceptedAt: AT,
  inviteRejectedAt: LATER,
  isMuted: true,
  isChannelHidden: true,
  hiddenBefore: AT,
  archivedAt: LATER,
  createdAt: AT,
  updatedAt: LATER,
  lastReadAt: LATER
})
const root = message("root", { createdAt: "2023-01-01T00:00:00Z" })
const fullMessage = message("full", {
  textFormat: "markdown",
  reactionCounts: { like: 12 },
  editedById: "bob",
  html: "<p>x</p>",
  parentId: "root",
  isShownInChannel: true,
  quotedMessageId: "root",
  mentionedUserIds: ["bob", "bob"],
  isChannelMentioned: true,
  isHereMentioned: true,
  mentionedRoles: ["admin", "admin"],
  isSilent: true,
  visibleToUserIds: ["bob"],
  pinnedAt: AT,
  pinnedById: "bob",
  pinExpiresAt: LATER,
  createdAt: AT,
  updatedAt: LATER,
  attachments: [
    {
      type: "image",
      url: "https://x/a.png",
      thumbnailUrl: "https://x/t.png",
      name: "a",
      mimeType: "image/png",
      sizeBytes: 3
    },
    { type: "voice", url: "https://x/a.m4a", durationSeconds: 1.5 }
  ]
})
const ref = { channel_type: "messaging", channel_id: "general" }
/** Fields that json-array has in another form than jsonl. */
const older = {
  user: { push_notifications: { disabled_until: LATER } },
  channel: {},
  member: { is_moderator: true },
  message: {}
}
/** Fields that only jsonl has. */
const modern = {
  user: {
    teams_role: { red: "team_moderator" },
    blocked_user_ids: ["ada"],
    privacy_settings: {
      typing_indicators: { enabled: false },
      read_receipts: { enabled: true },
      delivery_receipts: { enabled: false }
    },
    push_preferences: { chat_level: "mentions" }
  },
  channel: { truncated_at: AT, banned_users: ["bob"] },
  member: { archived_at: LATER },
  message: {
    mentioned_channel: true,
    mentioned_here: true,
    mentioned_roles: ["admin"],
    restricted_visibility: ["bob"]
  }
}
const newer = {
  ...modern,
  user: { ...modern.user, push_preferences: { chat_level: "mentions", disabled_until: LATER } }
}
const own = {
  user: { is_bot: true, handle: "full-handle", last_seen_at: LATER },
  channel: {
    is_public: true,
    audience: "public",
    topic: "Topic",
    description: "Description",
    archived_at: AT
  },
  member: { is_muted: true },
  message: { text_format: "markdown", silent: true }
}
const both = {
  user: {
    id: "full",
    role: "admin",
    teams: ["red"],
    language: "en",
    invisible: true,
    user_mutes: ["ada"],
    channel_mutes: ["messaging:general"],
    created_at: AT,
    deactivated_at: AT,
    deleted_at: LATER,
    name: "Full",
    image: "https://x/full.png",
    source: { a: 1 }
  },
  channel: {
    id: "full",
    type: "team",
    created_by: "ada",
    team: "red",
    disabled: true,
    frozen: true,
    created_at: AT,
    name: "Full",
    image: "https://x/c.png"
  },
  member: {
    ...ref,
    user_id: "bob",
    channel_role: "channel_moderator",
    created_at: AT,
    last_read: LATER,
    invited: true,
    invite_accepted_at: AT,
    invite_rejected_at: LATER,
    hide_channel: true,
    hide_messages_before: AT
  },
  message: {
    ...ref,
    id: "full",
    user: "ada",
    text: "text of full",
    html: "<p>x</p>",
    attachments: [
      {
        type: "image",
        image_url: "https://x/a.png",
        thumb_url: "https://x/t.png",
        title: "a",
        mime_type: "image/png",
        file_size: 3,
        migrate_resources: true
      },
      { type: "voiceRecording", asset_url: "https://x/a.m4a", duration: 1.5, migrate_resources: true }
    ],
    mentioned_users_ids: ["bob"],
    pinned_at: AT,
    pinned_by_id: "bob",
    pin_expires: LATER,
    created_at: AT,
    parent_id: "root",
    show_in_channel: true,
    quoted_message_id: "root"
  }
}
const dated = new Set(["user", "channel", "message"])

describe("every field", () => {
  for (const dialect of dialects) {
    it.live.each(Object.keys(both) as ReadonlyArray<keyof typeof both>)(
      `of a %s in ${dialect} is a field of the item, and other fields are custom data`,
      (kind) =>
        Effect.gen(function* () {
          const result = yield* write({ dialect }, [
            ...base,
            fullUser,
            fullChannel,
            fullMember,
            root,
            fullMessage
          ])
          assert.deepStrictEqual(result.problems, [])
          const item = result.of(kind).find(({ id }) => id === "full") ?? only(result, kind)
          const type = kind !== "message" ? {} : { type: dialect === "jsonl" ? "reply" : "regular" }
          const updated = { updated_at: LATER }
          const isDated = dated.has(kind)
          const expected =
            dialect === "jsonl"
              ? { ...both[kind], ...type, ...newer[kind], chatferry: { ...own[kind], ...updated } }
              : {
                  ...both[kind],
                  ...older[kind],
                  ...type,
                  ...(isDated ? updated : {}),
                  chatferry: { ...own[kind], ...modern[kind], ...(isDated ? {} : updated) }
                }
          assert.deepStrictEqual(item, expected)
        })
    )
  }

  it.live(
    "that Stream cannot restrict to some users, or that it counts itself, is left out and counted",
    () =>
      Effect.gen(function* () {
        const { file, ledger } = yield* write({ dialect: "jsonl" }, [...base, fullUser, root, fullMessage])
        assert.notInclude(file, "full@example.com")
        assert.deepInclude(ledger.notes, {
          "field_unsupported.user.email": 1,
          "field_unsupported.message.reactionCounts": 1,
          "field_unsupported.message.editedById": 1
        })
      })
  )

  it.live("that the older dialect does not have is counted by its name", () =>
    Effect.gen(function* () {
      const entities = [...base, fullUser, fullChannel, fullMember, root, fullMessage]
      const count = (dialect: Dialect) =>
        Effect.map(write({ dialect }, entities), ({ ledger }) =>
          Object.keys(ledger.notes).filter((code) => code.startsWith("dialect_lacks"))
        )
      assert.deepStrictEqual(yield* count("jsonl"), [])
      assert.sameMembers(
        [...(yield* count("json-array"))],
        [
          "dialect_lacks.user.teamRoles",
          "dialect_lacks.user.blockedUserIds",
          "dialect_lacks.user.privacy",
          "dialect_lacks.user.push.level",
          "dialect_lacks.channel.truncatedAt",
          "dialect_lacks.channel.bannedUserIds",
          "dialect_lacks.member.archivedAt",
          "dialect_lacks.message.isChannelMentioned",
          "dialect_lacks.message.isHereMentioned",
          "dialect_lacks.message.mentionedRoles"
        ]
      )
    })
  )

  it.live("that affects the app and that Stream cannot import is counted", () =>
    Effect.gen(function* () {
      const { ledger } = yield* write({ dialect: "jsonl" }, [
        ...base,
        channel("away", { archivedAt: AT, isDistinct: true, isPublic: true }),
        member("away", "ada", { isMuted: true, customRole: "guide" })
      ])
      assert.deepInclude(ledger.notes, {
        channel_archived: 1,
        channel_public: 1,
        distinct_by_id: 1,
        member_muted: 1,
        channel_role_unknown: 1
      })
    })
  )

  it.live.each([
    { level: "all", expected: { disabled: false } },
    { level: "none", expected: { disabled: true } },
    { level: "none", disabledUntil: LATER, expected: { disabled: true, disabled_until: LATER } },
    { disabledUntil: LATER, expected: { disabled_until: LATER } }
  ] as const)("of push is a switch in the older dialect: %j", ({ expected, ...push }) =>
    Effect.gen(function* () {
      const result = yield* write({ dialect: "json-array" }, [user("ada", { push })])
      assert.deepStrictEqual(result.problems, [])
      assert.deepStrictEqual(only(result, "user")["push_notifications"], expected)
    })
  )

  it.live.each([
    { audience: "public", isPublic: false, type: "public" },
    { audience: "private", isPublic: true, type: "messaging" },
    { isPublic: true, type: "public" }
  ] as const)("makes the type of a channel: %j", ({ type, ...fields }) =>
    Effect.gen(function* () {
      const result = yield* write({ dialect: "jsonl", channelType: "stream_sync" }, [
        ...base,
        channel("room", fields)
      ])
      assert.strictEqual(byId(result, "channel", "room")["type"], type)
    })
  )

  it.live("of a user who is only known from a snapshot makes the placeholder a bot", () =>
    Effect.gen(function* () {
      const result = yield* write({ dialect: "jsonl" }, [
        ...base,
        member("general", "robot", { userSnapshot: { name: "Robot", isBot: true } })
      ])
      assert.deepInclude(byId(result, "user", "robot"), {
        name: "Robot",
        chatferry: { placeholder: true, is_bot: true }
      })
    })
  )

  it.live("of a reaction is written", () =>
    Effect.gen(function* () {
      const result = yield* write({ dialect: "jsonl" }, [
        ...base,
        root,
        reaction("root", "like", { createdAt: AT, score: 2, custom: { source: { a: 1 } } })
      ])
      assert.deepStrictEqual(only(result, "reaction"), {
        message_id: "root",
        type: "like",
        user_id: "ada",
        created_at: AT,
        source: { a: 1 },
        chatferry: { score: 2 }
      })
    })
  )
})
