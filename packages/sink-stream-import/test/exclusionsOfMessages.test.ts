import { type Entity, Ledger, Transform } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { base, channel, message, reaction, user } from "../../../test/entities.ts"
import { runs } from "../../../test/runs.ts"
import { dialects, write } from "./harness.ts"
import { cases, dropped, isOdd, published, shuffled, soup, without, writeThrough } from "./through.ts"

const recent = Transform.messages("recent", ({ createdAt }, { since }) => createdAt >= since, {
  settings: { since: "2024" }
})
const isShort = Transform.messages("short", ({ text = "" }) => text.length < 10)
const jsonl = { dialect: "jsonl" } as const

const old = { createdAt: "2023-05-01T00:00:00Z" }
const gone: ReadonlyArray<Entity.Entity> = [
  message("old", old),
  reaction("old", "like"),
  reaction("old", "wow", { channelId: undefined })
]
const rest: ReadonlyArray<Entity.Entity> = [
  ...base,
  message("new"),
  message("reply", { parentId: "old" }),
  message("quoting", { quotedMessageId: "old" }),
  reaction("new", "like"),
  reaction("unknown", "like"),
  reaction("unsaid", "like", { channelId: undefined })
]

/** The same source without some messages. */
const withoutMessages = (entities: ReadonlyArray<Entity.Entity>, isGone: (id: string) => boolean) => {
  const ids = new Set(
    entities.flatMap((one): Array<string> => (one._tag === "message" && isGone(one.id) ? [one.id] : []))
  )
  return entities.filter((one) => {
    if (one._tag === "message") return !ids.has(one.id)
    return one._tag !== "reaction" || !ids.has(one.messageId)
  })
}

