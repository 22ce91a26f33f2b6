/**
 * All that gets out of a run into logs, spans and errors, as one text to search
 * for secrets that must not be there.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"

/**
 * Somebody who hears everything.
 *
 * @category models
 * @since 0.1.0
 */
export interface Overheard {
  /** Runs an effect and keeps what its logs of all levels, its spans and its failure say. */
  readonly listen: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<Exit.Exit<A, E>, never, R>
  /** How many things were heard: a test that hears nothing shows nothing. */
  readonly count: () => number
  /** All of it as JSON, with the messages and stacks of errors. What was redacted stays so. */
  readonly text: () => string
}

/**
 * Makes one. It can listen to several effects.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): Overheard => {
  const heard: Array<unknown> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      heard.push(span)
      return span
    }
  })
  const logger = Logger.make(({ cause, message }) => {
    heard.push(message, cause)
  })
  return {
    listen: (effect) =>
      effect.pipe(
        Effect.tapCause((cause) => Effect.sync(() => heard.push(cause, String(cause)))),
        Effect.exit,
        Effect.withTracer(tracer),
        Effect.provideService(References.MinimumLogLevel, "All"),
        Effect.provide(Logger.layer([logger]))
      ),
    count: () => heard.length,
    text: () => textOf(heard)
  }
}

// internal

const textOf = (values: ReadonlyArray<unknown>): string => {
  const seen = new Set<unknown>()
  return JSON.stringify(values, (_, value: unknown) => {
    if (typeof value === "bigint") return String(value)
    if (typeof value !== "object" || value === null) return value
    // Spans know their parents and their children's causes.
    if (seen.has(value)) return undefined
    seen.add(value)
    if (value instanceof Map) return Array.from(value)
    return value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value
  })
}
