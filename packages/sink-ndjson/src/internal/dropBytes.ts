import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** The ways in which content can fail to match the position at which reading resumes. */
export type Misfit = "too short" | "changed" | "inside a line"

/** Drops the first bytes of a stream after `isSame` has compared them. They must end with a line. */
export const dropBytes = <E, R, E2>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  count: number,
  isSame: () => boolean,
  misfit: (misfit: Misfit) => Effect.Effect<never, E2>
): Stream.Stream<Uint8Array, E | E2, R> =>
  Stream.suspend(() => {
    let left = count
    let last = LINE_FEED
    const rest = Stream.mapEffect(bytes, (chunk) => {
      if (left === 0) return Effect.succeed(chunk)
      const dropped = Math.min(left, chunk.length)
      left -= dropped
      last = chunk[dropped - 1] ?? last
      if (left === 0 && !isSame()) return misfit("changed")
      // The last line of a file does not need a line feed.
      return Effect.succeed(chunk.subarray(dropped))
    })
    const checked = Stream.mapEffect(rest, (chunk) =>
      chunk.length > 0 && last !== LINE_FEED ? misfit("inside a line") : Effect.succeed(chunk)
    )
    return Stream.concat(
      checked,
      Stream.suspend(() => (left > 0 ? Stream.fromEffect(misfit("too short")) : Stream.empty))
    )
  })

const LINE_FEED = 10