describe("messages that a transform leaves out of a Stream import", () => {
  for (const dialect of dialects) {
    it.live(`are left out only with their reactions, which are counted as dropped (${dialect})`, () =>
      Effect.gen(function* () {
        const lacking = yield* write({ dialect }, rest)
        for (const turn of [0, 1, 2, 3]) {
          const records = turn === 0 ? [...gone, ...rest] : shuffled([...gone, ...rest], turn)
          const result = yield* writeThrough({ dialect }, recent, records, 1 + turn)
          assert.deepStrictEqual(result.problems, [])
          assert.deepStrictEqual(published(result), published(lacking))
          // Reactions to messages without a record stay orphans.
          assert.deepStrictEqual(
            result.rejected.map(({ code }) => code),
            ["unknown_message"]
          )
          assert.deepStrictEqual(result.ledger.kinds.reaction.dropped, { recent: 2, unknown_message: 1 })
          assert.deepStrictEqual(without(result.ledger, "recent"), without(lacking.ledger, ""))
          assert.deepStrictEqual(Ledger.imbalance(result.ledger), [])
        }
      })
    )
  }

  for (const { dialect, index, policy } of cases) {
    it.live.prop(
      `leave the same bytes, rejects and counts as a source without them (${dialect}, policies ${index})`,
      [Schema.Int],
      ([seed]) =>
        Effect.gen(function* () {
          const entities = soup(seed)
          const transform = Transform.messages("odd", ({ id }) => !isOdd(id))
          const expected = yield* write({ dialect, ...policy }, withoutMessages(entities, isOdd))
          const actual = yield* writeThrough({ dialect, ...policy }, transform, entities)
          assert.deepStrictEqual(actual.problems, [])
          assert.deepStrictEqual(published(actual), published(expected))
          assert.deepStrictEqual(without(actual.ledger, "odd"), without(expected.ledger, "odd"))
          const [turn, batch] = [Math.abs(seed) % 97, 1 + (Math.abs(seed) % 200)]
          const again = yield* writeThrough(
            { dialect, ...policy },
            transform,
            shuffled(entities, turn),
            batch
          )
          assert.deepStrictEqual(published(again), published(actual))
          assert.deepStrictEqual(again.ledger, actual.ledger)
        }),
      runs(2, 60)
    )
  }

  const [long, short] = [{ text: "a text that is long" }, { text: "short" }]
  const at = (second: string) => ({ updatedAt: `2024-01-01T00:00:0${second}Z` })
  it.live.each([
    { why: "its newest record is kept", out: { ...long, ...at("1") }, kept: { ...short, ...at("1.5") } },
    {
      why: "a kept record was seen later",
      out: { ...long, observedAt: "2024-01-01T00:00:00Z" },
      kept: { ...short, observedAt: "2024-01-02T00:00:00Z" }
    },
    { why: "a kept record is as new", out: { ...long, ...at("1") }, kept: { ...short, ...at("1") } },
    {
      why: "a kept record says that it is deleted",
      out: { ...long, ...at("1") },
      kept: { ...short, isDeleted: true }
    }
  ])("stay with their reactions if $why", ({ kept, out }) =>
    Effect.gen(function* () {
      const records = [...base, message("m", out), message("m", kept), reaction("m", "like")]
      for (const order of [records, records.toReversed()]) {
        const result = yield* writeThrough(jsonl, isShort, order, 1)
        assert.deepStrictEqual(
          result.of("message").map(({ id }) => id),
          ["m"]
        )
        assert.strictEqual(result.of("reaction").length, 1)
        assert.deepStrictEqual(dropped(result, "short"), {})
      }
    })
  )

  it.live.each([
    { why: "its newest record is left out", out: { ...long, ...at("1.5") }, kept: { ...short, ...at("1") } },
    {
      why: "a record that is left out was seen later",
      out: { ...long, observedAt: "2024-01-02T00:00:00Z" },
      kept: { ...short, observedAt: "2024-01-01T00:00:00Z" }
    },
    {
      why: "a record that is left out says that it is deleted",
      out: { ...long, deletedAt: "2024-01-01T00:00:01Z" },
      kept: { ...short, ...at("1") }
    }
  ])("are left out with their other records if $why", ({ kept, out }) =>
    Effect.gen(function* () {
      const records = [...base, message("m", out), message("m", kept), reaction("m", "like")]
      for (const order of [records, records.toReversed()]) {
        const result = yield* writeThrough(jsonl, isShort, order, 1)
        assert.deepStrictEqual(result.of("message"), [])
        assert.deepStrictEqual(dropped(result, "short"), { message: 1, reaction: 1 })
        assert.deepStrictEqual(result.rejected, [])
      }
    })
  )

  it.live("are still left out if a later transform renames their ids", () =>
    Effect.gen(function* () {
      const renamed = Transform.compose("all", [
        recent,
        Transform.renameIds({ message: (id) => `x-${id}`, channel: { general: "all" } })
      ])
      const result = yield* writeThrough(jsonl, renamed, shuffled([...gone, ...rest], 5), 2)
      assert.deepStrictEqual(dropped(result, "recent"), { reaction: 2 })
      assert.sameMembers(
        result.of("message").map(({ id }) => id),
        ["x-new", "x-reply", "x-quoting"]
      )
    })
  )

  it.live(
    "are counted for the transform that left out the message, the channel or the user of each record",
    () =>
      Effect.gen(function* () {
        const all = Transform.compose("all", [
          recent,
          Transform.channels("no-team", ({ type }) => type !== "team"),
          Transform.users("no-bots", ({ isBot }) => isBot !== true)
        ])
        const result = yield* writeThrough(jsonl, all, [
          ...base,
          ...gone,
          user("bot", { isBot: true }),
          channel("t", { type: "team" }),
          message("in-team", { channelId: "t" }),
          message("old-in-team", { channelId: "t", ...old }),
          message("of-bot", { userId: "bot" }),
          reaction("in-team", "like", { channelId: undefined }),
          reaction("old-in-team", "like", { channelId: undefined }),
          reaction("of-bot", "like")
        ])
        assert.deepStrictEqual(dropped(result, "recent"), { reaction: 3 })
        assert.deepStrictEqual(dropped(result, "no-team"), { message: 1, reaction: 1 })
        assert.deepStrictEqual(dropped(result, "no-bots"), { message: 1, reaction: 1 })
        assert.deepStrictEqual(result.rejected, [])
      })
  )
})
