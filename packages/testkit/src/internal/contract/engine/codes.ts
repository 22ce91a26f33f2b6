// Whether the codes of a ledger are declared.
import { Consequence, Ledger } from "@chatferry/core"
import type { Reading } from "./reading.ts"
import { first, type Verdict } from "./rule.ts"

export const codesAreDeclared = (
  declarations: ReadonlyArray<Consequence.Consequence>,
  ledger: Ledger.Ledger
): Verdict | undefined =>
  first(
    Consequence.occurred(declarations, ledger).map(({ code, kind, outcome, says }) => {
      const what = kind === undefined ? `the note ${code}` : `${code}, which counts ${outcome} of ${kind}`
      if (says === Consequence.NOT_EXPLAINED) {
        return { expected: `a declaration of ${what} among the consequences`, actual: "none" }
      }
      return says === "" || UNFILLED.test(says)
        ? { expected: `a sentence for ${what}`, actual: says === "" ? "an empty one" : `"${says}"` }
        : undefined
    })
  )

/** What a source counts. */
export const ledgerOf = (readings: ReadonlyArray<Reading>): Ledger.Ledger => {
  const book = Ledger.open()
  for (const { batches } of readings) {
    for (const { notes = {}, rejected } of batches) {
      for (const { code, kind } of rejected) book.add(kind, "rejected", code, 1)
      for (const [code, count] of Object.entries(notes)) book.note(code, count)
    }
  }
  return book.snapshot()
}

/** A placeholder that is not replaced by a part of the code. */
const UNFILLED = /\{\w+\}/u
