import { assert, describe } from "@effect/vitest"
import { base, channel, member, message, reaction, user } from "../../../test/entities.ts"
import { byId, only, table } from "./policyTable.ts"

describe("records of one entity", () => {
  table([
    {
      name: "are ordered by when the user was last seen if no change has a time",
      entities: [
        user("ada", { name: "Zed", lastSeenAt: "2020-01-01T00:00:00Z" }),
        user("ada", { name: "Ann", lastSeenAt: "2023-01-01T00:00:00Z" })
      ],
      expect: (result) => assert.deepInclude(only(result, "user"), { name: "Ann" })
    },
    {
      name: "are merged: the newest wins, and older ones fill in what it lacks",
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
      name: "are compared by time, whatever fractional digits they have",
      entities: [
        user("ada", { name: "Old", updatedAt: "2020-01-01T00:00:00Z" }),
        user("ada", { name: "New", updatedAt: "2020-01-01T00:00:00.5Z" })
      ],
      expect: (result) => assert.strictEqual(only(result, "user")["name"], "New")
    },
    {
      name: "of a message are not merged: the latest change wins",
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
      name: "get placeholders with the latest snapshot in a record",
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
      name: "get their records rejected if missingUser is reject, but get placeholders for a mention",
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
          result.rejected.map(({ location }) => location),
          ["member general bob", "message 1", "message 2"]
        )
      }
    },
    {
      name: "who created a channel get it rejected with its records if missingUser is reject",
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

describe("members and users", () => {
  table([
    {
      name: "have read everything if the source does not say",
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
      name: "have read nothing if readState is unread",
      entities: [...base, member("general", "ada")],
      config: { readState: "unread" },
      expect: (result) => assert.strictEqual(only(result, "member")["last_read"], "2023-01-01T00:00:00Z")
    },
    {
      name: "with ids that Stream does not accept get readable hashed ids, or those in userIds",
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
      name: "mute channels by type and id, and keep missing ones as custom data",
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
      name: "keep roles that the app does not have as custom data",
      entities: [user("ada", { role: "wizard" }), user("bob", { role: "admin" })],
      expect: (result) => {
        assert.deepStrictEqual(byId(result, "user", "ada")["chatferry"], { role: "wizard" })
        assert.strictEqual(byId(result, "user", "bob")["role"], "admin")
      }
    }
  ])
})
