import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** What does not fit between the bytes and the place where they are to be read on. */
export type Misfit = "too short" | "inside a line"

/** Leaves out the first bytes of a stream. What is left must begin with a line. */
export const dropBytes =
  <E2>(count: number, misfit: (misfit: Misfit) => Effect.Effect<never, E2>) =>
  <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Uint8Array, E | E2, R> => {
    if (count === 0) return bytes
    return Stream.suspend(() => {
      let left = count
      let last: number | undefined
      const rest = Stream.mapEffect(bytes, (chunk) => {
        if (left === 0 && last === undefined) return Effect.succeed(chunk)
        const dropped = Math.min(left, chunk.length)
        left -= dropped
        last = chunk[dropped - 1] ?? last
        if (dropped === chunk.length) return Effect.succeed(NOTHING)
        if (last !== LINE_FEED) return misfit("inside a line")
        last = undefined
        return Effect.succeed(chunk.subarray(dropped))
      })
      return Stream.concat(
        rest,
        Stream.suspend(() => (left > 0 ? Stream.fromEffect(misfit("too short")) : Stream.empty))
      )
    })
  }

const LINE_FEED = 10
const NOTHING = new Uint8Array(0)
