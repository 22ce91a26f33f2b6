// What is dropped between the runner and a sink, which never sees it and whose books are kept for it.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Entity, Kind } from "../Entity.ts"
import type { Filter } from "../Exclusion.ts"
import * as Ledger from "../Ledger.ts"
import type { Completion, Context, Receipt, Sink, Summary, Writer } from "../Sink.ts"
import { attempt, type SinkError } from "../SinkError.ts"

const SupportedReceipt = Schema.Struct({
  dropped: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Finite)),
  /** Digest of what is left out, of a sink before which it is. */
  decided: Schema.optionalKey(Schema.String),
  receipt: Schema.Json
})
export type SupportedReceipt = typeof SupportedReceipt.Type

export const decodeReceipt = Schema.decodeUnknownOption(SupportedReceipt)

/**
 * A writer that gets only records of the sink's kinds, and nothing that belongs
 * to an exclusion if it does not take exclusions. `unsupported`: the reason under
 * which other kinds are counted.
 */
export const guard = <R>(
  sink: Sink<R>,
  context: Context,
  writer: Writer,
  last: SupportedReceipt | undefined,
  unsupported: string
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
  const supportedOf = (records: ReadonlyArray<Entity>) => {
    const supported = records.filter((record) => sink.kinds.has(record._tag))
    if (supported.length < records.length) {
      for (const { _tag } of records) if (!sink.kinds.has(_tag)) drop(_tag, unsupported)
    }
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
      ...(filter !== undefined && { decided: filter.digest() }),
      receipt
    })),
    finish: (completion) =>
      Effect.map(
        Effect.suspend(() => writer.finish(without(completion, dropped))),
        (summaries) => summaries.map((summary) => including(summary, dropped))
      )
  }
}

// internal

type Dropped = ReadonlyMap<Kind, ReadonlyMap<string, number>>

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
const without = (completion: Completion, dropped: Dropped): Completion => {
  const book = Ledger.open(completion.ledger)
  each(dropped, (kind, reason, count) => {
    book.written(kind, -count)
    book.add(kind, "dropped", reason, count)
  })
  return { ...completion, ledger: book.snapshot() }
}

const including = (summary: Summary, dropped: Dropped): Summary => {
  const book = Ledger.open(summary.ledger)
  each(dropped, (kind, reason, count) => {
    book.read(kind, count)
    book.add(kind, "dropped", reason, count)
  })
  return { ...summary, ledger: book.snapshot() }
}

const each = (dropped: Dropped, use: (kind: Kind, reason: string, count: number) => void) =>
  dropped.forEach((reasons, kind) => reasons.forEach((count, reason) => use(kind, reason, count)))
