import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import type { Batch } from "../../Source.ts"
import { READ_AHEAD_BYTES } from "../json/limits.ts"

/**
 * Reads at most `capacity` batches ahead of the consumer, and none while the pending
 * batches were made of more than 2 MiB of input. So records of the maximum size are in
 * memory one at a time.
 */
export const readAhead =
  (capacity: number) =>
  <E, R>(batches: Stream.Stream<Batch, E, R>): Stream.Stream<Batch, E, R> =>
    Stream.suspend(() => {
      const hasSpace = Latch.makeUnsafe(true)
      let held = 0
      let given = 0
      const read = Stream.transformPull(batches, (pull) =>
        Effect.succeed(
          Effect.map(Effect.andThen(hasSpace.await, pull), (some) => {
            held += bytesOf(some)
            if (held > READ_AHEAD_BYTES) Latch.closeUnsafe(hasSpace)
            return some
          })
        )
      )
      return Stream.transformPull(Stream.buffer(read, { capacity }), (pull) =>
        Effect.succeed(
          Effect.suspend(() => {
            // A consumer that pulls again has finished with the last batches.
            held -= given
            given = 0
            if (held <= READ_AHEAD_BYTES) Latch.openUnsafe(hasSpace)
            return Effect.map(pull, (some) => {
              given = bytesOf(some)
              return some
            })
          })
        )
      )
    })

// internal

const bytesOf = (batches: ReadonlyArray<Batch>) =>
  batches.reduce((sum, { bytes, recordBytes = bytes }) => sum + recordBytes, 0)
