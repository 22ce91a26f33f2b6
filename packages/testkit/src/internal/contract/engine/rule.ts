// How rules are made: every failure, typed or not, becomes a violation that says what was expected.
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Formatter from "effect/Formatter"
import * as Predicate from "effect/Predicate"
import { ContractViolation, type Rule } from "../../../contract/Contract.ts"

export interface Verdict {
  readonly expected: string
  readonly actual: string
  /** The error that broke it, with its stack. */
  readonly cause?: unknown
}

/** The result of a rule: `undefined` when it is kept. */
export type Judged<R> = Effect.Effect<Verdict | undefined, unknown, R>

/** A rule whose check gives `undefined` when it is kept. Errors and defects break it. */
export const rule = <E, R>(name: string, check: Effect.Effect<Verdict | undefined, E, R>): Rule<R> => ({
  name,
  check: check.pipe(
    Effect.catchCause((cause) => Effect.succeed(broken("that the check runs", cause))),
    Effect.flatMap((verdict) =>
      verdict === undefined ? Effect.void : Effect.fail(new ContractViolation({ rule: name, ...verdict }))
    )
  )
})

/** The verdict for a failure, in words and with the error itself. */
export const broken = (expected: string, cause: Cause.Cause<unknown>, how = ""): Verdict => ({
  expected,
  actual: `${how}${text(cause)}`,
  cause: Cause.squash(cause)
})

/** Checks that an effect fails with a typed error instead of succeeding or dying. */
export const rejected = <A, E, R>(
  what: string,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<Verdict | undefined, never, R> =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (exit._tag === "Success") return { expected: `that ${what} fails`, actual: "success" }
    return Cause.hasFails(exit.cause)
      ? undefined
      : broken(`that ${what} fails with a typed error`, exit.cause, "a defect: ")
  })

/** The first verdict, if any. */
export const first = (verdicts: Iterable<Verdict | undefined>): Verdict | undefined => {
  for (const verdict of verdicts) if (verdict !== undefined) return verdict
  return undefined
}

// internal

const MOST_CAUSES = 5

/** The error and its causes: an error that wraps another one often does not repeat its message. */
const text = (cause: Cause.Cause<unknown>): string => {
  const lines: Array<string> = []
  let error: unknown = Cause.squash(cause)
  for (let i = 0; i < MOST_CAUSES && error !== undefined; i++) {
    lines.push(error instanceof Error ? `${error.name}: ${error.message}` : Formatter.format(error))
    error = Predicate.hasProperty(error, "cause") ? error.cause : undefined
  }
  return lines.join(", caused by ")
}
