/**
 * A `Schema.TaggedError` whose errors are printed as errors: `console.error(error)`, a
 * logger or an uncaught rejection show message, stack and cause, while Effect's own
 * errors are shown as an object of fields.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Printable from "./Printable.ts"

/**
 * Makes a class of errors as `Schema.TaggedError` does. An error with a `reason` has
 * the reason's cause as its own cause, so the failure of the system is shown too. A
 * cause from the JavaScript engine is left out, because its message may quote data.
 *
 * @category constructors
 * @since 0.1.0
 */
export const TaggedError: typeof Schema.TaggedError = ((identifier?: string) => {
  const make = Schema.TaggedError<Error>(identifier)
  return (tag: string, fields: Schema.Struct.Fields) => {
    const made = make(tag, fields) as unknown as { readonly prototype: object }
    shown(made)
    if ("reason" in fields) Object.defineProperty(made.prototype, "cause", { get: causeOfReason })
    return made
  }
}) as unknown as typeof Schema.TaggedError

/**
 * Changes how errors of a class that was made in another way are printed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const shown = (made: { readonly prototype: object }): void => {
  Object.defineProperty(made.prototype, INSPECT, { value: inspected })
}

/**
 * True for errors of the JavaScript engine, whose messages quote values: `JSON.parse`
 * quotes a part of the text, `in` and property access quote the operand.
 *
 * @category guards
 * @since 0.1.0
 */
export const quotesData = (error: unknown): error is Error =>
  error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError

// internal

/** Node and other runtimes call this method when they print an object. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom")

type Inspect = (value: unknown, options: object) => string

function inspected(this: Error, _depth: number, options: object, inspect: Inspect): string {
  const cause = shownCause(this.cause)
  const stack = this.stack ?? `${this.name}: ${this.message}`
  if (cause === undefined) return Printable.lines(stack)
  const inner = inspect(cause, options).replaceAll("\n", "\n  ")
  return Printable.lines(`${stack} {\n  [cause]: ${inner}\n}`)
}

function causeOfReason(this: { readonly reason: unknown }): unknown {
  return Predicate.hasProperty(this.reason, "cause") ? shownCause(this.reason.cause) : undefined
}

/** Effect's PlatformError contains the system's own error, which says the same and has its code. */
const shownCause = (cause: unknown): unknown => {
  if (quotesData(cause)) return undefined
  const isWrapped = Predicate.hasProperty(cause, "_tag") && cause._tag === "PlatformError"
  return isWrapped && Predicate.hasProperty(cause, "cause") && cause.cause !== undefined ? cause.cause : cause
}
