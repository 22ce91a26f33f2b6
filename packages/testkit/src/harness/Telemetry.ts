/**
 * All that gets out of a run into logs, spans and errors, as one text to search
 * for secrets that must not be there.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { locate } from "../internal/contract/engine/difference.ts"

/**
 * Somebody who hears everything.
 *
 * @category models
 * @since 0.1.0
 */
export interface Telemetry {
  /** Runs an effect and keeps what its logs of all levels, its spans and its failure say. */
  readonly listen: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<Exit.Exit<A, E>, never, R>
  /** How many things were heard: a test that hears nothing shows nothing. */
  readonly count: () => number
  /**
   * The first span, log or failure that says one of some texts, which of them it is, and where. A span is heard when
   * it begins, and told with all that it ended with.
   */
  readonly find: (
    texts: ReadonlyArray<string>
  ) => { readonly text: number; readonly in: string; readonly path: string } | undefined
  /** All of it as JSON, with the messages and stacks of errors. What was redacted stays so. */
  readonly text: () => string
}

/**
 * Makes one. It can listen to several effects.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): Telemetry => {
  const heard: Array<Heard> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      heard.push({ in: `the span ${options.name}`, value: span })
      return span
    }
  })
  const logger = Logger.make(({ cause, message }) => {
    heard.push({ in: "a log", value: message }, { in: "the cause of a log", value: cause })
  })
  return {
    listen: (effect) =>
      effect.pipe(
        Effect.tapCause((cause) =>
          Effect.sync(() => heard.push({ in: "a failure", value: [cause, String(cause)] }))
        ),
        Effect.exit,
        Effect.withTracer(tracer),
        Effect.provideService(References.MinimumLogLevel, "All"),
        Effect.provide(Logger.layer([logger]))
      ),
    count: () => heard.length,
    find: (texts) => {
      for (const one of heard) {
        const found = locate(JSON.parse(textOf(one.value)), texts)
        if (found !== undefined) return { ...found, in: one.in }
      }
      return undefined
    },
    text: () => textOf(heard)
  }
}

// internal

interface Heard {
  readonly in: string
  readonly value: unknown
}

const textOf = (values: unknown): string => {
  const seen = new Set<unknown>()
  const json = JSON.stringify(values, (_, value: unknown) => {
    if (typeof value === "bigint") return String(value)
    if (typeof value !== "object" || value === null) return value
    // Spans know their parents and their children's causes.
    if (seen.has(value)) return undefined
    seen.add(value)
    if (value instanceof Map) return Array.from(value)
    return value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value
  }) as string | undefined
  return json ?? "null"
}
