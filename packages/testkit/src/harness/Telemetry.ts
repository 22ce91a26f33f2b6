/**
 * Everything that a run puts into logs, spans and errors, as one text to search
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
 * Records logs, spans and errors.
 *
 * @category models
 * @since 0.1.0
 */
export interface Telemetry {
  /** Runs an effect and records its logs of all levels, its spans and its failure. */
  readonly listen: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<Exit.Exit<A, E>, never, R>
  /** Number of recorded items. A test that records nothing proves nothing. */
  readonly count: () => number
  /**
   * The first span, log or failure that contains one of the texts, with the index of the text and its path. A span is
   * recorded when it begins, with everything it has when it ends.
   */
  readonly find: (
    texts: ReadonlyArray<string>
  ) => { readonly text: number; readonly in: string; readonly path: string } | undefined
  /** The records as JSON, with the messages and stacks of errors. Redacted values stay redacted. */
  readonly text: () => string
}

/**
 * Makes a recorder. It can listen to several effects.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): Telemetry => {
  const recorded: Array<Recorded> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      recorded.push({ in: `the span ${options.name}`, value: span })
      return span
    }
  })
  const logger = Logger.make(({ cause, message }) => {
    recorded.push({ in: "a log", value: message }, { in: "the cause of a log", value: cause })
  })
  return {
    listen: (effect) =>
      effect.pipe(
        Effect.tapCause((cause) =>
          Effect.sync(() => recorded.push({ in: "a failure", value: [cause, String(cause)] }))
        ),
        Effect.exit,
        Effect.withTracer(tracer),
        Effect.provideService(References.MinimumLogLevel, "All"),
        Effect.provide(Logger.layer([logger]))
      ),
    count: () => recorded.length,
    find: (texts) => {
      for (const one of recorded) {
        const found = locate(JSON.parse(textOf(one.value)), texts)
        if (found !== undefined) return { ...found, in: one.in }
      }
      return undefined
    },
    text: () => textOf(recorded)
  }
}

// internal

interface Recorded {
  readonly in: string
  readonly value: unknown
}

const textOf = (values: unknown): string => {
  const seen = new Set<unknown>()
  const json = JSON.stringify(values, (_, value: unknown) => {
    if (typeof value === "bigint") return String(value)
    if (typeof value !== "object" || value === null) return value
    // Spans refer to their parents and to the causes of their children.
    if (seen.has(value)) return undefined
    seen.add(value)
    if (value instanceof Map) return Array.from(value)
    return value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value
  }) as string | undefined
  return json ?? "null"
}
