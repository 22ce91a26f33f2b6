import { Entity, Ids, type Rejected, Source, Timestamp } from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"

const createdAt = Timestamp.Timestamp.make("2024-01-01T00:00:00Z")
const one = Ids.UserId.make("1")
const lobby = Ids.ChannelId.make("lobby")
const five = Ids.MessageId.make("5")

/** Ids that two services share, because both count up. */
const entities: ReadonlyArray<Entity.Entity> = [
  { _tag: "user", id: one, blockedUserIds: [Ids.UserId.make("2")] },
  { _tag: "channel", id: lobby, form: "group", createdById: one },
  { _tag: "member", channelId: lobby, userId: one },
  { _tag: "message", id: five, channelId: lobby, userId: one, type: "regular", parentId: five, createdAt },
  { _tag: "reaction", messageId: five, channelId: lobby, userId: one, type: "like" },
  { _tag: "failed_webhook", id: Ids.FailedWebhookId.make("w"), url: "https://ferry.example", body: "" }
]

const both = (ids: "shared" | "separate", names: readonly [string, string] = ["birds", "streams"]) =>
  Source.concat(
    "both",
    names.map((name) => Source.fromEntities(name, entities)),
    { ids }
  )

const problemOf = (source: Source.Source) =>
  Effect.map(Effect.flip(source.check ?? Effect.void), ({ message }) => message)

describe("equal ids of sources that are joined", () => {
  it.effect("stay the same if they are shared", () =>
    Effect.gen(function* () {
      const { records } = yield* SourceHarness.readAll(both("shared"))
      assert.deepStrictEqual(records, [...entities, ...entities])
    })
  )

  it.effect("are separated by the source's name, and references follow", () =>
    Effect.gen(function* () {
      const { records } = yield* SourceHarness.readAll(both("separate"))
      assert.deepStrictEqual(records.slice(entities.length), [
        { _tag: "user", id: "streams_1", blockedUserIds: ["streams_2"] },
        { _tag: "channel", id: "streams_lobby", form: "group", createdById: "streams_1" },
        { _tag: "member", channelId: "streams_lobby", userId: "streams_1" },
        {
          _tag: "message",
          id: "streams_5",
          channelId: "streams_lobby",
          userId: "streams_1",
          type: "regular",
          parentId: "streams_5",
          createdAt
        },
        {
          _tag: "reaction",
          messageId: "streams_5",
          channelId: "streams_lobby",
          userId: "streams_1",
          type: "like"
        },
        entities[5]
      ] as ReadonlyArray<unknown>)
      const referring = records.filter(({ _tag }) => _tag !== "failed_webhook")
      assert.strictEqual(new Set(referring.map((entity) => entity._tag + Entity.key(entity))).size, 10)
    })
  )

  it.effect("must be explained, even for one source", () =>
    Effect.gen(function* () {
      const sources = [Source.fromEntities("a", entities)]
      const expected =
        'ids is missing: it must be "shared" if equal ids mean the same in all sources, as in several exports of one application, or "separate" if they do not, so that each id is prefixed with the name of its source'
      for (const options of [undefined, {}, { ids: undefined }, "shared"]) {
        const source = Source.concat("all", sources, options as never)
        assert.strictEqual(yield* problemOf(source), expected)
        assert.strictEqual((yield* Effect.flip(Effect.scoped(source.open))).message, expected)
      }
    })
  )

  it.effect("are rejected if prefixed ids of two sources could be the same", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* problemOf(both("separate", ["a_b", "a"])),
        "sources has the sources a and a_b: with these names as prefixes, ids of both could become the same; rename one of them"
      )
      for (const ids of ["shared", "separate"] as const) yield* both(ids, ["a-b", "a"]).check ?? Effect.void
      yield* both("shared", ["a_b", "a"]).check ?? Effect.void
    })
  )

  it.effect("are part of the fingerprint, which is that of the sources if they are shared", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* SourceHarness.of(both("shared")).fingerprint, { birds: {}, streams: {} })
      assert.deepStrictEqual(yield* SourceHarness.of(both("separate")).fingerprint, {
        birds: { idPrefix: "birds_" },
        streams: { idPrefix: "streams_" }
      })
    })
  )

  it.effect("are separated in records read from a line of rejects too", () =>
    Effect.gen(function* () {
      const rejected: Rejected.Rejected = {
        kind: "user",
        code: "not_an_object",
        message: "it is wrong",
        location: "a",
        original: 12
      }
      const wrong = SourceHarness.changed(Source.fromEntities("wrong", []), () => ({
        partitions: Effect.succeed([{ id: "p", fingerprint: "f" }]),
        read: () => Stream.succeed({ records: [], rejected: [rejected], position: 1, bytes: 0, location: "" })
      }))
      const source = Source.concat("both", [Source.fromEntities("a", []), wrong], { ids: "separate" })
      const [line] = (yield* SourceHarness.readAll(source)).rejected
      assert.deepStrictEqual(line, { ...rejected, source: "wrong" })
      const corrected = { stage: "source", ...line, original: { _tag: "user", id: "1" } }
      const mapped = yield* source.rejected?.(JSON.stringify(corrected)) ?? Effect.die("reads no rejects")
      assert.deepStrictEqual(mapped.records, [{ _tag: "user", id: "wrong_1" }] as ReadonlyArray<unknown>)
    })
  )

  it.effect("of a joined source are prefixed with all names, outermost first", () =>
    Effect.gen(function* () {
      const source = Source.concat("all", [both("separate"), Source.fromEntities("c", [])], {
        ids: "separate"
      })
      const [user] = (yield* SourceHarness.readAll(source)).records
      assert.strictEqual(user !== undefined && Entity.key(user), "both_birds_1")
    })
  )
})
