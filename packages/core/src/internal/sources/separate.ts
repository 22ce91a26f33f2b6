// Separates the ids of a source from those of others in which the same ids mean something else.
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type NewIds, renameFields } from "../transforms/renameFields.ts"
import type { Mapped, Source } from "./model.ts"

/** Prefixes each id in a source's records, including references, with the source's name. */
export const separate = <R>(source: Source<R>): Source<R> => {
  const prefix = prefixOf(source.name)
  const rename = (id: string) => prefix + id
  const ids: NewIds = { isMerging: false, user: rename, channel: rename, message: rename }
  const renamed = <A extends Pick<Mapped, "records">>(batch: A): A => ({
    ...batch,
    records: batch.records.map((record) => renameFields(record, ids))
  })
  const { rejected } = source
  return {
    ...source,
    open: Effect.map(source.open, (reader) => ({
      ...reader,
      fingerprint: { ...reader.fingerprint, idPrefix: prefix },
      read: (segment, position) => Stream.map(reader.read(segment, position), renamed)
    })),
    ...(rejected !== undefined && { rejected: (line) => Effect.map(rejected(line), renamed) })
  }
}

/** Two names whose prefixed ids may be the same: `a` and `a_b` make one id of `b_c` and `c`. */
export const ambiguous = (
  sources: ReadonlyArray<{ readonly name: string }>
): readonly [string, string] | undefined => {
  const names = sources.map(({ name }) => name)
  for (const name of names) {
    const other = names.find((one) => one !== name && prefixOf(one).startsWith(prefixOf(name)))
    if (other !== undefined) return [name, other]
  }
  return undefined
}

// internal

// The only separator that services accept in ids of users, channels and messages.
const prefixOf = (name: string) => `${name}_`
