import * as Effect from "effect/Effect"
import type { Entity } from "../../Entity.ts"
import type { Exclusion } from "../../Exclusion.ts"
import type { Book } from "../../Ledger.ts"
import type { Rejected } from "../../Rejected.ts"
import type { Batch } from "../../Source.ts"
import type { Transformed } from "../../Transform.ts"
import type { Stage } from "../rejects/rejectsFile.ts"
import { tally } from "./tally.ts"

interface Delivery<EW, ER, EX> {
  readonly batch: Batch
  /** The end of the batch, with the name of its partition. */
  readonly location: string
  readonly transformed: Transformed
  readonly book: Book
  readonly write: (records: ReadonlyArray<Entity>) => Effect.Effect<void, EW>
  readonly exclude: (exclusions: ReadonlyArray<Exclusion>) => Effect.Effect<void, EX>
  readonly reject: (stage: Stage, rejected: ReadonlyArray<Rejected>) => Effect.Effect<void, ER>
}

/** Writes the transformed records of one batch to the sink, and counts them. */
export const deliver = Effect.fnUntraced(function* <EW, ER, EX>({
  batch,
  book,
  exclude,
  location,
  reject,
  transformed,
  write
}: Delivery<EW, ER, EX>) {
  tally(batch.records, (kind, count) => book.read(kind, count))
  for (const { code, kind } of batch.rejected) {
    book.read(kind, 1)
    book.add(kind, "rejected", code, 1)
  }
  for (const [code, count] of Object.entries(batch.notes ?? {})) book.note(code, count)
  yield* reject("source", batch.rejected)

  const { dropped, excluded = [], records, rejected, synthesised } = transformed
  for (const { kind, reason } of dropped) book.add(kind, "dropped", reason, 1)
  for (const { entity, reason } of excluded) book.add(entity._tag, "dropped", reason, 1)
  for (const { kind, reason } of synthesised) book.add(kind, "synthesised", reason, 1)
  for (const { code, kind } of rejected) book.add(kind, "rejected", code, 1)
  yield* reject("transform", rejected.map(withLocation(location)))
  tally(records, (kind, count) => book.written(kind, count))
  if (excluded.length > 0) yield* exclude(excluded)
  if (records.length > 0) yield* write(records)
})

const withLocation =
  (location: string) =>
  (one: Rejected): Rejected => ({
    ...one,
    location: `${one.location}, in the batch that ends at ${location}`
  })
