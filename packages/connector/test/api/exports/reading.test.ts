import type { ExportJobs } from "@chatferry/connector"
import { Ids, type Source, SourceError } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Option, Stream } from "effect"
import * as Reading from "../../../src/internal/api/exports/reading.ts"

interface Made extends Reading.Made {
  readonly ids: ReadonlyArray<string>
}

const made = (id: string, ids: ReadonlyArray<string>, notes: ExportJobs.Notes = {}): Made => ({
  id,
  file: ids.length === 0 ? undefined : `/${id}.zip`,
  location: `window ${id}`,
  notes,
  ids
})

/** Returns one record per batch; the position is the number of returned records. */
const optionsOf = (
  exports: ReadonlyArray<Made>,
  position: Source.Position | undefined
): Reading.Options<Made, never> => ({
  partition: "windows",
  position: Option.fromUndefinedOr(position),
  ready: (step) => Effect.as(Effect.andThen(step("asking"), step("waiting")), exports),
  next: [],
  retrace: () => Effect.void,
  read: ({ ids }, _file, from) => {
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
            location: `record ${done + i + 1}`
          }
        })
      ),
      notes: () => ({ given })
    }
  }
})

const read = (exports: ReadonlyArray<Made>, position?: Source.Position) =>
  Stream.runCollect(Reading.read(optionsOf(exports, position)))

const idsOf = (batches: ReadonlyArray<Source.Batch>) =>
  batches.flatMap(({ records }) => records.flatMap((record) => (record._tag === "user" ? [record.id] : [])))

const three = [
  made("a", ["ann", "bob"]),
  made("b", [], { empty_window: 1 }),
  made("c", ["eve"], { again: 2 })
]

