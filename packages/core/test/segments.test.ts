/** Sources that are opened, and partitions of several segments. */
import { type Entity, Ids, Source, SourceError } from "@chatferry/core"
import { Checkpoint } from "@chatferry/core/run"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, Logger, Option, Stream } from "effect"
import { contents, folders, run } from "./inputs.ts"

const user = (id: string): Entity.Entity<"user"> => ({ _tag: "user", id: Ids.UserId.make(id) })

interface Given {
  /** Names of records, by segment and partition. */
  readonly parts: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>>
  /** The record that cannot be read. */
  readonly failsAt?: string
  readonly numbers?: (no: number) => number
}

/** Each record is a batch; its number in the segment is the position. */
const segmented = ({ failsAt, numbers = (no) => no, parts }: Given): Source.Source => ({
  name: "segmented",
  kinds: new Set(["user"]),
  open: Effect.sync((): Source.Reader => ({
    fingerprint: {},
    segments: Effect.sync(() =>
      Object.entries(parts).flatMap(([id, segments]) =>
        segments.map((ids, i) => ({
          partition: { id, fingerprint: id, bytes: segments.flat().length },
          no: numbers(i),
          range: i,
          bytes: ids.length
        }))
      )
    ),
    read: ({ partition, range }, position) => {
      const ids = parts[partition.id]?.[range as number] ?? []
      const from = Option.getOrElse(position, () => 0) as number
      return Stream.fromIterable(ids.slice(from).entries()).pipe(
        Stream.rechunk(1),
        Stream.mapEffect(([i, id]) =>
          id === failsAt
            ? Effect.fail(
                new SourceError.Other({
                  code: "tape_torn",
                  problem: "the tape is torn",
                  hint: "Glue it."
                })
              )
            : Effect.succeed({
                records: [user(id)],
                rejected: [],
                position: from + i + 1,
                bytes: 1,
                location: ""
              })
        )
      )
    }
  }))
})

const parts = { a: [["a1", "a2"], ["a3"]], b: [["b1"], ["b2", "b3"], ["b4"]] }

it.layer(NodeServices.layer)("a source whose partitions have segments", (it) => {
  it.effect("is resumed in its current segment, with the same bytes", () =>
    Effect.gen(function* () {
      const whole = yield* folders
      yield* run(whole, { source: segmented({ parts }) })
      for (const failsAt of Object.values(parts).flat(2)) {
        const here = yield* folders
        const stopped = yield* Effect.flip(run(here, { source: segmented({ parts, failsAt }) }))
        assert.strictEqual(stopped.message, "segmented: the tape is torn (tape_torn). Glue it.")
        yield* run(here, { source: segmented({ parts }) })
        assert.deepStrictEqual(yield* contents(here), yield* contents(whole))
      }
    })
  )

  it.effect("keeps a line for each segment that has been read, and compares their ranges", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* Effect.exit(run(here, { source: segmented({ parts, failsAt: "b3" }) }))
      const saved = yield* Checkpoint.load(`${here.state}/test/checkpoint.json`)
      assert(Option.isSome(saved))
      assert.strictEqual(saved.value.segmentsDone.length, 3)
      const cut = { ...parts, a: [["a1"], ["a2"], ["a3"]] }
      const error = yield* Effect.flip(run(here, { source: segmented({ parts: cut }) }))
      assert.include(error.message, "source segmented: input a has changed since it was read")
    })
  )

  it.effect.each([
    { what: "start at 1", numbers: (no: number) => no + 1 },
    { what: "leave one out", numbers: (no: number) => no * 2 },
    { what: "are all the first", numbers: () => 0 }
  ])("is rejected if the numbers of its segments $what", ({ numbers }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(run(yield* folders, { source: segmented({ parts, numbers }) }))
      assert.match(
        error.message,
        /: source: (?:the segments of input a must be numbered|two partitions have the same id)/u
      )
    })
  )

  it.effect("shows partitions in its progress, and not segments", () =>
    Effect.gen(function* () {
      const locations: Array<string> = []
      yield* run(yield* folders, {
        source: segmented({ parts }),
        progress: Stream.runForEach(({ location }) => Effect.sync(() => void locations.push(location)))
      })
      assert.isTrue(
        locations.every(
          (location) => location === "" || location === "part 1 of 2" || location === "part 2 of 2"
        )
      )
      assert.include(locations, "part 2 of 2")
    })
  )
})

it.effect(
  "all records of a source are a stream, with its name in errors and a log line for each reject",
  () =>
    Effect.gen(function* () {
      const logged: Array<string> = []
      const logger = Logger.make(({ message }) => void logged.push(String(message)))
      const rejecting = SourceHarness.changed(
        Source.fromEntities("m", [user("x"), user("y")]),
        ({ read }) => ({
          read: (partition, position) =>
            Stream.map(read(partition, position), (batch) => ({
              ...batch,
              rejected: [
                {
                  kind: "user" as const,
                  code: "missing_id",
                  message: "it has none",
                  location: "p:1",
                  original: 1
                }
              ]
            }))
        })
      )
      const all = yield* Stream.runCollect(Source.stream(rejecting)).pipe(
        Effect.provide(Logger.layer([logger]))
      )
      assert.deepStrictEqual(all, [user("x"), user("y")])
      assert.deepStrictEqual(logged, ["rejected (missing_id) at p:1: it has none"])
      const seen: Array<string> = []
      const onRejected = ({ code }: { readonly code: string }) => Effect.sync(() => void seen.push(code))
      yield* Stream.runDrain(Source.stream(rejecting, { onRejected }))
      assert.deepStrictEqual(seen, ["missing_id"])
      const error = yield* Effect.flip(
        Stream.runDrain(Source.stream(segmented({ parts: { a: [["a"]] }, failsAt: "a" })))
      )
      assert.isTrue(SourceError.isSourceError(error))
      assert.strictEqual(error.source, "segmented")
    })
)

it.live("the result of once is kept, awaited by concurrent callers, and computed again after a failure", () =>
  Effect.gen(function* () {
    let times = 0
    const asked = yield* Source.once(
      Effect.suspend(() =>
        ++times === 1
          ? Effect.fail("not yet")
          : Effect.delay(
              Effect.sync(() => times),
              1
            )
      )
    )
    assert.isTrue(Exit.isFailure(yield* Effect.exit(asked)))
    const both = Effect.all([asked, asked, asked], { concurrency: "unbounded" })
    assert.deepStrictEqual(yield* both, [2, 2, 2])
    assert.strictEqual(times, 2)
  }).pipe(Effect.scoped)
)
