import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** Repeats an effect as a stream, until it gives `undefined`. */
export const pulled = <A, E, R>(next: Effect.Effect<A | undefined, E, R>): Stream.Stream<A, E, R> =>
  Stream.fromPull(
    Effect.succeed(
      Effect.flatMap(next, (value) => (value === undefined ? Cause.done() : Effect.succeed([value] as const)))
    )
  )
