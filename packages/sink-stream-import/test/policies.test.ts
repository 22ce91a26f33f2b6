import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { base, channel, member, message, reaction, user } from "./entities.ts"
import { type Config, type Result, write } from "./harness.ts"

type Items = Parameters<typeof write>[1]

const { userId: _, ...rest } = message("1", { type: "system" })
const withoutUser = rest

const lines = (entities: Items, config: Partial<Config> = {}) =>
  write({ dialect: "jsonl", ...config }, entities)

interface Case {
  readonly name: string
  readonly entities: Items
  readonly config?: Partial<Config>
  readonly expect: (result: Result) => void
}

const only = (result: Result, kind: string) => {
  const items = result.of(kind)
  assert.strictEqual(items.length, 1, kind)
  return items[0] ?? {}
}
const byId = (result: Result, kind: string, id: string) =>
  result.of(kind).find((item) => item["id"] === id) ?? {}

const table = (cases: ReadonlyArray<Case>) =>
  it.live.each(cases)("$name", ({ config, entities, expect }) =>
    Effect.gen(function* () {
      const result = yield* lines(entities, config)
      assert.deepStrictEqual(result.problems, [])
      expect(result)
    })
  )

describe("records of one thing", () => {
  table([
    {
      name: "are joined: the newest wins and older ones fill what it lacks",
      entities: [
        user("ada", {
          name: "Old",
          imageUrl: "https://x/old.png",
          updatedAt: "2020-01-01T00:00:00Z",
          custom: { p: { a: 1, b: 1 } }
        }),
        user("ada", { name: "New", updatedAt: "2021-01-01T00:00:00Z", custom: { p: { b: 2 }, q: { c: 3 } } })
      ],
      expect: (result) => {
        assert.deepInclude(only(result, "user"), {
          name: "New",
          image: "https://x/old.png",
          p: { a: 1, b: 2 },
          q: { c: 3 }
        })
        assert.deepStrictEqual(result.ledger.kinds.user.merged, { same_id: 1 })
      }
    },
    {
      name: "are compared by time whatever fractional digits they have",
      entities: [
        user("ada", { name: "Old", updatedAt: "2020-01-01T00:00:00Z" }),
        user("ada", { name: "New", updatedAt: "2020-01-01T00:00:00.5Z" })
      ],
      expect: (result) => assert.strictEqual(only(result, "user")["name"], "New")
    },
    {
      name: "of a message: the latest change wins whole",
      entities: [
        ...base,
        message("1", { text: "edited", updatedAt: "2024-02-01T00:00:00Z" }),
        message("1", { text: "first", mentionedUserIds: ["nobody"] })
      ],
      expect: (result) => {
        assert.strictEqual(only(result, "message")["text"], "edited")
        assert.deepStrictEqual(result.ledger.kinds.message.merged, { same_id: 1 })
        assert.deepStrictEqual(result.ledger.kinds.user.synthesised, {})
      }
    }
  ])
})

