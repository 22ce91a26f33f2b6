/**
 * Wraps effects in spans that do not contain their results.
 *
 * A span of Effect ends with the value of its effect. Spans are exported to other
 * systems, and responses of services contain users' messages.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import type * as Tracer from "effect/Tracer"

/**
 * Wraps an effect in a span that ends without its value. The span does contain the
 * error: errors of connectors say what and where, and never contain users' content.
 *
 * @category operations
 * @since 0.1.0
 */
export const withSpan =
  (name: string, attributes: Readonly<Record<string, string | number>>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Tracer.ParentSpan>> =>
    Effect.suspend(() => {
      let value: A | undefined
      return effect.pipe(
        Effect.map((result) => {
          value = result
        }),
        Effect.withSpan(name, { attributes }),
        Effect.map(() => value as A)
      )
    })
