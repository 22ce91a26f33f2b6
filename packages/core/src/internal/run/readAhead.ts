import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import type { Batch } from "../../Source.ts"
import { READ_AHEAD_BYTES } from "../json/limits.ts"

/**
 * Reads batches ahead of whoever takes them: at most `capacity` of them, and
 * none while those that were read and are not done with were made of more than
 * 2 MiB. So records as large as they may be are in memory one at a time.
 */
export const readAhead =
  (capacity: number) =>
  <E, R>(batches: Stream.Stream<Batch, E, R>): Stream.Stream<Batch, E, R> =>
    Stream.suspend(() => {
      const room = Latch.makeUnsafe(true)
      let held = 0
      let given = 0
      const read = Stream.transformPull(batches, (pull) =>
        Effect.succeed(
          Effect.map(Effect.andThen(room.await, pull), (some) => {
            held += bytesOf(some)
            if (held > READ_AHEAD_BYTES) Latch.closeUnsafe(room)
            return some
          })
        )
      )
      return Stream.transformPull(Stream.buffer(read, { capacity }), (pull) =>
        Effect.succeed(
          Effect.suspend(() => {
            // Who asks for more is done with what was given.
            held -= given
            given = 0
            if (held <= READ_AHEAD_BYTES) Latch.openUnsafe(room)
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
