// The share of an archive that has been read, by the weights of its entries.
import type { Archive } from "./archive.ts"

type Entries = Archive["entries"]

/** The share of an archive before a point in an entry, 0 to 1. `share` is the part of the entry before that point. */
export const shareBefore = (entries: Entries, index: number, share: number): number => {
  const before = weightsBefore(entries)
  const total = before[entries.length] as number
  return total === 0 ? 1 : ((before[index] as number) + share * (entries[index]?.weight ?? 0)) / total
}

/** The bytes before an entry, of all `bytes` of the archive. */
export const bytesBefore = (entries: Entries, index: number, bytes: number): number =>
  Math.floor(bytes * shareBefore(entries, index, 0))

// internal

/** By the list of entries, which all segments of an archive share. */
const known = new WeakMap<Entries, Float64Array>()

/** The weight of all entries before each entry. The last value is the total. */
const weightsBefore = (entries: Entries): Float64Array => {
  let before = known.get(entries)
  if (before === undefined) {
    before = new Float64Array(entries.length + 1)
    for (const [i, { weight }] of entries.entries()) before[i + 1] = (before[i] as number) + weight
    known.set(entries, before)
  }
  return before
}
