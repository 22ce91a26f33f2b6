import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Console, Effect } from "effect"
import * as Large from "../largeRecords.ts"

const formats = Object.keys(Large.formats) as ReadonlyArray<Large.FormatName>
const shapes = Object.keys(Large.shapes) as ReadonlyArray<Large.ShapeName>

/** Migrates an export, and reports what is wrong. */
const judge = (one: Large.Case) =>
  Effect.gen(function* () {
    const { bytes, code, error, ids, peakBytes, rejects } = yield* Large.migrate(one)
    const name = `${one.format}, ${one.shape}, ${bytes} bytes, ${one.sink}`
    const codes = rejects.map((reject) => reject.code)
    yield* Console.log(`${name}: ${Math.round(peakBytes / 2 ** 20)} MB, ${codes.join(" ") || "taken"}`)
    const mayBeTaken = bytes <= Large.MOST
    const mayBeRejected = bytes > Large.MOST || one.shape !== "one text"
    const isTaken = mayBeTaken && code === 0 && codes.length === 0 && ids.join() === "1,2,3"
    const isRejected =
      mayBeRejected && code === 2 && codes.length === 1 && TOO_LARGE.has(codes[0]) && ids.join() === "1,3"
    const isAllRejected = one.sink === "rejected" && code === 2 && codes.length === 3
    if ((isTaken || isRejected || isAllRejected) && peakBytes < Large.PEAK) return []
    return [`${name}: ${code}, ${ids.join()}, ${codes.join()}, ${peakBytes}, ${error.slice(-500)}`]
  }).pipe(Effect.scoped)

const TOO_LARGE = new Set<string | undefined>(["too_large", "nested_too_deeply"])

const judged = (cases: ReadonlyArray<Large.Case>) =>
  Effect.map(Effect.forEach(cases, judge), (found) => {
    assert.deepStrictEqual(found.flat(), [])
  }).pipe(Effect.provide(NodeServices.layer))

it.live(
  "records of 8 MB pass or are rejected as too large, whatever they contain, in less than 300 MB with a heap of 128 MB",
  () =>
    judged(
      formats.flatMap((format) =>
        shapes.flatMap((shape) =>
          (["ndjson", "stream-import", "rejected"] as const).map((sink) => ({
            format,
            shape,
            sink,
            bytes: Large.MOST - 200
          }))
        )
      )
    ),
  3_600_000
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