describe("exports made on request", () => {
  it.effect("are read in order, after batches that report progress", () =>
    Effect.gen(function* () {
      const batches = yield* read(three)
      assert.deepStrictEqual(
        batches.map(({ location }) => location),
        [
          "asking",
          "waiting",
          "window a, record 1",
          "window a, record 2",
          "window a: done",
          "window b: nothing to export",
          "window c, record 1",
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

  it.effect("resume after any batch with exactly the rest", () =>
    Effect.gen(function* () {
      const batches = yield* read(three)
      for (const [i, { location, position }] of batches.entries()) {
        const rest = yield* read(three, JSON.parse(JSON.stringify(position)))
        const after = batches.slice(i + 1)
        assert.deepStrictEqual(idsOf(rest), idsOf(after), location)
        const codes = (of: ReadonlyArray<Source.Batch>) => of.flatMap(({ notes = {} }) => Object.keys(notes))
        assert.deepStrictEqual(codes(rest), codes(after), location)
      }
    })
  )

  it.effect("are not resumed in an export that was made again, or at a foreign position", () =>
    Effect.gen(function* () {
      const batches = yield* read(three)
      const within = batches.find(({ location }) => location === "window c, record 1")?.position
      const again = [...three.slice(0, 2), made("d", ["eve"])]
      const fewer = three.slice(0, 1)
      for (const [exports, position, problem] of [
        [again, within, "had to be made again"],
        [fewer, { export: 3, id: null, read: null, readDigests: [] }, "had to be made again"],
        [three, { page: 1 }, "was not written by this source"],
        [three, { export: -1, id: null, read: null, readDigests: [] }, "was not written by this source"]
      ] as const) {
        const error = yield* Effect.flip(read(exports, position))
        assert.instanceOf(error, SourceError.InvalidPosition)
        assert.include(error.message, problem)
      }
    })
  )

  describe("with read digests in their batches", () => {
    /** As above, with the file and the number of its records as the read digest. */
    const trailing = (
      exports: ReadonlyArray<Made>,
      position: Source.Position | undefined,
      asked: Array<unknown> = [],
      changed = ""
    ) => {
      const options = optionsOf(exports, position)
      return Reading.read({
        ...options,
        read: (one, file, from) => {
          const reading = options.read(one, file, from)
          return {
            ...reading,
            batches: Stream.map(reading.batches, (batch) => ({
              ...batch,
              readDigest: { to: batch.position }
            }))
          }
        },
        retrace: retracing(asked, changed)
      })
    }

    const retracing = (asked: Array<unknown>, changed: string) => (file: string, readDigest: unknown) =>
      Effect.suspend(() => {
        asked.push([file, readDigest])
        return file === changed ? Effect.fail(SourceError.changedContent("windows", file)) : Effect.void
      })

    const readDigestOf = (of: Source.Batch | undefined) =>
      JSON.parse(JSON.stringify(of?.readDigest ?? null)) as Source.Position

    it.effect("have one for all exports so far, and none before the first", () =>
      Effect.gen(function* () {
        const batches = yield* Stream.runCollect(trailing(three, undefined))
        assert.deepStrictEqual(
          batches.map(({ readDigest }) => readDigest),
          [
            undefined,
            undefined,
            [["a", { to: 1 }]],
            [["a", { to: 2 }]],
            [["a", { to: 2 }]],
            [["a", { to: 2 }]],
            [
              ["a", { to: 2 }],
              ["c", { to: 1 }]
            ],
            [
              ["a", { to: 2 }],
              ["c", { to: 1 }]
            ]
          ]
        )
      })
    )

    it.effect("retrace the exports before the current one", () =>
      Effect.gen(function* () {
        const batches = yield* Stream.runCollect(trailing(three, undefined))
        for (const [location, expected] of [
          ["window a, record 1", []],
          ["window a: done", [["/a.zip", { to: 2 }]]],
          ["window c, record 1", [["/a.zip", { to: 2 }]]]
        ] as const) {
          const asked: Array<unknown> = []
          const at = batches.find((batch) => batch.location === location)?.position
          const rest = yield* Stream.runCollect(trailing(three, JSON.parse(JSON.stringify(at)), asked))
          assert.deepStrictEqual<ReadonlyArray<unknown>>(asked, expected, location)
          assert.deepStrictEqual(readDigestOf(rest.at(-1)), readDigestOf(batches.at(-1)))
          const changed = yield* Effect.exit(Stream.runCollect(trailing(three, at ?? null, [], "/a.zip")))
          assert.strictEqual(Exit.isFailure(changed), location !== "window a, record 1")
        }
      })
    )

    it.effect("are retraced after their end, as far as their files exist", () =>
      Effect.gen(function* () {
        const last = (yield* Stream.runCollect(trailing(three, undefined))).at(-1)
        const asked: Array<unknown> = []
        const again = (exports: ReadonlyArray<Made>, changed = "") =>
          Reading.retrace("windows", readDigestOf(last), exports, retracing(asked, changed))
        yield* again(three)
        assert.deepStrictEqual(asked, [
          ["/a.zip", { to: 2 }],
          ["/c.zip", { to: 1 }]
        ])
        asked.length = 0
        yield* again([made("other", ["ann"]), made("c", [])])
        assert.deepStrictEqual(asked, [])
        const error = yield* Effect.flip(again(three, "/c.zip"))
        assert.include(error.message, "content of /c.zip")
        const foreign = Reading.retrace("windows", [["a"]], three, retracing(asked, ""))
        assert.include((yield* Effect.flip(foreign)).message, "was not written by this source")
      })
    )
  })

  it.effect("make those of the next partitions meanwhile, and fail only when it is their turn", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const stopped = yield* Deferred.make<void>()
      const failure = new SourceError.InvalidConfig({ setting: "next", problem: "is wrong" })
      const batches = yield* Stream.runCollect(
        Reading.read({
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

  it.effect("fail with the error of making them", () =>
    Effect.gen(function* () {
      const failure = new SourceError.InvalidConfig({ setting: "window", problem: "is too long" })
      const exit = yield* Effect.exit(
        Stream.runCollect(Reading.read({ ...optionsOf(three, undefined), ready: () => Effect.fail(failure) }))
      )
      assert.deepStrictEqual(exit, Exit.fail(failure))
    })
  )
})
