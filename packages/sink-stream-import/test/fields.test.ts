import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Dialect } from "./checker.ts"
import { base, channel, member, message, reaction, user } from "./entities.ts"
import { type Config, dialects, type Result, write } from "./harness.ts"
import { byId, type Items, only } from "./policyTable.ts"

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
const modern = {
  user: {
    teams_role: { red: "team_moderator" },
    language: "en",
    blocked_user_ids: ["ada"],
    privacy_settings: {
      typing_indicators: { enabled: false },
      read_receipts: { enabled: true },
      delivery_receipts: { enabled: false }
    },
    push_preferences: { chat_level: "mentions", disabled_until: LATER },
    deactivated_at: AT
  },
  channel: { truncated_at: AT, banned_users: ["bob"] },
  member: {
    invited: true,
    invite_accepted_at: AT,
    invite_rejected_at: LATER,
    hide_channel: true,
    hide_messages_before: AT,
    archived_at: LATER
  },
  message: {
    mentioned_channel: true,
    mentioned_here: true,
    mentioned_roles: ["admin"],
    restricted_visibility: ["bob"]
  }
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
    invisible: true,
    user_mutes: ["ada"],
    channel_mutes: ["messaging:general"],
    created_at: AT,
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
  member: { ...ref, user_id: "bob", channel_role: "channel_moderator", created_at: AT, last_read: LATER },
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
      `of a %s that ${dialect} lists is an item's, and the rest is kept beside it`,
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
              ? { ...both[kind], ...type, ...modern[kind], chatferry: { ...own[kind], ...updated } }
              : {
                  ...both[kind],
                  ...type,
                  ...(isDated ? updated : {}),
                  chatferry: { ...own[kind], ...modern[kind], ...(isDated ? {} : updated) }
                }
          assert.deepStrictEqual(item, expected)
        })
    )
  }

  it.live("that Stream cannot show to some only, or counts by itself, is left out and counted", () =>
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

  it.live("of a user who is only shown makes the placeholder a bot", () =>
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

  it.live("of a reaction is there", () =>
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

const ofUser = (dialect: Dialect, entities: Items, config: Partial<Config> = {}) =>
  Effect.map(write({ dialect, ...config }, entities), (result: Result) => {
    assert.deepStrictEqual(result.problems, [])
    return result
  })

describe("devices", () => {
  const device = (id: string, fields: object = {}) => ({ id, provider: "firebase", ...fields })

  it.live("are items of their own, with the name of the app's set-up", () =>
    Effect.gen(function* () {
      const entities = [
        user("ada@x.org", {
          devices: [device("d1", { createdAt: AT }), device("d2", { provider: "apn", providerName: "ios" })]
        })
      ]
      const result = yield* ofUser("jsonl", entities, { pushProviderNames: { firebase: "android" } })
      const userId = only(result, "user")["id"]
      assert.deepStrictEqual(result.of("device"), [
        {
          id: "d1",
          user_id: userId,
          push_provider_type: "firebase",
          push_provider_name: "android",
          created_at: AT
        },
        { id: "d2", user_id: userId, push_provider_type: "apn", push_provider_name: "ios" }
      ])
      assert.strictEqual(result.ledger.notes["device_written"], 2)
      assert.strictEqual(result.files[0]?.records, 3)
      const older = yield* ofUser("json-array", entities)
      assert.deepStrictEqual(
        older.of("device").map((item) => item["created_at"]),
        [AT, "1970-01-01T00:00:00Z"]
      )
    })
  )

  it.live("belong to their last user, and tokens that cannot be written are not shown to anyone", () =>
    Effect.gen(function* () {
      const entities = [
        user("ada", { devices: [device("d", { createdAt: LATER }), device("web", { provider: "web" })] }),
        user("bob", { devices: [device("d", { createdAt: AT }), device("x".repeat(256))] })
      ]
      for (const dialect of dialects) {
        const result = yield* ofUser(dialect, entities)
        assert.deepInclude(only(result, "device"), { id: "d", user_id: "ada" })
        assert.deepInclude(result.ledger.notes, { device_repeated: 1, device_invalid: 2, device_written: 1 })
        assert.strictEqual(result.moved.length, 2)
        assert.notInclude(result.file, "web")
      }
    })
  )
})

describe("bans from channels that are yet to be made", () => {
  const entities = [
    user("ada", { futureChannelBans: [{ byId: "bob b", reason: "spam", isShadow: true, createdAt: AT }] })
  ]

  it.live("are items of their own in the current dialect, and go to the side file in the older", () =>
    Effect.gen(function* () {
      const result = yield* ofUser("jsonl", entities)
      const ban = {
        target_id: "ada",
        created_by: result.of("user").find(({ id }) => id !== "ada")?.["id"],
        reason: "spam",
        shadow: true,
        created_at: AT
      }
      assert.match(String(ban.created_by), /^bob_b-/)
      assert.deepStrictEqual(result.of("future_channel_ban"), [ban])
      const older = yield* ofUser("json-array", entities)
      assert.strictEqual(older.ledger.notes["future_channel_ban_lost"], 1)
      assert.deepStrictEqual(older.moved, [
        { kind: "user", id: "ada", field: "future_channel_bans", value: ban }
      ])
    })
  )
})

describe("teams", () => {
  const entities = [
    user("ada", { teams: ["red"] }),
    user("bob", { teams: ["blue"] }),
    channel("general", { createdById: "ada", team: "red", isDistinct: true }),
    ...["ada", "bob", "cleo"].map((id) => member("general", id))
  ]
  const members = (result: Result) => result.of("member").map((item) => item["user_id"])

  it.live("keep out who is not in them", () =>
    Effect.gen(function* () {
      const result = yield* ofUser("jsonl", entities, { distinctChannels: "member_ids" })
      assert.deepStrictEqual(members(result), ["ada"])
      assert.deepStrictEqual(result.ledger.kinds.member.rejected, { team_mismatch: 2 })
      assert.strictEqual(only(result, "channel")["id"], "general")
    })
  )

  it.live("get whom they lack when asked", () =>
    Effect.gen(function* () {
      const result = yield* ofUser("jsonl", entities, { teamMismatch: "add" })
      assert.deepStrictEqual(members(result), ["ada", "bob", "cleo"])
      assert.deepStrictEqual(byId(result, "user", "bob")["teams"], ["blue", "red"])
      assert.deepStrictEqual(byId(result, "user", "cleo")["teams"], ["red"])
      assert.strictEqual(result.ledger.notes["team_added"], 2)
    })
  )

  it.live("are not looked at when asked", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(members(yield* ofUser("jsonl", entities, { teamMismatch: "keep" })), [
        "ada",
        "bob",
        "cleo"
      ])
    })
  )
})

describe("answers to invitations", () => {
  it.live("are called as the import page calls them when asked", () =>
    Effect.gen(function* () {
      const result = yield* ofUser("jsonl", [...base, member("general", "bob", { inviteRejectedAt: AT })], {
        inviteFields: "invited"
      })
      assert.deepInclude(only(result, "member"), { invited: true, invited_rejected_at: AT })
    })
  )
})
