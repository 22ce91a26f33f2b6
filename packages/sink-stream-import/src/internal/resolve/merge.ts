import { type Entity, Timestamp } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import type * as Custom from "../format/custom.ts"

/** A record whose kind is merged field by field. */
interface Mergeable {
  readonly _tag: Kind
  readonly custom?: Readonly<Record<string, Custom.Fields>>
  readonly createdAt?: string
  readonly deletedAt?: string
  /** Only for users. */
  readonly isDeactivated?: boolean
  readonly deactivatedAt?: string
  /** Only for channels. */
  readonly truncatedAt?: string
  /** Only for members. */
  readonly lastReadAt?: string
}

/** The merged records of an entity. */
export interface Group<K extends Kind, Row> {
  /** The row of the best record. */
  readonly first: Row
  readonly entity: Entity.Entity<K>
  /** The number of records. */
  readonly count: number
  /** Whether an older record has a field that the newest one lacks. */
  readonly isFilled: boolean
}

/**
 * Merges the staged records of each entity from rows that are sorted by key, with
 * the best record first. It merges row by row, because there may be many large
 * records.
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
      const best: Entity.Entity<K> = group.entity
      const older = stillSo<Entity.Entity<K>>(best, entity)
      group = {
        first: group.first,
        entity: merge(best, older),
        count: group.count + 1,
        isFilled: group.isFilled || fills(best, older)
      }
      continue
    }
    if (group !== undefined) yield group
    group = { first: row, entity, count: 1, isFilled: false }
  }
  if (group !== undefined) yield group
}

/** The approximate length of the merged record. */
export const lengthOf = ({ first }: { readonly first: { readonly record: string } }): number =>
  first.record.length

// internal

type Kind = "user" | "channel" | "member"

/** The part of a record that still holds next to a better one, which may contradict it. */
const stillSo = <A extends Mergeable>(best: A, record: A): A => {
  const { deactivatedAt: _, ...active } = record
  const others = (best.isDeactivated === false ? active : record) as A
  const { deletedAt } = record
  const isAnotherSince =
    deletedAt !== undefined && Timestamp.sortable(deletedAt) < Timestamp.sortable(best.createdAt)
  if (!isAnotherSince) return others
  // The channel was deleted with its messages before the better one was created with the same id.
  return record._tag === "channel" ? ({ truncatedAt: deletedAt } as A) : ({} as A)
}

const fills = (best: Mergeable, record: Mergeable): boolean =>
  Object.keys(record).some((name) => !Object.hasOwn(best, name)) ||
  Object.entries(record.custom ?? {}).some(([provider, fields]) =>
    Object.keys(fields).some((name) => !Object.hasOwn(best.custom?.[provider] ?? {}, name))
  )

/**
 * Merges a record with the next best one: each field gets the best value that
 * exists, in custom data for each field of each provider. The latest read state
 * counts.
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