describe("missing users", () => {
  const entities = [
    channel("general", { createdById: "gone" }),
    member("general", "bob", { userSnapshot: { name: "Bob" } }),
    message("1", { userId: "cleo", userSnapshot: { name: "Cleo old" }, createdAt: "2024-01-01T00:00:00Z" }),
    message("2", {
      userId: "cleo",
      userSnapshot: { name: "Cleo", imageUrl: "https://x/c.png" },
      createdAt: "2024-01-02T00:00:00Z",
      mentionedUserIds: ["dan"]
    })
  ]
  table([
    {
      name: "are made up with what a record last showed of them",
      entities,
      expect: (result) => {
        assert.sameMembers(
          result.of("user").map((item) => item["id"]),
          ["bob", "cleo", "dan", "gone"]
        )
        assert.deepInclude(byId(result, "user", "cleo"), { name: "Cleo", image: "https://x/c.png" })
        assert.strictEqual(byId(result, "user", "bob")["name"], "Bob")
        assert.deepStrictEqual(result.ledger.kinds.user.synthesised, { placeholder: 4 })
      }
    },
    {
      name: "get their records rejected when asked, but a mention is made up",
      entities: [
        user("ada"),
        channel("general", { createdById: "ada" }),
        ...entities.slice(1),
        message("3", { mentionedUserIds: ["dan"] })
      ],
      config: { missingUser: "reject" },
      expect: (result) => {
        assert.strictEqual(only(result, "message")["id"], "3")
        assert.strictEqual(byId(result, "user", "dan")["id"], "dan")
        assert.deepStrictEqual(result.ledger.kinds.member.rejected, { unknown_user: 1 })
        assert.deepStrictEqual(result.ledger.kinds.message.rejected, { unknown_user: 2 })
        assert.sameMembers(
          result.rejected.map(({ place }) => place),
          ["member general bob", "message 1", "message 2"]
        )
      }
    },
    {
      name: "who made a channel get it rejected with all in it when asked",
      entities: [
        user("ada"),
        ...entities.slice(0, 1),
        message("1"),
        member("general", "ada"),
        reaction("1", "like")
      ],
      config: { missingUser: "reject" },
      expect: ({ items, ledger }) => {
        assert.deepStrictEqual(
          items.map(({ kind }) => kind),
          ["user"]
        )
        assert.deepStrictEqual(ledger.kinds.channel.rejected, { unknown_user: 1 })
        assert.deepStrictEqual(ledger.kinds.message.rejected, { rejected_channel: 1 })
        assert.deepStrictEqual(ledger.kinds.reaction.rejected, { rejected_channel: 1 })
      }
    }
  ])
})

describe("channels", () => {
  table([
    {
      name: "that are missing get what is in them rejected",
      entities: [user("ada"), message("1"), member("general", "ada"), reaction("1", "like")],
      expect: ({ ledger, rejected }) => {
        for (const kind of ["message", "member", "reaction"] as const) {
          assert.deepStrictEqual(ledger.kinds[kind].rejected, { unknown_channel: 1 })
        }
        assert.isFalse(rejected.some((reject) => `${reject.message}${reject.place}`.includes("text of")))
      }
    },
    {
      name: "that are missing are made up from their messages when asked",
      entities: [
        user("ada"),
        message("2", { createdAt: "2024-03-01T00:00:00Z" }),
        message("1"),
        member("general", "ada"),
        member("other", "ada")
      ],
      config: { unknownChannel: "synthesise" },
      expect: (result) => {
        assert.deepInclude(only(result, "channel"), {
          id: "general",
          created_by: "data-migration-admin",
          created_at: "2024-01-01T00:00:00Z"
        })
        assert.deepStrictEqual(result.ledger.kinds.channel.synthesised, { placeholder: 1 })
        assert.deepStrictEqual(result.ledger.kinds.member.rejected, { unknown_channel: 1 })
      }
    },
    {
      name: "without a creator are given to the first moderator",
      entities: [
        user("ada"),
        channel("general"),
        member("general", "zoe", { role: "moderator" }),
        member("general", "bob", { role: "moderator" }),
        member("general", "ada")
      ],
      expect: (result) => assert.strictEqual(only(result, "channel")["created_by"], "bob")
    },
    {
      name: "without a creator and moderator are given to the admin, who is made up once",
      entities: [channel("general"), channel("other"), withoutUser],
      config: { adminUserId: "system" },
      expect: (result) => {
        assert.deepStrictEqual(
          result.of("channel").map((item) => item["created_by"]),
          ["system", "system"]
        )
        assert.deepInclude(only(result, "message"), { user: "system", type: "system" })
        assert.deepStrictEqual(result.ledger.kinds.user.synthesised, { admin: 1 })
      }
    },
    {
      name: "that were deleted are disabled",
      entities: [...base, channel("old", { createdById: "ada", deletedAt: "2024-01-01T00:00:00Z" })],
      expect: (result) =>
        assert.deepInclude(byId(result, "channel", "old"), {
          disabled: true,
          chatferry: { deleted_at: "2024-01-01T00:00:00Z" }
        })
    },
    {
      name: "that were deleted are dropped with all in them when asked",
      entities: [
        user("ada"),
        channel("general", { createdById: "ada", deletedAt: "2024-01-01T00:00:00Z" }),
        message("1"),
        member("general", "ada"),
        reaction("1", "like")
      ],
      config: { deletedChannels: "skip" },
      expect: ({ ledger, rejected }) => {
        assert.deepStrictEqual(rejected, [])
        assert.deepStrictEqual(ledger.kinds.channel.dropped, { deleted: 1 })
        for (const kind of ["message", "member", "reaction"] as const)
          assert.deepStrictEqual(ledger.kinds[kind].dropped, { deleted_channel: 1 })
      }
    },
    {
      name: "get their type by form, or keep their own when the source has types",
      entities: [
        user("ada"),
        channel("a", { createdById: "ada" }),
        channel("b", { form: "open", createdById: "ada" }),
        channel("gaming:c", { form: "typed", type: "gaming", createdById: "ada" })
      ],
      expect: (result) =>
        assert.deepStrictEqual(
          result.of("channel").map((item) => [item["id"], item["type"]]),
          [
            ["a", "messaging"],
            ["b", "livestream"],
            ["c", "gaming"]
          ]
        )
    },
    {
      name: "get the types of Stream's own synchronisation when asked",
      entities: [
        user("ada"),
        channel("a", { createdById: "ada" }),
        channel("b", { form: "open", createdById: "ada" }),
        channel("c", { type: "support", createdById: "ada" })
      ],
      config: { channelType: "stream_sync" },
      expect: (result) =>
        assert.deepStrictEqual(
          result.of("channel").map((item) => item["type"]),
          ["messaging", "public", "support"]
        )
    },
    {
      name: "lose the prefix of their form, unless two would become one: then both are hashed",
      entities: [
        user("ada"),
        ...[
          "sendbird_group_channel_1",
          "sendbird_group_channel_2",
          "sendbird_open_channel_2",
          "ü".repeat(70)
        ].map((id) => channel(id, { createdById: "ada" }))
      ],
      expect: (result) => {
        const ids = result.of("channel").map((item) => String(item["id"]))
        assert.strictEqual(ids[0], "1")
        assert.match(ids[1] ?? "", /^2-[\da-f]{24}$/)
        assert.match(ids[2] ?? "", /^2-[\da-f]{24}$/)
        assert.match(ids[3] ?? "", /^_-[\da-f]{24}$/)
        assert.deepStrictEqual(
          result.idMap.filter((line) => line["kind"] === "channel").map((line) => line["rule"]),
          ["stripped", "hashed", "hashed", "hashed"]
        )
      }
    }
  ])
})

