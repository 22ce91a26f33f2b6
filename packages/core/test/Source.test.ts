import { Consequence, type Entity, Ids, Source } from "@chatferry/core"
import { Fingerprint } from "@chatferry/core/settings"
import { SourceHarness } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"

const users = (from: number, to: number): ReadonlyArray<Entity.Entity> =>
  Array.from({ length: to - from }, (_, i) => ({ _tag: "user", id: Ids.UserId.make(`u${from + i}`) }))

const readAll = (source: Source.Source, position: Option.Option<Source.Position> = Option.none()) =>
  Effect.gen(function* () {
    const partitions = yield* SourceHarness.of(source).partitions
    const batches = yield* Effect.forEach(partitions, (partition) =>
      Stream.runCollect(SourceHarness.of(source).read(partition, position))
    )
    return batches.flat()
  })

describe("Source", () => {
  it.effect("reads entities in batches and resumes after any of them", () =>
    Effect.gen(function* () {
      const source = Source.fromEntities("memory", users(0, 3000))
      const batches = yield* readAll(source)
      assert.deepStrictEqual(
        batches.map(({ records }) => records.length),
        [1024, 1024, 952]
      )
      const rest = yield* readAll(source, Option.some(batches[0]?.position ?? 0))
      assert.deepStrictEqual(rest, batches.slice(1))
    })
  )

  it.effect("reads entities that JSON cannot express, and identifies them by what it can", () =>
    Effect.gen(function* () {
      const cycle: Record<string, unknown> = {}
      cycle["self"] = cycle
      const odd = (id: string, value: unknown) =>
        [{ _tag: "user", id, custom: { value } }, ...users(0, 1)] as unknown as ReadonlyArray<Entity.Entity>
      const fingerprints: Array<string> = []
      for (const entities of [odd("a", 1n), odd("b", cycle), odd("c", 1)]) {
        const source = Source.fromEntities("memory", entities)
        assert.deepStrictEqual(
          (yield* readAll(source)).flatMap(({ records }) => records),
          entities
        )
        fingerprints.push(
          ...(yield* SourceHarness.of(source).partitions).map(({ fingerprint }) => fingerprint)
        )
      }
      assert.strictEqual(new Set(fingerprints).size, 3)
    })
  )

  it.effect("reads concatenated sources one after the other, each with its own partitions", () =>
    Effect.gen(function* () {
      const source = Source.concat(
        "both",
        [Source.fromEntities("a", users(0, 2)), Source.fromEntities("b", users(2, 3))],
        { ids: "shared" }
      )
      assert.deepStrictEqual(
        (yield* SourceHarness.of(source).partitions).map(({ id }) => id),
        ["a/a", "b/b"]
      )
      assert.deepStrictEqual(
        (yield* readAll(source)).flatMap(({ records }) => records),
        users(0, 3)
      )
    })
  )

  it.effect("retraces a read digest with the source that it belongs to", () =>
    Effect.gen(function* () {
      const asked: Array<unknown> = []
      const source = Source.concat(
        "both",
        [
          Source.fromEntities("a", users(0, 2)),
          SourceHarness.changed(Source.fromEntities("b", users(2, 3)), () => ({
            retrace: ({ id }, readDigest) => Effect.sync(() => void asked.push([id, readDigest]))
          }))
        ],
        { ids: "shared" }
      )
      for (const partition of yield* SourceHarness.of(source).partitions)
        yield* SourceHarness.of(source).retrace(partition, 1) ?? Effect.void
      assert.deepStrictEqual(asked, [["b", 1]])
    })
  )

  it.effect("keeps only the requested kinds, and notes how many records it left out", () =>
    Effect.gen(function* () {
      const channel: Entity.Entity = { _tag: "channel", id: Ids.ChannelId.make("c"), form: "group" }
      const source = Source.filterKinds(Source.fromEntities("m", [...users(0, 2), channel]), ["channel"])
      assert.deepStrictEqual(Array.from(source.kinds), ["channel"])
      const [batch] = yield* readAll(source)
      assert.deepStrictEqual(batch?.records, [channel])
      assert.deepStrictEqual(batch?.notes, { "not_selected.user": 2 })
    })
  )

  it("keeps the declarations of its parts when it is concatenated or filtered, and declares the codes of the filter", () => {
    const declared = Consequence.make("own", { effect: "lost", says: "own" })
    const one: Source.Source = { ...Source.fromEntities("m", users(0, 1)), consequences: [declared] }
    const filtered = Source.filterKinds(
      Source.concat("all", [one, Source.fromEntities("n", [])], { ids: "shared" }),
      ["user"]
    )
    assert.deepStrictEqual(filtered.consequences, [declared, Source.NOT_SELECTED])
    const left = Consequence.find(filtered.consequences ?? [], "not_selected.user")
    assert.strictEqual(left?.effect, "left_out_on_purpose")
  })

  it.effect("rejects a position that is not its own", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readAll(Source.fromEntities("m", users(0, 1)), Option.some("x")))
      assert.strictEqual(
        error.message,
        "m: cannot resume in partition m: the position is not a number. Restore the input, or remove the state folder and the unfinished output to start again."
      )
    })
  )

  it.effect(
    "has another fingerprint for other kinds or parts, and other partition fingerprints for other entities",
    () =>
      Effect.gen(function* () {
        const one = Source.fromEntities("m", users(0, 1))
        const fingerprints = yield* Effect.forEach(
          [one, Source.filterKinds(one, ["user"]), Source.concat("m", [one], { ids: "shared" })],
          (source) => Effect.map(SourceHarness.of(source).fingerprint, Fingerprint.digest)
        )
        assert.strictEqual(new Set(fingerprints).size, 3)
        const [[first], [second]] = [
          yield* SourceHarness.of(one).partitions,
          yield* SourceHarness.of(Source.fromEntities("m", users(0, 2))).partitions
        ]
        assert.notStrictEqual(first?.fingerprint, second?.fingerprint)
      })
  )
})
