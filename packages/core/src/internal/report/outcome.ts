import * as Printable from "../../errors/Printable.ts"
import { type Ledger, ledgerKinds, total } from "../../Ledger.ts"

/** True if nothing was written. */
export const isEmpty = (ledger: Ledger): boolean =>
  ledgerKinds.every((kind) => ledger.kinds[kind].written === 0)

export const readCount = (ledger: Ledger): number =>
  ledgerKinds.reduce((sum, kind) => sum + ledger.kinds[kind].read, 0)

/** What was read and what happened to it, for users: `3 records were read; dropped: recent 3`. */
export const sentence = (ledger: Ledger): string => {
  const read = readCount(ledger)
  if (read === 0) return "no record was read"
  const outcomes = (["dropped", "rejected", "merged"] as const).flatMap((outcome) => {
    const reasons = new Map<string, number>()
    for (const kind of ledgerKinds) {
      for (const [reason, count] of Object.entries(ledger.kinds[kind][outcome])) {
        reasons.set(reason, (reasons.get(reason) ?? 0) + count)
      }
    }
    return total(Object.fromEntries(reasons)) === 0
      ? []
      : [`${outcome}: ${Array.from(reasons, ([reason, n]) => `${Printable.line(reason)} ${n}`).join(", ")}`]
  })
  return [read === 1 ? "1 record was read" : `${read} records were read`, ...outcomes].join("; ")
}