describe("distinct channels", () => {
  const pair = [
    user("ada"),
    user("bob"),
    channel("dm", { createdById: "ada", isDistinct: true }),
    member("dm", "bob"),
    member("dm", "ada"),
    message("1", { channelId: "dm" })
  ]
  const config = { distinctChannels: "member_ids" } as const
  table([
    {
      name: "have an id like others",
      entities: pair,
      expect: (result) => assert.strictEqual(only(result, "channel")["id"], "dm")
    },
    {
      name: "are told by their members when asked, also in members and messages",
      entities: pair,
      config,
      expect: (result) => {
        assert.deepStrictEqual(only(result, "channel")["member_ids"], ["ada", "bob"])
        assert.deepStrictEqual(only(result, "message")["channel_member_ids"], ["ada", "bob"])
      }
    },
    {
      name: "with the same members all keep ids",
      entities: [
        ...pair,
        channel("dm2", { createdById: "ada", isDistinct: true }),
        member("dm2", "bob"),
        member("dm2", "ada")
      ],
      config,
      expect: (result) => {
        assert.deepStrictEqual(
          result.of("channel").map((item) => item["id"]),
          ["dm", "dm2"]
        )
        assert.strictEqual(result.ledger.notes["distinct_members_shared"], 2)
      }
    },
    {
      name: "keep ids when not all members are known",
      entities: [
        user("ada"),
        channel("dm", { createdById: "ada", isDistinct: true, distinctMemberIds: ["ada", "bob"] }),
        member("dm", "ada")
      ],
      config,
      expect: (result) => assert.strictEqual(only(result, "channel")["id"], "dm")
    }
  ])
})

