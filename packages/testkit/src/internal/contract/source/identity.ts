// Rules about what a checkpoint compares, and about files left open.
import type { Source } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { batchesOf, fingerprint, segments, readAll } from "../engine/reading.ts"
import type { Judged } from "../engine/rule.ts"
import type { Changed } from "./options.ts"

/** The settings, the content of each partition, and the read digest of its last batch. */
const identity = <R>(source: Source.Source<R>) =>
  Effect.zipWith(fingerprint(source), readAll(source), (fingerprint, readings) =>
    JSON.stringify([
      fingerprint,
      readings.map(({ batches, partition }) => [
        partition.id,
        partition.fingerprint,
        batches.at(-1)?.readDigest
      ])
    ])
  )

export const fingerprintChanges = <R>(
  source: Source.Source<R>,
  others: ReadonlyArray<Changed<R>>
): Judged<R> =>
  Effect.gen(function* () {
    const own = yield* identity(source)
    for (const { source: other, what } of others) {
      // A source that cannot be read does not count as the same.
      const exit = yield* Effect.exit(identity(other))
      if (Exit.isSuccess(exit) && exit.value === own) {
        return {
          expected: `a different fingerprint of the source or a partition, or a different readDigest, for a different ${what}`,
          actual: "the same for both"
        }
      }
    }
    return undefined
  })

/** Reads everything, and each partition up to its first batch. */
export const opensAndStops = Effect.fnUntraced(function* <R>(
  source: Source.Source<R>
): Effect.fn.Return<void, unknown, R> {
  yield* readAll(source)
  for (const segment of yield* segments(source))
    yield* Stream.runDrain(Stream.take(batchesOf(source, segment), 1))
})
