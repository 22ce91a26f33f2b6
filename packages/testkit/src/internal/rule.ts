// How rules are made: every failure, typed or not, ends as a violation that says what was expected.
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { ContractViolation, type Rule } from "../Contract.ts"

export interface Verdict {
  readonly expected: string
  readonly actual: string
}

/** A rule whose check gives nothing when it is kept. Errors and defects break it. */
export const rule = <E, R>(name: string, check: Effect.Effect<Verdict | undefined, E, R>): Rule<R> => ({
  name,
  check: check.pipe(
    Effect.catchCause((cause) => Effect.succeed({ expected: "that it works", actual: text(cause) })),
    Effect.flatMap((verdict) =>
      verdict === undefined ? Effect.void : Effect.fail(new ContractViolation({ rule: name, ...verdict }))
    )
  )
})

/** Whether an effect fails as a typed error, as opposed to succeeding or dying. */
export const refused = <A, E, R>(
  what: string,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<Verdict | undefined, never, R> =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (exit._tag === "Success") return { expected: `that ${what} fails`, actual: "success" }
    return Cause.hasFails(exit.cause)
      ? undefined
      : { expected: `that ${what} fails with a typed error`, actual: `a defect: ${text(exit.cause)}` }
  })

/** The first verdict there is. */
export const first = (verdicts: Iterable<Verdict | undefined>): Verdict | undefined => {
  for (const verdict of verdicts) if (verdict !== undefined) return verdict
  return undefined
}

// internal

const text = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