describe("messages", () => {
  const time = (day: number) => ({ createdAt: `2024-01-0${day}T00:00:00Z` })
  table([
    {
      name: "come after what they reply to, even when that is newer",
      entities: [
        ...base,
        message("2", { parentId: "1", ...time(1), isShownInChannel: true }),
        message("1", time(5))
      ],
      expect: (result) =>
        assert.deepStrictEqual(
          result
            .of("message")
            .map((item) => [item["id"], item["type"], item["parent_id"], item["show_in_channel"]]),
          [
            ["1", "regular", undefined, undefined],
            ["2", "reply", "1", true]
          ]
        )
    },
    {
      name: "that reply to nothing known stand alone and remember",
      entities: [...base, message("2", { parentId: "1", isShownInChannel: true })],
      expect: (result) => {
        assert.deepInclude(only(result, "message"), {
          type: "regular",
          chatferry: { parent_message_id: "1" }
        })
        assert.strictEqual(result.ledger.notes["reply_detached"], 1)
      }
    },
    {
      name: "that reply to a reply join its thread",
      entities: [
        ...base,
        message("1", time(1)),
        message("2", { parentId: "1", ...time(2) }),
        message("3", { parentId: "2", ...time(3) }),
        message("4", { parentId: "3", ...time(4) })
      ],
      expect: (result) => {
        assert.deepStrictEqual(
          result.of("message").map((item) => item["parent_id"]),
          [undefined, "1", "1", "1"]
        )
        assert.strictEqual(result.ledger.notes["reply_reattached"], 2)
      }
    },
    {
      name: "that reply to each other, to themselves or into another channel stand alone",
      entities: [
        ...base,
        channel("other", { createdById: "ada" }),
        message("1", { parentId: "2" }),
        message("2", { parentId: "1" }),
        message("3", { parentId: "3" }),
        message("4", { parentId: "1" }),
        message("5", { parentId: "6" }),
        message("6", { channelId: "other" })
      ],
      expect: (result) => {
        assert.isTrue(
          result.of("message").every((item) => item["type"] === "regular" && !("parent_id" in item))
        )
        assert.strictEqual(result.ledger.notes["reply_detached"], 5)
      }
    },
    {
      name: "that quote something unknown remember it",
      entities: [...base, message("1", { quotedMessageId: "9" }), message("2", { quotedMessageId: "1" })],
      expect: (result) => {
        assert.deepStrictEqual(byId(result, "message", "1")["chatferry"], { quoted_message_id: "9" })
        assert.strictEqual(byId(result, "message", "2")["quoted_message_id"], "1")
      }
    },
    {
      name: "that were deleted keep nothing but who and when",
      entities: [
        ...base,
        message("1"),
        message("2", {
          parentId: "1",
          isDeleted: true,
          updatedAt: "2024-05-01T00:00:00Z",
          html: "<b>",
          custom: { p: { secret: 1 } }
        })
      ],
      expect: (result) => {
        assert.deepStrictEqual(byId(result, "message", "2"), {
          id: "2",
          user: "ada",
          type: "deleted",
          created_at: "2024-01-01T00:00:00.000Z",
          deleted_at: "2024-05-01T00:00:00Z",
          channel_type: "messaging",
          channel_id: "general",
          parent_id: "1",
          chatferry: { updated_at: "2024-05-01T00:00:00Z" }
        })
        assert.strictEqual(result.ledger.notes["deleted_content_blanked"], 1)
      }
    },
    {
      name: "that were deleted keep their content when asked",
      entities: [...base, message("1", { isDeleted: true })],
      config: { deletedContent: "keep" },
      expect: (result) =>
        assert.deepInclude(only(result, "message"), {
          type: "deleted",
          text: "text of 1",
          deleted_at: "2024-01-01T00:00:00.000Z"
        })
    },
    {
      name: "that were deleted are dropped when asked, with their reactions, and replies stand alone",
      entities: [
        ...base,
        message("1", { isDeleted: true }),
        message("2", { parentId: "1" }),
        reaction("1", "like")
      ],
      config: { deletedMessages: "skip" },
      expect: (result) => {
        assert.deepInclude(only(result, "message"), { id: "2", type: "regular" })
        assert.deepStrictEqual(result.ledger.kinds.message.dropped, { deleted: 1 })
        assert.deepStrictEqual(result.ledger.kinds.reaction.dropped, { deleted_message: 1 })
      }
    },
    {
      name: "that are too long are cut at code points, and the whole text is in the side file",
      entities: [...base, message("1", { text: "👍".repeat(12) })],
      config: { maxMessageLength: 10 },
      expect: (result) => {
        assert.strictEqual(only(result, "message")["text"], "👍".repeat(10))
        assert.deepStrictEqual(result.moved, [
          { kind: "message", id: "1", field: "text", value: "👍".repeat(12) }
        ])
      }
    },
    {
      name: "longer than Stream takes without being set up are noted",
      entities: [...base, message("1", { text: "x".repeat(6000) })],
      expect: ({ ledger }) => assert.strictEqual(ledger.notes["text_over_default_limit"], 1)
    },
    {
      name: "pinned by nobody known are pinned by the admin",
      entities: [...base, message("1", { pinnedAt: "2024-01-01T00:00:00Z" })],
      expect: (result) =>
        assert.deepInclude(only(result, "message"), {
          pinned_at: "2024-01-01T00:00:00Z",
          pinned_by_id: "data-migration-admin"
        })
    },
    {
      name: "with ids Stream does not take get hashed ones, everywhere the same",
      entities: [
        ...base,
        message("a,b"),
        message("2", { parentId: "a,b", quotedMessageId: "a,b" }),
        reaction("a,b", "like")
      ],
      expect: (result) => {
        const line = result.idMap.find((entry) => entry["kind"] === "message") ?? {}
        assert.strictEqual(line["sourceId"], "a,b")
        assert.deepInclude(byId(result, "message", "2"), {
          parent_id: line["streamId"],
          quoted_message_id: line["streamId"]
        })
        assert.strictEqual(only(result, "reaction")["message_id"], line["streamId"])
      }
    }
  ])
})

