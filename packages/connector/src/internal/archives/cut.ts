// Cuts the entries of an archive into ranges that are read on their own.
import { Sha256 } from "@chatferry/core/files"
import type { Archive, EntryRange } from "./archive.ts"

type Entries = Archive["entries"]

/**
 * Cuts the entries. Only their sizes decide, so the ranges are the same in every run and
 * on every machine. A range ends with the entry that makes it large enough; there are at
 * most about 1,000.
 */
export const cut = (entries: Entries): ReadonlyArray<EntryRange> => {
  const least = leastOf(entries.reduce((sum, { size }) => sum + size, 0))
  const ranges: Array<EntryRange> = []
  let [from, bytes] = [0, 0]
  for (const [i, { size }] of entries.entries()) {
    bytes += size
    const to = i + 1
    if (bytes < least && to < entries.length) continue
    ranges.push({ from, to })
    from = to
    bytes = 0
  }
  return ranges
}

/** Identifies the names and the content of the entries of a range, as far as their fingerprints do. */
export const fingerprintOf = (entries: Entries, { from, to }: EntryRange): string =>
  Sha256.hex([JSON.stringify(entries.slice(from, to).map(({ fingerprint, name }) => [name, fingerprint]))])

// internal

/** Inflated bytes. Beginning and committing a range takes about as long as reading a tenth of this. */
const LEAST = 2 << 20
const MOST_RANGES = 1000

/** Doubled in steps, so that an entry whose size changes seldom moves the ranges before it. */
const leastOf = (total: number) => {
  let least = LEAST
  while (least < total / MOST_RANGES) least *= 2
  return least
}
