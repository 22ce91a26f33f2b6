import { type Entity, Transform } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { channel, member, message, reaction, user } from "../../../test/entities.ts"
import { type Config, dialects, write } from "./harness.ts"

/** The output if bob and Bob are joined with ada. */
const joined = (config: Config, entities: ReadonlyArray<Entity.Entity>) =>
  Effect.gen(function* () {
    const { records } = yield* Transform.renameIds({ user: { bob: "ada", Bob: "ada" } }).apply(entities)
    return yield* write(config, records)
  })

const JANUARY = "2024-01-01T00:00:00Z"
const FEBRUARY = "2024-02-01T00:00:00Z"

describe("users who are joined by a table of ids", () => {
  for (const dialect of dialects) {
    it.effect(`are one user with one membership and the latest read state (${dialect})`, () =>
      Effect.gen(function* () {
        for (const isReversed of [false, true]) {
          const members = [
            member("general", "ada", { updatedAt: FEBRUARY, role: "member", lastReadAt: JANUARY }),
            member("general", "bob", {
              updatedAt: JANUARY,
              role: "moderator",
              lastReadAt: "2024-01-01T00:00:00.5Z"
            }),
            member("general", "Bob", { updatedAt: JANUARY })
          ]
          const result = yield* joined({ dialect }, [
            user("ada", { name: "Ada", updatedAt: FEBRUARY }),
            user("bob", { name: "Bob", updatedAt: JANUARY, language: "en" }),
            channel("general", { createdById: "bob", createdAt: JANUARY }),
            ...(isReversed ? members.toReversed() : members)
          ])
          assert.deepStrictEqual(
            result
              .of("user")
              .filter(({ id }) => id !== "stream-import-admin")
              .map(({ id, name }) => [id, name]),
            [["ada", "Ada"]]
          )
          const [item, ...more] = result.of("member")
          assert.isEmpty(more)
          assert.include(item, {
            user_id: "ada",
            channel_role: "channel_member",
            last_read: "2024-01-01T00:00:00.5Z"
          })
          assert.deepStrictEqual(result.ledger.kinds.user.merged, { same_id: 1 })
          assert.deepStrictEqual(result.ledger.kinds.member.merged, { same_id: 2 })
        }
      })
    )
  }

  it.effect("have one reaction of each type to a message, and are not in lists with themselves", () =>
    Effect.gen(function* () {
      const result = yield* joined({ dialect: "jsonl" }, [
        user("ada", { blockedUserIds: ["bob", "eve"], mutedUserIds: ["Bob"], updatedAt: FEBRUARY }),
        user("bob", { updatedAt: JANUARY }),
        user("eve", { blockedUserIds: ["ada", "bob"] }),
        channel("general", { createdById: "ada", createdAt: JANUARY }),
        message("m1", { mentionedUserIds: ["bob", "Bob"] }),
        reaction("m1", "like"),
        reaction("m1", "like", { userId: "bob" }),
        reaction("m1", "love", { userId: "Bob" })
      ])
      assert.deepStrictEqual(
        result.of("reaction").map(({ type, user_id }) => [type, user_id]),
        [
          ["like", "ada"],
          ["love", "ada"]
        ]
      )
      assert.deepStrictEqual(result.ledger.kinds.reaction.merged, { same_id: 1 })
      const users = new Map(result.of("user").map((item) => [item["id"], item]))
      assert.deepStrictEqual(users.get("ada")?.["blocked_user_ids"], ["eve"])
      assert.isUndefined(users.get("ada")?.["user_mutes"])
      assert.deepStrictEqual(users.get("eve")?.["blocked_user_ids"], ["ada"])
      assert.deepStrictEqual(result.of("message")[0]?.["mentioned_users_ids"], ["ada"])
    })
  )

  it.effect("keep their common channel, and both channels that they had with a third user", () =>
    Effect.gen(function* () {
      const distinct = (id: string, one: string, other: string) => [
        channel(id, { isDistinct: true, distinctMemberIds: [one, other], createdAt: JANUARY }),
        member(id, one),
        member(id, other),
        message(`in ${id}`, { channelId: id, userId: other })
      ]
      const result = yield* joined({ dialect: "jsonl", distinctChannels: "member_ids" }, [
        user("ada"),
        user("bob"),
        user("eve"),
        ...distinct("own", "ada", "bob"),
        ...distinct("one", "ada", "eve"),
        ...distinct("two", "bob", "eve")
      ])
      const channels = result.idMap.filter(({ kind }) => kind === "channel")
      assert.deepStrictEqual(
        channels.map(({ memberIds, rule, sourceId }) => [sourceId, rule, memberIds]),
        [
          ["one", "same", undefined],
          ["own", "member_ids", ["ada"]],
          ["two", "same", undefined]
        ]
      )
      assert.strictEqual(result.ledger.notes["distinct_members_shared"], 2)
      assert.lengthOf(result.of("message"), 3)
      assert.lengthOf(result.of("member"), 5)
    })
  )
})
