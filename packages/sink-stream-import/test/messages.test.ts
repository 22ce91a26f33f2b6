import { assert, describe } from "@effect/vitest"
import { base, channel, message, reaction, user } from "../../../test/entities.ts"
import type { Result } from "./harness.ts"
import { byId, only, table } from "./policyTable.ts"

describe("messages", () => {
  const time = (day: number) => ({ createdAt: `2024-01-0${day}T00:00:00Z` })
  table([
    {
      name: "come after their parent, even if it is newer",
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
    ...[false, true].map((isReversed) => {
      const older = message("1", { updatedAt: "2024-02-01T00:00:00Z" })
      const removed = message("1", { isDeleted: true })
      return {
        name: `that were removed stay so beside an older copy that ${isReversed ? "comes later" : "came first"}`,
        entities: [...base, ...(isReversed ? [removed, older] : [older, removed])],
        expect: (result: Result) => {
          assert.deepInclude(only(result, "message"), { id: "1", type: "deleted" })
          assert.deepStrictEqual(result.ledger.kinds.message.merged, { same_id: 1 })
        }
      }
    }),
    {
      name: "that are rejected have all values in their reject that were moved out of them",
      entities: [
        user("ada"),
        message("1", {
          channelId: "nowhere",
          userId: "ada lovelace",
          text: "x".repeat(25_000),
          mentionedUserIds: ["bob b"],
          userSnapshot: { name: "Ada" },
          custom: { source: { large: "y".repeat(6000) } }
        })
      ],
      expect: (result) => {
        const original = JSON.stringify(result.rejected[0]?.original)
        for (const part of [
          "x".repeat(25_000),
          "y".repeat(6000),
          '"ada lovelace"',
          '"bob b"',
          '"name":"Ada"'
        ]) {
          assert.include(original, part)
        }
      }
    },
    {
      name: "that were removed have their content in the reject if they are rejected",
      entities: [user("ada"), message("1", { channelId: "nowhere", isDeleted: true, text: "taken back" })],
      expect: (result) => assert.deepInclude(result.rejected[0]?.original, { id: "1", text: "taken back" })
    },
    {
      name: "whose parent is unknown leave the thread and keep its id as custom data",
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
      name: "that reply to each other, to themselves or into another channel leave the thread",
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
      name: "come after the message they quote, however late it is, and replies after their parent",
      entities: [
        ...base,
        message("1", { quotedMessageId: "3", ...time(1) }),
        message("2", { parentId: "1", ...time(2) }),
        message("3", { quotedMessageId: "4", ...time(3) }),
        message("4", time(5)),
        message("5", time(4))
      ],
      expect: (result) =>
        assert.deepStrictEqual(
          result.of("message").map((item) => [item["id"], item["quoted_message_id"]]),
          [
            ["5", undefined],
            ["4", undefined],
            ["3", "4"],
            ["1", "3"],
            ["2", undefined]
          ]
        )
    },
    {
      name: "that quote each other in a circle keep all quotes except one",
      entities: [
        ...base,
        message("1", { quotedMessageId: "2" }),
        message("2", { quotedMessageId: "1", parentId: "1" }),
        message("3", { quotedMessageId: "3" })
      ],
      expect: (result) => {
        assert.strictEqual(byId(result, "message", "2")["parent_id"], "1")
        assert.strictEqual(byId(result, "message", "3")["quoted_message_id"], "3")
        assert.deepStrictEqual(result.ledger.notes, { quoted_message_unknown: 1 })
      }
    },
    {
      name: "that quote an unknown message keep its id as custom data",
      entities: [...base, message("1", { quotedMessageId: "9" }), message("2", { quotedMessageId: "1" })],
      expect: (result) => {
        assert.deepStrictEqual(byId(result, "message", "1")["chatferry"], { quoted_message_id: "9" })
        assert.strictEqual(byId(result, "message", "2")["quoted_message_id"], "1")
      }
    },
    {
      name: "that are deleted only keep their sender and times",
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
      name: "that are deleted keep their content if deletedContent is keep",
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
      name: "that are deleted are dropped with their reactions if deletedMessages is skip, and their replies leave the thread",
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
      name: "that are too long are truncated at code points, and the whole text is in the side file",
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
      name: "longer than Stream accepts by default are counted",
      entities: [...base, message("1", { text: "x".repeat(6000) })],
      expect: ({ ledger }) => assert.strictEqual(ledger.notes["text_over_default_limit"], 1)
    },
    {
      name: "pinned by an unknown user are pinned by the admin",
      entities: [...base, message("1", { pinnedAt: "2024-01-01T00:00:00Z" })],
      expect: (result) => {
        assert.deepInclude(only(result, "message"), {
          pinned_at: "2024-01-01T00:00:00Z",
          pinned_by_id: "data-migration-admin"
        })
        assert.strictEqual(result.ledger.notes["pinned_by_admin"], 1)
      }
    },
    {
      name: "with ids that Stream does not accept get the same hashed ids everywhere",
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

describe("reactions", () => {
  table([
    {
      name: "with emoji are written as code points and keep the emoji as custom data",
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
      name: "get the chosen types, and those that become equal are merged",
      entities: [...base, message("1"), reaction("1", "👍"), reaction("1", "like")],
      config: { reactionTypes: { "👍": "like" } },
      expect: (result) => {
        assert.strictEqual(only(result, "reaction")["type"], "like")
        assert.deepStrictEqual(result.ledger.kinds.reaction.merged, { same_id: 1 })
      }
    },
    {
      name: "without a time get the time of their message",
      entities: [...base, message("1", { createdAt: "2024-01-01T00:00:00.120Z" }), reaction("1", "like")],
      expect: (result) =>
        assert.strictEqual(only(result, "reaction")["created_at"], "2024-01-01T00:00:00.12Z")
    },
    {
      name: "to unknown messages are rejected",
      entities: [...base, reaction("9", "like")],
      expect: ({ ledger, rejected }) => {
        assert.deepStrictEqual(ledger.kinds.reaction.rejected, { unknown_message: 1 })
        assert.strictEqual(rejected[0]?.location, "reaction 9 ada like")
      }
    },
    {
      name: "without a channel find their message, and are dropped if it is not imported",
      entities: [
        ...base,
        message("1"),
        reaction("1", "like", { channelId: undefined }),
        reaction("1", "wow"),
        reaction("1", "wow", { channelId: undefined }),
        reaction("9", "like", { channelId: undefined })
      ],
      expect: (result) => {
        assert.deepStrictEqual(
          result.of("reaction").map((item) => [item["message_id"], item["type"]]),
          [
            ["1", "like"],
            ["1", "wow"]
          ]
        )
        assert.deepStrictEqual(result.ledger.kinds.reaction.merged, { same_id: 1 })
        assert.deepStrictEqual(result.ledger.kinds.reaction.dropped, { unknown_message: 1 })
        assert.deepStrictEqual(result.rejected, [])
      }
    }
  ])
})
