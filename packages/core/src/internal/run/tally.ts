import type { Entity, Kind } from "../../Entity.ts"

/** Counts records by kind. */
export const tally = (records: ReadonlyArray<Entity>, add: (kind: Kind, count: number) => void) => {
  // Most records have the same kind as the previous one.
  let first = 0
  for (let i = 1; i <= records.length; i++) {
    const kind = (records[first] as Entity)._tag
    if (records[i]?._tag === kind) continue
    add(kind, i - first)
    first = i
  }
}
