import { assert, describe } from "@effect/vitest"
import { base, channel, member, message, reaction, user } from "../../../test/entities.ts"
import * as Ids from "../src/internal/format/ids.ts"
import { byId, only, table, withoutUser } from "./policyTable.ts"

describe("channels", () => {
  table([
    {
      name: "that are missing get their records rejected",
      entities: [user("ada"), message("1"), member("general", "ada"), reaction("1", "like")],
      expect: ({ ledger, rejected }) => {
        for (const kind of ["message", "member", "reaction"] as const) {
          assert.deepStrictEqual(ledger.kinds[kind].rejected, { unknown_channel: 1 })
        }
        assert.isFalse(rejected.some((reject) => `${reject.message}${reject.location}`.includes("text of")))
      }
    },
    {
      name: "that are missing get placeholders from their messages if unknownChannel is synthesise",
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
      name: "that are placeholders have the id and type that their record would give",
      entities: [
        user("ada"),
        ...[
          "livestream:show",
          "messaging:!members-QK2zb3x_-1",
          "sendbird_open_channel_1",
          "sendbird_group_channel_2"
        ].map((channelId, i) => message(String(i), { channelId }))
      ],
      config: { unknownChannel: "synthesise", distinctChannels: "member_ids" },
      expect: (result) => {
        assert.deepStrictEqual(
          result.of("channel").map((item) => [item["type"], item["id"]]),
          [
            ["livestream", "show"],
            [
              "messaging",
              `_members-QK2zb3x_-1-${Ids.channelId("messaging:!members-QK2zb3x_-1", "", false).id.slice(-24)}`
            ],
            ["messaging", "2"],
            ["livestream", "1"]
          ]
        )
        assert.deepStrictEqual(result.ledger.notes["channel_type_assumed"], undefined)
        assert.deepStrictEqual(result.ledger.notes["distinct_members_incomplete"], 1)
      }
    },
    {
      name: "that are placeholders with a guessed type are counted",
      entities: [user("ada"), message("1"), message("2", { channelId: "sendbird_open_channel_1" })],
      config: { unknownChannel: "synthesise", channelType: "stream_sync" },
      expect: (result) => {
        assert.deepStrictEqual(
          result.of("channel").map((item) => item["type"]),
          ["messaging", "public"]
        )
        assert.strictEqual(result.ledger.notes["channel_type_assumed"], 2)
      }
    },
    {
      name: "whose type Stream does not accept get another type, which is counted",
      entities: [
        user("ada"),
        channel("a", { type: "VIP room!", createdById: "ada" }),
        channel("b", { type: "v".repeat(65), createdById: "ada" }),
        channel("c", { type: "vip", createdById: "ada" }),
        channel("my room:d", { form: "typed", type: "my room", createdById: "ada" })
      ],
      config: { channelType: "stream_sync" },
      expect: (result) => {
        assert.deepStrictEqual(
          result.of("channel").map((item) => item["type"]),
          ["messaging", "messaging", "vip", "messaging"]
        )
        assert.deepInclude(byId(result, "channel", "a"), { chatferry: { type: "VIP room!" } })
        assert.strictEqual(result.ledger.notes["channel_type_invalid"], 3)
      }
    },
    {
      name: "whose type comes from the settings are not counted for an invalid type",
      entities: [user("ada"), channel("a", { type: "VIP room!", createdById: "ada" })],
      expect: (result) => assert.isUndefined(result.ledger.notes["channel_type_invalid"])
    },
    {
      name: "without a creator get the first moderator as their creator",
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
      name: "without a creator and moderator get the admin as their creator, with one placeholder",
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
      name: "that are deleted are written as disabled",
      entities: [...base, channel("old", { createdById: "ada", deletedAt: "2024-01-01T00:00:00Z" })],
      expect: (result) =>
        assert.deepInclude(byId(result, "channel", "old"), {
          disabled: true,
          chatferry: { deleted_at: "2024-01-01T00:00:00Z" }
        })
    },
    {
      name: "that are deleted are dropped with their records if deletedChannels is skip",
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
      name: "get their type by form, or keep their own if the source has types",
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
      name: "get the types of Stream's own synchronisation with stream_sync",
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
      name: "lose the prefix of their form, unless two ids would collide: then both are hashed",
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
      name: "have an id like other channels",
      entities: pair,
      expect: (result) => assert.strictEqual(only(result, "channel")["id"], "dm")
    },
    {
      name: "are identified by their members if distinctChannels is member_ids, also in members and messages",
      entities: pair,
      config,
      expect: (result) => {
        assert.deepStrictEqual(only(result, "channel")["member_ids"], ["ada", "bob"])
        assert.deepStrictEqual(only(result, "message")["channel_member_ids"], ["ada", "bob"])
      }
    },
    {
      name: "written with ids are counted if their set differs from their members",
      entities: [
        ...pair,
        channel("dm2", { createdById: "ada", isDistinct: true, distinctMemberIds: ["ada", "bob"] }),
        member("dm2", "bob"),
        member("dm2", "ada"),
        channel("dm3", { createdById: "ada", isDistinct: true, distinctMemberIds: ["ada", "eve"] }),
        member("dm3", "bob"),
        member("dm3", "ada")
      ],
      expect: (result) => assert.strictEqual(result.ledger.notes["distinct_members_differ"], 1)
    },
    {
      name: "with the same members all keep their ids",
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
      name: "keep their ids if not all members are known",
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
