// Limits that stop a run without any other failure: too many rejects, and lost records.
import * as Effect from "effect/Effect"
import type * as Ledger from "../../Ledger.ts"
import { BudgetExceeded, isMigrationError, type MigrationError } from "../../MigrationError.ts"
import type { SinkError } from "../../SinkError.ts"
import { imbalanceOf } from "../errors/outOfBalance.ts"
import * as Outcome from "../report/outcome.ts"
import type { Policy } from "./options.ts"
import type * as MigrationState from "./state.ts"

/** If a sink failed because its rejects exceeded the error budget, that is the error. */
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
  // Called for every batch, and usually decided here: the ledger is added up only if it matters.
  if (rejected <= atLeast) return Effect.void
  const ledger = snapshot()
  const read = Outcome.readCount(ledger)
  const allowed = Math.max(atLeast, Math.floor((read * percent) / 100))
  return rejected <= allowed
    ? Effect.void
    : state.fail(new BudgetExceeded({ rejected, read, allowed, rejects: state.rejectsPath }))
}
