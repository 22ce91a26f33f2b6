import { Ids, RequestedExports, type Source, SourceError } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Exit, Fiber, Option, Stream } from "effect"
import { TestClock } from "effect/testing"

interface Made extends RequestedExports.Ready {
  readonly ids: ReadonlyArray<string>
}

const made = (id: string, ids: ReadonlyArray<string>, notes: RequestedExports.Notes = {}): Made => ({
  id,
  file: ids.length === 0 ? undefined : `/${id}.zip`,
  place: `window ${id}`,
  notes,
  ids
})

/** Gives a record at a time; the position is how many were given. */
const optionsOf = (
  exports: ReadonlyArray<Made>,
  position: Source.Position | undefined
): RequestedExports.Options<Made, never> => ({
  partition: "windows",
  position: Option.fromUndefinedOr(position),
  ready: (step) => Effect.as(Effect.andThen(step("asking"), step("waiting")), exports),
  next: [],
  read: ({ ids }, file, from) => {
    const done = Number(Option.getOrElse(from, () => 0))
    let given = 0
    return {
      batches: Stream.fromIterable(ids.slice(done).entries()).pipe(
        Stream.rechunk(1),
        Stream.map(([i, id]): Source.Batch => {
          given++
          return {
            records: [{ _tag: "user", id: Ids.UserId.make(id) }],
            rejected: [],
            position: done + i + 1,
            bytes: 1,
            place: file
          }
        })
      ),
      notes: () => ({ given })
    }
  }
})

const read = (exports: ReadonlyArray<Made>, position?: Source.Position) =>
  Stream.runCollect(RequestedExports.read(optionsOf(exports, position)))

const idsOf = (batches: ReadonlyArray<Source.Batch>) =>
  batches.flatMap(({ records }) => records.flatMap((record) => (record._tag === "user" ? [record.id] : [])))

const three = [
  made("a", ["ann", "bob"]),
  made("b", [], { empty_window: 1 }),
  made("c", ["eve"], { again: 2 })
]

describe("exports made on request", () => {
  it.effect("are read in their order, after batches that tell where the service stands", () =>
    Effect.gen(function* () {
      const batches = yield* read(three)
      assert.deepStrictEqual(
        batches.map(({ place }) => place),
        [
          "asking",
          "waiting",
          "/a.zip",
          "/a.zip",
          "window a: done",
          "window b: nothing to export",
          "/c.zip",
          "window c: done"
        ]
      )
      assert.deepStrictEqual<ReadonlyArray<string>>(idsOf(batches), ["ann", "bob", "eve"])
      assert.deepStrictEqual(
        batches.flatMap(({ notes = {} }) => (Object.keys(notes).length === 0 ? [] : [notes])),
        [{ given: 2 }, { empty_window: 1 }, { again: 2, given: 1 }]
      )
    })
  )

  it.effect("go on after any batch with exactly the rest", () =>
    Effect.gen(function* () {
      const batches = yield* read(three)
      for (const [i, { place, position }] of batches.entries()) {
        const rest = yield* read(three, JSON.parse(JSON.stringify(position)))
        const after = batches.slice(i + 1)
        assert.deepStrictEqual(idsOf(rest), idsOf(after), place)
        const codes = (of: ReadonlyArray<Source.Batch>) => of.flatMap(({ notes = {} }) => Object.keys(notes))
        assert.deepStrictEqual(codes(rest), codes(after), place)
      }
    })
  )

  it.effect("are refused after a position in one that was made again, and after one of somebody else", () =>
    Effect.gen(function* () {
      const batches = yield* read(three)
      const within = batches.find(({ place }) => place === "/c.zip")?.position
      const again = [...three.slice(0, 2), made("d", ["eve"])]
      const fewer = three.slice(0, 1)
      for (const [exports, position, problem] of [
        [again, within, "had to be made again"],
        [fewer, { export: 3, id: null, read: null, trails: [] }, "had to be made again"],
        [three, { page: 1 }, "was not written by this source"],
        [three, { export: -1, id: null, read: null, trails: [] }, "was not written by this source"]
      ] as const) {
        const error = yield* Effect.flip(read(exports, position))
        assert.instanceOf(error, SourceError.InvalidPosition)
        assert.include(error.message, problem)
      }
    })
  )

  it.effect("have those of the next partitions made meanwhile, and fail only when it is their turn", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const stopped = yield* Deferred.make<void>()
      const failure = new SourceError.InvalidConfig({ setting: "next", problem: "is wrong" })
      const batches = yield* Stream.runCollect(
        RequestedExports.read({
          ...optionsOf(three, undefined),
          next: [
            Effect.fail(failure),
            Deferred.succeed(begun, undefined).pipe(
              Effect.andThen(Effect.never),
              Effect.onInterrupt(() => Deferred.succeed(stopped, undefined))
            )
          ],
          ready: () => Effect.as(Deferred.await(begun), three)
        })
      )
      assert.strictEqual(idsOf(batches).length, 3)
      yield* Deferred.await(stopped)
    })
  )

  it.effect("fail with what went wrong while they were made", () =>
    Effect.gen(function* () {
      const failure = new SourceError.InvalidConfig({ setting: "window", problem: "is too long" })
      const exit = yield* Effect.exit(
        Stream.runCollect(
          RequestedExports.read({ ...optionsOf(three, undefined), ready: () => Effect.fail(failure) })
        )
      )
      assert.deepStrictEqual(exit, Exit.fail(failure))
    })
  )
})

describe("waiting for an export", () => {
  const wait = (deadlineMillis: number, looks: number, told: Array<string>, times: Array<number>) => {
    let seen = 0
    const look = Effect.map(Clock.currentTimeMillis, (now) => {
      times.push(now)
      return ++seen
    })
    return RequestedExports.ended({
      look,
      outcomeOf: (count) => (count === looks ? { count } : undefined),
      statusOf: (count) => `look ${count}`,
      step: (place) => Effect.sync(() => void told.push(place)),
      place: "window a",
      operation: "the export of window a",
      pauses: [1000, 3000],
      deadlineMillis
    })
  }

  it.effect("looks at it with pauses that grow by half up to the longest, and tells where it stands", () =>
    Effect.gen(function* () {
      const [told, times] = [[] as Array<string>, [] as Array<number>]
      const fiber = yield* Effect.forkChild(wait(60_000, 6, told, times))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* Fiber.join(fiber), { count: 6 })
      assert.deepStrictEqual(times, [0, 1000, 2500, 4750, 7750, 10_750])
      assert.deepStrictEqual(told.slice(0, 2), ["window a: look 1", "window a: look 2"])
      assert.strictEqual(told.length, 5)
    })
  )

  it.effect("gives up after the deadline, and says how to go on", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.flip(wait(240_000, 1000, [], [])))
      yield* TestClock.adjust("5 minutes")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(
        error.message,
        "the export of window a failed, tried once: it is not ready after 4 minutes. Run again to go on waiting for it, or raise exportDeadline."
      )
    })
  )
})
