import { type Entity, Json, Timestamp } from "@chatferry/core"
import type * as Custom from "./custom.ts"

/** A record of a kind that is merged field by field. */
interface Mergeable {
  readonly custom?: Readonly<Record<string, Custom.Fields>>
  /** Of a member. */
  readonly lastReadAt?: string
}

/** Records of one thing that are joined. */
export interface Group<K extends Kind, Row> {
  /** The row of the best one. */
  readonly first: Row
  readonly entity: Entity.Entity<K>
  /** How many were joined. */
  readonly count: number
}

/**
 * Joins staged records of one thing, out of rows that are sorted by key and then
 * the best first. Each is joined when it comes: there may be many, and large ones.
 */
export function* groups<K extends Kind, Row extends { readonly record: string }>(
  _kind: K,
  rows: Iterator<Row>,
  isSame: (a: Row, b: Row) => boolean
): Generator<Group<K, Row>> {
  let group: Group<K, Row> | undefined
  for (let next = rows.next(); next.done !== true; next = rows.next()) {
    const row = next.value
    const entity = Json.parse(row.record) as Entity.Entity<K>
    if (group !== undefined && isSame(group.first, row)) {
      group = {
        first: group.first,
        entity: merge<Entity.Entity<K>>(group.entity, entity),
        count: group.count + 1
      }
      continue
    }
    if (group !== undefined) yield group
    group = { first: row, entity, count: 1 }
  }
  if (group !== undefined) yield group
}

/** About how long the record is that was joined. */
export const lengthOf = ({ first }: { readonly first: { readonly record: string } }): number =>
  first.record.length

// internal

type Kind = "user" | "channel" | "member"

/**
 * Joins a record of one thing with the next best: of each field the best value
 * that is there, in custom data field by field per provider. What one of them has
 * read has been read.
 */
const merge = <A extends Mergeable>(best: A, record: A): A => {
  const custom = mergeCustom(best.custom, record.custom)
  const isReadLater = Timestamp.sortable(best.lastReadAt) < Timestamp.sortable(record.lastReadAt)
  return Object.assign(
    {},
    record,
    best,
    custom === undefined ? undefined : { custom },
    isReadLater ? { lastReadAt: record.lastReadAt } : undefined
  )
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