describe("attachments and custom data", () => {
  const attachments = (...list: ReadonlyArray<object>) => [...base, message("1", { attachments: list })]
  const first = (result: Result) =>
    (only(result, "message")["attachments"] as ReadonlyArray<Record<string, unknown>>)[0] ?? {}
  table([
    {
      name: "with http URLs are upgraded, and Stream is asked to copy them",
      entities: attachments({
        type: "image",
        url: "http://x.org/a b.png",
        thumbnailUrl: "https://x.org/t.png"
      }),
      expect: (result) =>
        assert.deepStrictEqual(first(result), {
          type: "image",
          image_url: "https://x.org/a%20b.png",
          thumb_url: "https://x.org/t.png",
          migrate_resources: true
        })
    },
    {
      name: "with http URLs keep them as custom data when asked",
      entities: attachments({ type: "file", url: "http://x.org/a.pdf", name: "a.pdf" }),
      config: { httpUrls: "custom" },
      expect: (result) =>
        assert.deepStrictEqual(first(result), {
          type: "file",
          title: "a.pdf",
          chatferry: { url: "http://x.org/a.pdf" }
        })
    },
    {
      name: "with what is no URL keep it as custom data",
      entities: attachments({ type: "file", url: "file:///etc/passwd" }),
      expect: (result) =>
        assert.deepStrictEqual(first(result), { type: "file", chatferry: { url: "file:///etc/passwd" } })
    },
    {
      name: "that need credentials are not to be copied",
      entities: attachments({ type: "voice", url: "https://x.org/v.m4a", isAuthRequired: true }),
      expect: (result) => {
        assert.deepStrictEqual(first(result), {
          type: "voiceRecording",
          asset_url: "https://x.org/v.m4a",
          chatferry: { auth_required: true }
        })
        assert.strictEqual(result.ledger.notes["attachment_auth_required"], 1)
      }
    },
    {
      name: "beyond 30 go to the side file",
      entities: attachments(...Array.from({ length: 32 }, (_, i) => ({ type: "file", name: `${i}` }))),
      expect: (result) => {
        assert.strictEqual((only(result, "message")["attachments"] as ReadonlyArray<unknown>).length, 30)
        assert.deepStrictEqual(result.moved[0]?.["value"], [
          { type: "file", name: "30" },
          { type: "file", name: "31" }
        ])
      }
    },
    {
      name: "over 5 KB lose the largest fields to the side file",
      entities: [user("ada", { custom: { p: { small: "s", large: "ü".repeat(3000) } } })],
      expect: (result) => {
        assert.deepStrictEqual(only(result, "user")["p"], { small: "s" })
        assert.deepStrictEqual(result.moved, [
          { kind: "user", id: "ada", field: "p.large", value: "ü".repeat(3000) }
        ])
      }
    },
    {
      name: "over 5 KB leave room for what is added when references are closed",
      entities: [
        ...base,
        message("1", {
          parentId: "p".repeat(250),
          quotedMessageId: "q".repeat(250),
          custom: { p: { a: "a".repeat(2400), b: "b".repeat(2400) } }
        })
      ],
      expect: (result) => {
        assert.deepInclude(only(result, "message")["chatferry"], { parent_message_id: "p".repeat(250) })
        assert.strictEqual(result.moved.length, 1)
      }
    },
    {
      name: "of a provider named like a field of Stream get another name",
      entities: [user("ada", { custom: { name: { a: 1 }, chatferry: { b: 2 }, sendbird: { c: 3 } } })],
      expect: (result) =>
        assert.deepInclude(only(result, "user"), {
          name_custom: { a: 1 },
          chatferry_custom: { b: 2 },
          sendbird: { c: 3 }
        })
    }
  ])
})

