import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** What an effect gives again and again, until it gives `undefined`. */
export const pulled = <A, E, R>(next: Effect.Effect<A | undefined, E, R>): Stream.Stream<A, E, R> =>
  Stream.fromPull(
    Effect.succeed(
      Effect.flatMap(next, (value) => (value === undefined ? Cause.done() : Effect.succeed([value] as const)))
    )
  )
