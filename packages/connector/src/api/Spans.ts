/**
 * Spans of what is done with content.
 *
 * A span of Effect ends with what came of it. Spans go to other systems, and answers
 * of services hold what people wrote.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import type * as Tracer from "effect/Tracer"

/**
 * Wraps an effect in a span that ends without its value. An error is in it: those of
 * connectors say what and where, and nothing of what somebody wrote.
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
