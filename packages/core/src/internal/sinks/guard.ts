// Drops records before a sink, which never sees them, and keeps the ledger of these drops for the sink.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Consequence from "../../Consequence.ts"
import type { Entity, Kind } from "../../Entity.ts"
import type { Filter } from "../../Exclusion.ts"
import * as Ledger from "../../Ledger.ts"
import type { Member } from "../../run/Phase.ts"
import { attempt, type SinkError } from "../../SinkError.ts"
import { makeLosses } from "./fieldsTaken.ts"
import { FIELD_UNSUPPORTED, UNSUPPORTED_KIND } from "./losses.ts"
import type { Completion, Summary } from "./model.ts"

/** What has been dropped up to a commit. */
export const Dropped = Schema.Struct({
  kinds: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Finite)),
  /** The number of records with a field that the sink does not hold, by code. */
  fields: Schema.Record(Schema.String, Schema.Finite),
  /** The digest of exclusions, if they are left out before the sink; otherwise `null`. */
  decided: Schema.NullOr(Schema.String)
})
export type Dropped = typeof Dropped.Type

export interface Guard {
  /** Keeps records of the sink's kinds; with a filter, leaves out records that belong to exclusions. */
  readonly admit: (records: ReadonlyArray<Entity>) => Effect.Effect<ReadonlyArray<Entity>, SinkError>
  readonly dropped: () => Dropped
  /** Adds what the guard of another thread has dropped. */
  readonly add: (dropped: Dropped) => void
  /** The completion of the run before the sink, without the dropped records. */
  readonly without: (completion: Completion) => Completion
  /** The summary of the sink, in which the dropped records count as dropped by the sink. */
  readonly including: (summary: Summary) => Summary
}

/** `filter`: given for a sink whose writers do not handle exclusions. */
export const make = (
  { fields, name }: Pick<Member, "name" | "fields">,
  stateDirectory: string,
  filter: Filter | undefined,
  last: Dropped | undefined
): Guard => {
  filter?.request(last?.decided ?? undefined)
  const kinds = new Map(
    Object.entries(last?.kinds ?? {}).map(([kind, reasons]) => [
      kind as Kind,
      new Map(Object.entries(reasons))
    ])
  )
  const drop = (kind: Kind, reason: string, count = 1) => {
    const reasons = kinds.get(kind) ?? new Map<string, number>()
    kinds.set(kind, reasons)
    reasons.set(reason, (reasons.get(reason) ?? 0) + count)
  }
  const lost = new Map(Object.entries(last?.fields ?? {}))
  const lose = (path: string) => {
    const code = Consequence.codeOf(FIELD_UNSUPPORTED, path)
    lost.set(code, (lost.get(code) ?? 0) + 1)
  }
  const losses = makeLosses(fields)
  const holds = ({ _tag }: Entity) => fields[_tag] !== undefined
  const supportedOf = (records: ReadonlyArray<Entity>) => {
    const supported = records.every(holds) ? records : records.filter(holds)
    if (supported.length < records.length) {
      for (const record of records) if (!holds(record)) drop(record._tag, UNSUPPORTED_KIND.code)
    }
    if (losses !== undefined) for (const record of supported) losses(record, lose)
    return supported
  }
  const each = (use: (kind: Kind, reason: string, count: number) => void) =>
    kinds.forEach((reasons, kind) => reasons.forEach((count, reason) => use(kind, reason, count)))
  return {
    admit:
      filter === undefined
        ? (records) => Effect.succeed(supportedOf(records))
        : (records) =>
            attempt(name, stateDirectory, () => {
              const result = filter.apply(records)
              for (const { kind, reason } of result.dropped) drop(kind, reason)
              return supportedOf(result.records)
            }),
    dropped: () => ({
      kinds: Object.fromEntries(Array.from(kinds, ([kind, reasons]) => [kind, Object.fromEntries(reasons)])),
      fields: Object.fromEntries(lost),
      decided: filter?.digest() ?? null
    }),
    add: (dropped) => {
      for (const [kind, reasons] of Object.entries(dropped.kinds))
        for (const [reason, count] of Object.entries(reasons)) drop(kind as Kind, reason, count)
      for (const [code, count] of Object.entries(dropped.fields))
        lost.set(code, (lost.get(code) ?? 0) + count)
    },
    without: (completion) => {
      const book = Ledger.open(completion.ledger)
      lost.forEach((count, code) => book.note(code, count))
      each((kind, reason, count) => {
        book.written(kind, -count)
        book.add(kind, "dropped", reason, count)
      })
      return { ...completion, ledger: book.snapshot() }
    },
    including: (summary) => {
      const book = Ledger.open(summary.ledger)
      lost.forEach((count, code) => book.note(code, count))
      each((kind, reason, count) => {
        book.read(kind, count)
        book.add(kind, "dropped", reason, count)
      })
      return { ...summary, ledger: book.snapshot() }
    }
  }
}
