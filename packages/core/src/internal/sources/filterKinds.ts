import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Consequence from "../../Consequence.ts"
import type { Kind } from "../../Entity.ts"
import type { Batch, Source } from "./model.ts"

export const NOT_SELECTED: Consequence.Consequence<"not_selected.{kind}"> = Consequence.make(
  "not_selected.{kind}",
  {
    effect: "left_out_on_purpose",
    says: "records of the kind {kind}, which the source was configured to leave out"
  }
)

export const filterKinds = <R>(source: Source<R>, kinds: Iterable<Kind>): Source<R> => {
  const selected = new Set(kinds)
  const { rejected } = source
  return {
    ...source,
    kinds: new Set(Array.from(source.kinds).filter((kind) => selected.has(kind))),
    consequences: [...(source.consequences ?? []), NOT_SELECTED],
    open: Effect.map(source.open, (reader) => ({
      ...reader,
      fingerprint: { ...reader.fingerprint, selectedKinds: Array.from(selected).toSorted() },
      read: (segment, position) =>
        Stream.map(reader.read(segment, position), (batch) => select(batch, selected))
    })),
    ...(rejected !== undefined && {
      rejected: (line) => Effect.map(rejected(line), (mapped) => select(mapped, selected))
    })
  }
}

// internal

const select = <A extends Pick<Batch, "records" | "notes">>(batch: A, selected: ReadonlySet<Kind>): A => {
  const records = batch.records.filter((record) => selected.has(record._tag))
  if (records.length === batch.records.length) return batch
  const notes = new Map(Object.entries(batch.notes ?? {}))
  for (const { _tag } of batch.records) {
    if (selected.has(_tag)) continue
    const code = Consequence.codeOf(NOT_SELECTED, _tag)
    notes.set(code, (notes.get(code) ?? 0) + 1)
  }
  return { ...batch, records, notes: Object.fromEntries(notes) }
}
