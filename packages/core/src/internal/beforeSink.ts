// What is dropped between the runner and a sink, which never sees it and whose books are kept for it.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Entity, Kind } from "../Entity.ts"
import type { Filter } from "../Exclusion.ts"
import * as Ledger from "../Ledger.ts"
import type { Completion, Context, Receipt, Sink, Summary, Writer } from "../Sink.ts"
import { attempt, type SinkError } from "../SinkError.ts"
import { makeLosses } from "./fieldsTaken.ts"

const SupportedReceipt = Schema.Struct({
  dropped: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Finite)),
  /** How many records had a field that the sink does not hold, by code. */
  lost: Schema.Record(Schema.String, Schema.Finite),
  /** Digest of what is left out, of a sink before which it is. */
  decided: Schema.optionalKey(Schema.String),
  receipt: Schema.Json
})
export type SupportedReceipt = typeof SupportedReceipt.Type

export const decodeReceipt = Schema.decodeUnknownOption(SupportedReceipt)

/**
 * A writer that gets only records of the sink's kinds, and nothing that belongs
 * to an exclusion if it does not take exclusions. Fields that the sink does not hold
 * are counted. `codes`: those under which that is.
 */
export const guard = <R>(
  sink: Sink<R>,
  context: Context,
  writer: Writer,
  last: SupportedReceipt | undefined,
  codes: { readonly kind: string; readonly field: (path: string) => string }
): Writer => {
  const filter = writer.exclude === undefined ? context.filter : undefined
  filter?.request(last?.decided)
  const dropped = new Map(
    Object.entries(last?.dropped ?? {}).map(([kind, reasons]) => [
      kind as Kind,
      new Map(Object.entries(reasons))
    ])
  )
  const drop = (kind: Kind, reason: string) => {
    const reasons = dropped.get(kind) ?? new Map<string, number>()
    dropped.set(kind, reasons)
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  const lost = new Map(Object.entries(last?.lost ?? {}))
  const lose = (path: string) => {
    const code = codes.field(path)
    lost.set(code, (lost.get(code) ?? 0) + 1)
  }
  const losses = makeLosses(sink.fields)
  const holds = ({ _tag }: Entity) => sink.fields[_tag] !== undefined
  const supportedOf = (records: ReadonlyArray<Entity>) => {
    const supported = records.every(holds) ? records : records.filter(holds)
    if (supported.length < records.length) {
      for (const record of records) if (!holds(record)) drop(record._tag, codes.kind)
    }
    if (losses !== undefined) for (const record of supported) losses(record, lose)
    return supported
  }
  const write = (records: ReadonlyArray<Entity>) =>
    records.length === 0 ? Effect.void : writer.write(records)
  return {
    write:
      filter === undefined
        ? (records) => write(supportedOf(records))
        : (records) =>
            Effect.flatMap(filtered(sink, context, filter, records, drop), (left) =>
              write(supportedOf(left))
            ),
    ...(writer.exclude !== undefined && { exclude: writer.exclude }),
    flush: Effect.map(writer.flush, (receipt): Receipt => ({
      dropped: Object.fromEntries(
        Array.from(dropped, ([kind, reasons]) => [kind, Object.fromEntries(reasons)])
      ),
      lost: Object.fromEntries(lost),
      ...(filter !== undefined && { decided: filter.digest() }),
      receipt
    })),
    finish: (completion) =>
      Effect.map(
        Effect.suspend(() => writer.finish(without(completion, dropped, lost))),
        (summaries) => summaries.map((summary) => including(summary, dropped, lost))
      )
  }
}

// internal

type Dropped = ReadonlyMap<Kind, ReadonlyMap<string, number>>
type Lost = ReadonlyMap<string, number>

const filtered = <R>(
  { name }: Sink<R>,
  { stateDirectory }: Context,
  filter: Filter,
  records: ReadonlyArray<Entity>,
  drop: (kind: Kind, reason: string) => void
): Effect.Effect<ReadonlyArray<Entity>, SinkError> =>
  Effect.map(
    attempt(name, stateDirectory, () => filter.apply(records)),
    (result) => {
      for (const { kind, reason } of result.dropped) drop(kind, reason)
      return result.records
    }
  )

// The sink's manifest joins this ledger with the sink's own, which never saw these records.
const without = (completion: Completion, dropped: Dropped, lost: Lost): Completion => {
  const book = Ledger.open(completion.ledger)
  lost.forEach((count, code) => book.note(code, count))
  each(dropped, (kind, reason, count) => {
    book.written(kind, -count)
    book.add(kind, "dropped", reason, count)
  })
  return { ...completion, ledger: book.snapshot() }
}

const including = (summary: Summary, dropped: Dropped, lost: Lost): Summary => {
  const book = Ledger.open(summary.ledger)
  lost.forEach((count, code) => book.note(code, count))
  each(dropped, (kind, reason, count) => {
    book.read(kind, count)
    book.add(kind, "dropped", reason, count)
  })
  return { ...summary, ledger: book.snapshot() }
}

const each = (dropped: Dropped, use: (kind: Kind, reason: string, count: number) => void) =>
  dropped.forEach((reasons, kind) => reasons.forEach((count, reason) => use(kind, reason, count)))
