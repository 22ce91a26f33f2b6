import { type Entity, Json } from "@chatferry/core"
import type * as Custom from "./custom.ts"

/** A record of a kind that is merged field by field. */
export interface Mergeable {
  readonly custom?: Readonly<Record<string, Custom.Fields>>
}

/** Records of one thing, the best first, out of rows that are sorted by key. */
export function* groups<Row extends { readonly record: string }>(
  rows: Iterator<Row>,
  isSame: (a: Row, b: Row) => boolean
): Generator<{ readonly first: Row; readonly records: ReadonlyArray<string> }> {
  let first: Row | undefined
  let records: Array<string> = []
  for (let next = rows.next(); next.done !== true; next = rows.next()) {
    const row = next.value
    if (first !== undefined && isSame(first, row)) {
      records.push(row.record)
      continue
    }
    if (first !== undefined) yield { first, records }
    first = row
    records = [row.record]
  }
  if (first !== undefined) yield { first, records }
}

/** Reads staged records of one thing, the best first, and joins them. */
export const parseMerged = <K extends "user" | "channel" | "member">(
  _kind: K,
  records: ReadonlyArray<string>
): Entity.Entity<K> =>
  merge<Entity.Entity<K>>(records.map((record) => Json.parse(record) as Entity.Entity<K>))

// internal

/**
 * Joins records of one thing, the best first: of each field the best value that
 * is there, in custom data field by field per provider.
 */
const merge = <A extends Mergeable>(records: ReadonlyArray<A>): A => {
  const best = records[0] as A
  if (records.length === 1) return best
  return records.slice(1).reduce((merged, record) => {
    const custom = mergeCustom(merged.custom, record.custom)
    return Object.assign({}, record, merged, custom === undefined ? undefined : { custom })
  }, best)
}

const mergeCustom = (
  best: Mergeable["custom"],
  other: Mergeable["custom"]
): Readonly<Record<string, Custom.Fields>> | undefined => {
  if (best === undefined || other === undefined) return best ?? other
  const merged: Record<string, Custom.Fields> = { ...other, ...best }
  for (const provider of Object.keys(best)) {
    if (Object.hasOwn(other, provider)) merged[provider] = { ...other[provider], ...best[provider] }
  }
  return merged
}
