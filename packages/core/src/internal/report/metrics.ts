import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { type Ledger, ledgerKinds, total } from "../../Ledger.ts"

const records = Metric.counter("migration_records_total", { incremental: true })

export const commitDuration = Metric.timer("migration_commit_duration")

/** Adds the difference between two ledgers to the counters, once per checkpoint. */
export const count = (migration: string, before: Ledger, after: Ledger): Effect.Effect<void> =>
  Effect.forEach(
    ledgerKinds.flatMap((kind) => {
      const [a, b] = [before.kinds[kind], after.kinds[kind]]
      return [
        { kind, outcome: "read", n: b.read - a.read },
        { kind, outcome: "delivered", n: b.written - a.written },
        { kind, outcome: "dropped", n: total(b.dropped) - total(a.dropped) },
        { kind, outcome: "rejected", n: total(b.rejected) - total(a.rejected) }
      ].filter(({ n }) => n > 0)
    }),
    ({ kind, n, outcome }) => Metric.update(Metric.withAttributes(records, { migration, kind, outcome }), n),
    { discard: true }
  )
