// The error for lost records, found by the runner or by a sink that is about to publish.
import * as Schema from "effect/Schema"
import { TaggedError } from "../../errors/TaggedError.ts"
import * as Ledger from "../../Ledger.ts"

/**
 * Records vanished or appeared: a defect of a source or a sink.
 *
 * @category errors
 * @since 0.1.0
 */
export class OutOfBalance extends TaggedError<OutOfBalance>("@chatferry/core/OutOfBalance")("OutOfBalance", {
  where: Schema.String,
  kind: Schema.String,
  missing: Schema.Finite
}) {
  override get message(): string {
    return `the ledger of ${this.where} does not balance: ${this.missing} ${this.kind} records are missing. This is a defect; please report it.`
  }
}

/** The first row of a ledger that does not balance. */
export const imbalanceOf = (where: string, ledger: Ledger.Ledger): OutOfBalance | undefined => {
  const [row] = Ledger.imbalance(ledger)
  return row === undefined ? undefined : new OutOfBalance({ where, ...row })
}

/** The first kind of which a sink has not received all records, or that does not balance. */
export const imbalanceAfter = (
  delivered: Ledger.Ledger,
  sink: string,
  ledger: Ledger.Ledger
): OutOfBalance | undefined => {
  for (const kind of Ledger.ledgerKinds) {
    const missing = delivered.kinds[kind].written - ledger.kinds[kind].read
    if (missing !== 0) return new OutOfBalance({ where: sink, kind, missing })
  }
  return imbalanceOf(sink, ledger) ?? imbalanceOf("source and transforms", delivered)
}