describe("reactions", () => {
  table([
    {
      name: "with emoji are written as code points and remember the emoji",
      entities: [...base, message("1"), reaction("1", "👍"), reaction("1", "thumbs up"), reaction("1", "❤️")],
      expect: (result) => {
        assert.sameMembers(
          result.of("reaction").map((item) => item["type"]),
          ["u1f44d", "thumbs-u20-up", "u2764-fe0f"]
        )
        assert.deepStrictEqual(
          result.of("reaction").find((item) => item["type"] === "u1f44d")?.["chatferry"],
          { type: "👍" }
        )
      }
    },
    {
      name: "are renamed as asked, and those that become one are joined",
      entities: [...base, message("1"), reaction("1", "👍"), reaction("1", "like")],
      config: { reactionTypes: { "👍": "like" } },
      expect: (result) => {
        assert.strictEqual(only(result, "reaction")["type"], "like")
        assert.deepStrictEqual(result.ledger.kinds.reaction.merged, { same_id: 1 })
      }
    },
    {
      name: "without a time take their message's",
      entities: [...base, message("1", { createdAt: "2024-01-01T00:00:00.120Z" }), reaction("1", "like")],
      expect: (result) =>
        assert.strictEqual(only(result, "reaction")["created_at"], "2024-01-01T00:00:00.12Z")
    },
    {
      name: "to unknown messages are rejected",
      entities: [...base, reaction("9", "like")],
      expect: ({ ledger, rejected }) => {
        assert.deepStrictEqual(ledger.kinds.reaction.rejected, { unknown_message: 1 })
        assert.strictEqual(rejected[0]?.place, "reaction 9 ada like")
      }
    }
  ])
})

