import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

export const once = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<Effect.Effect<A, E, R>> =>
  Effect.map(Semaphore.make(1), (one) => {
    let known: { readonly value: A } | undefined
    const ask = Effect.suspend(() =>
      known === undefined
        ? Effect.tap(effect, (value) =>
            Effect.sync(() => {
              known = { value }
            })
          )
        : Effect.succeed(known.value)
    )
    return Effect.suspend(() => (known === undefined ? one.withPermits(1)(ask) : ask))
  })
