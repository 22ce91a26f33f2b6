import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Console, Effect } from "effect"
import * as Large from "../largeRecords.ts"

const formats = Object.keys(Large.formats) as ReadonlyArray<Large.FormatName>
const shapes = Object.keys(Large.shapes) as ReadonlyArray<Large.ShapeName>
const sinks = ["ndjson", "stream-import"] as const

/** Migrates an export, and says what was not as it must be. */
const judge = (one: Large.Case) =>
  Effect.gen(function* () {
    const { bytes, code, error, ids, peakBytes, rejects } = yield* Large.migrate(one)
    const name = `${one.format}, ${one.shape}, ${bytes} bytes, ${one.sink}`
    yield* Console.log(
      `${name}: ${Math.round(peakBytes / 2 ** 20)} MB, ${rejects.length === 0 ? "taken" : "rejected"}`
    )
    const isTaken = code === 0 && rejects.length === 0 && ids.join() === "1,2,3"
    const isRejected =
      code === 2 &&
      ids.join() === "1,3" &&
      rejects.length === 1 &&
      rejects.every((reject) => ["too_large", "nested_too_deeply"].includes(reject.code))
    const mayBeTaken = bytes <= Large.MOST
    const mayBeRejected = bytes > Large.MOST || one.shape !== "one text"
    const isRight = (isTaken && mayBeTaken) || (isRejected && mayBeRejected)
    if (isRight && peakBytes < Large.PEAK) return []
    return [`${name}: ${code}, ${ids.join()}, ${JSON.stringify(rejects)}, ${peakBytes}, ${error.slice(-500)}`]
  }).pipe(Effect.scoped)

const judged = (cases: ReadonlyArray<Large.Case>) =>
  Effect.map(Effect.forEach(cases, judge), (found) => {
    assert.deepStrictEqual(found.flat(), [])
  }).pipe(Effect.provide(NodeServices.layer))

it.live(
  "records of 8 MB pass or are rejected as too large, whatever is in them, in less than 300 MB with a heap of 128 MB",
  () =>
    judged(
      formats.flatMap((format) =>
        shapes.flatMap((shape) => sinks.map((sink) => ({ format, shape, sink, bytes: Large.MOST - 200 })))
      )
    ),
  1_800_000
)

it.live(
  "records of 60 MB and 300 MB are rejected, and their neighbours pass, in less than 300 MB with a heap of 128 MB",
  () =>
    judged(
      formats.flatMap((format) =>
        [60, 300].flatMap((megabytes) =>
          (["one text", "small integers"] as const).map((shape) => ({
            format,
            shape,
            bytes: megabytes << 20,
            sink: "ndjson" as const
          }))
        )
      )
    ),
  1_800_000
)