describe("members and users", () => {
  table([
    {
      name: "have read everything unless the source says otherwise",
      entities: [
        ...base,
        member("general", "ada"),
        member("general", "bob", { lastReadAt: "2024-01-01T00:00:00Z" })
      ],
      expect: (result) =>
        assert.deepStrictEqual(
          result.of("member").map((item) => item["last_read"]),
          [undefined, "2024-01-01T00:00:00Z"]
        )
    },
    {
      name: "have read nothing when asked",
      entities: [...base, member("general", "ada")],
      config: { readState: "unread" },
      expect: (result) => assert.strictEqual(only(result, "member")["last_read"], "2023-01-01T00:00:00Z")
    },
    {
      name: "with ids Stream does not take get readable hashed ones, or those they are given",
      entities: [user("ada@x.org"), user("bob b"), user("ok")],
      config: { userIds: { "bob b": "bob" } },
      expect: (result) => {
        assert.match(String(result.of("user")[0]?.["id"]), /^ada@x_org-[\da-f]{24}$/)
        assert.deepStrictEqual(
          result.idMap.map((line) => line["rule"]),
          ["hashed", "override", "same"]
        )
      }
    },
    {
      name: "mute channels by type and id, and remember those that are not there",
      entities: [
        user("ada", {
          mutedChannelIds: ["general", "gone"],
          mutedUserIds: ["bob"],
          blockedUserIds: ["cleo"]
        }),
        channel("general", { createdById: "ada" })
      ],
      expect: (result) => {
        assert.deepInclude(byId(result, "user", "ada"), {
          channel_mutes: ["messaging:general"],
          user_mutes: ["bob"],
          blocked_user_ids: ["cleo"]
        })
        assert.strictEqual(result.of("user").length, 3)
      }
    },
    {
      name: "keep roles the app does not have as custom data",
      entities: [user("ada", { role: "wizard" }), user("bob", { role: "admin" })],
      expect: (result) => {
        assert.deepStrictEqual(byId(result, "user", "ada")["chatferry"], { role: "wizard" })
        assert.strictEqual(byId(result, "user", "bob")["role"], "admin")
      }
    }
  ])
})

describe("StreamImportSink", () => {
  const conflict = (entities: Items, config: Partial<Config>) => Effect.flip(lines(entities, config))

  it.live("fails naming both users who would get one id", () =>
    Effect.gen(function* () {
      const error = yield* conflict([user("ada"), user("bob")], { userIds: { bob: "ada" } })
      assert.strictEqual(error._tag === "SinkError" && error.reason._tag, "Conflict")
      assert.include(error.message, "ada and bob")
    })
  )

  it.live.each([
    { config: { adminUserId: "not valid" } },
    { config: { userIds: { a: "not valid" } } },
    { config: { channelType: { group: "a b", open: "c" } } },
    { config: { reactionTypes: { a: "👍" } } },
    { config: { maxMessageLength: 20_001 } },
    { config: { name: "a/b" } }
  ] as ReadonlyArray<{ readonly config: Partial<Config> }>)("refuses the settings $config", ({ config }) =>
    Effect.gen(function* () {
      const error = yield* conflict([], config)
      assert.strictEqual(error._tag === "SinkError" && error.reason._tag, "InvalidConfig")
    })
  )

  it.live("writes one array of items in the older dialect, with its fields only", () =>
    Effect.gen(function* () {
      const result = yield* write({ dialect: "json-array" }, [
        ...base,
        user("bob", { language: "en", updatedAt: "2024-01-01T00:00:00Z" }),
        message("1"),
        message("2", { parentId: "1", updatedAt: "2024-02-01T00:00:00Z" })
      ])
      assert.deepStrictEqual(result.problems, [])
      assert.match(result.file, /^\[\n\{"type":"user","item":\{/)
      assert.deepInclude(byId(result, "user", "bob"), {
        updated_at: "2024-01-01T00:00:00Z",
        chatferry: { language: "en" }
      })
      assert.deepInclude(byId(result, "message", "2"), {
        type: "regular",
        parent_id: "1",
        updated_at: "2024-02-01T00:00:00Z"
      })
    })
  )

  it.live("calls members as asked", () =>
    Effect.gen(function* () {
      const { file } = yield* lines([...base, member("general", "ada")], { memberItem: "channel_member" })
      assert.include(file, '{"type":"channel_member","data":{"channel_type"')
    })
  )

  it.live("rejects ids that no file keeps", () =>
    Effect.gen(function* () {
      const { ledger, problems } = yield* lines([user("a\0b"), user("a\ud800"), ...base])
      assert.deepStrictEqual(problems, [])
      assert.deepStrictEqual(ledger.kinds.user.rejected, { invalid_id: 2 })
    })
  )
})
