// What stops a run that reads and writes without a failure: too many rejects, and records that are lost.
import * as Effect from "effect/Effect"
import type * as Ledger from "../../Ledger.ts"
import { BudgetExceeded, isMigrationError, type MigrationError } from "../../MigrationError.ts"
import type { SinkError } from "../../SinkError.ts"
import { imbalanceOf } from "../errors/outOfBalance.ts"
import * as Outcome from "../report/outcome.ts"
import type { Policy } from "./options.ts"
import type * as MigrationState from "./state.ts"

/** A sink whose records were refused for the error budget failed for that reason, not for its own. */
export const budgetFirst = (error: SinkError): SinkError | MigrationError =>
  error.reason._tag === "WriteFailed" && isMigrationError(error.reason.cause) ? error.reason.cause : error

export const balanced = (state: MigrationState.State, where: string, snapshot: () => Ledger.Ledger) =>
  Effect.suspend(() => {
    const reason = imbalanceOf(where, snapshot())
    return reason === undefined ? Effect.void : state.fail(reason)
  })

export const withinBudget = (
  state: MigrationState.State,
  { errorBudget: { atLeast, percent } }: Policy,
  rejected: number,
  snapshot: () => Ledger.Ledger
) => {
  // Asked for every batch, and mostly answered here: the ledger is only added up when it matters.
  if (rejected <= atLeast) return Effect.void
  const ledger = snapshot()
  const read = Outcome.readCount(ledger)
  const allowed = Math.max(atLeast, Math.floor((read * percent) / 100))
  return rejected <= allowed
    ? Effect.void
    : state.fail(new BudgetExceeded({ rejected, read, allowed, rejects: state.rejectsPath }))
}
