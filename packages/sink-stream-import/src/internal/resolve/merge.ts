import { type Entity, Timestamp } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import type * as Custom from "../format/custom.ts"

/** A record of a kind that is merged field by field. */
interface Mergeable {
  readonly _tag: Kind
  readonly custom?: Readonly<Record<string, Custom.Fields>>
  readonly createdAt?: string
  readonly deletedAt?: string
  /** Of a user. */
  readonly isDeactivated?: boolean
  readonly deactivatedAt?: string
  /** Of a channel. */
  readonly truncatedAt?: string
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
  /** Whether an older one has a field that the newest lacks. */
  readonly isFilled: boolean
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

/** About how long the record is that was joined. */
export const lengthOf = ({ first }: { readonly first: { readonly record: string } }): number =>
  first.record.length

// internal

type Kind = "user" | "channel" | "member"

/** What a record still says beside a better one, which may say that it is so no longer. */
const stillSo = <A extends Mergeable>(best: A, record: A): A => {
  const { deactivatedAt: _, ...active } = record
  const others = (best.isDeactivated === false ? active : record) as A
  const { deletedAt } = record
  const isAnotherSince =
    deletedAt !== undefined && Timestamp.sortable(deletedAt) < Timestamp.sortable(best.createdAt)
  if (!isAnotherSince) return others
  // It was deleted before the better one was made under its id, and so were its messages.
  return record._tag === "channel" ? ({ truncatedAt: deletedAt } as A) : ({} as A)
}

const fills = (best: Mergeable, record: Mergeable): boolean =>
  Object.keys(record).some((name) => !Object.hasOwn(best, name)) ||
  Object.entries(record.custom ?? {}).some(([provider, fields]) =>
    Object.keys(fields).some((name) => !Object.hasOwn(best.custom?.[provider] ?? {}, name))
  )

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
