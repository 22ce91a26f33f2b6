import type * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** Leaves out the first bytes of a stream; fails when it ends before them. */
export const dropBytes =
  <E2>(count: number, tooShort: () => Effect.Effect<never, E2>) =>
  <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Uint8Array, E | E2, R> => {
    if (count === 0) return bytes
    return Stream.suspend(() => {
      let left = count
      const rest = Stream.mapAccum(
        bytes,
        () => undefined,
        (_, chunk: Uint8Array) => {
          const dropped = Math.min(left, chunk.length)
          left -= dropped
          return [undefined, dropped === chunk.length ? [] : [chunk.subarray(dropped)]]
        }
      )
      return Stream.concat(
        rest,
        Stream.suspend(() => (left > 0 ? Stream.fromEffect(tooShort()) : Stream.empty))
      )
    })
  }
