// The first bytes of files, and counts of files by extension.
import type { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { readHead } from "./bytes.ts"
import { shown } from "./zipDirectory.ts"
import { gunzipHead } from "./zlib.ts"

/** The bytes of a file that are examined. */
export const HEAD = 64 << 10

/** Inflates the head of a gzip file. `isWhole`: the head is the whole file. */
export const inflated = (
  stored: Uint8Array,
  isWhole: boolean
): { readonly bytes: Uint8Array; readonly isWhole: boolean } | undefined => {
  if (stored[0] !== 0x1f || stored[1] !== 0x8b) return { bytes: stored, isWhole }
  // Gzip inflates to at most about a thousand times its size.
  const cut = stored.subarray(0, GZIP)
  const bytes = gunzipHead(cut)
  return (
    bytes && {
      bytes: bytes.subarray(0, HEAD),
      isWhole: isWhole && cut.length === stored.length && bytes.length <= HEAD
    }
  )
}

/** Reads the head of a loose file; `undefined` if it is damaged gzip. */
export const headOf = (
  path: string
): Effect.Effect<
  { readonly bytes: Uint8Array; readonly isWhole: boolean } | undefined,
  SourceError.SourceErrorReason,
  FileSystem.FileSystem
> => Effect.map(readHead(path, HEAD + 1), (bytes) => inflated(bytes.subarray(0, HEAD), bytes.length <= HEAD))

/** Counts files by their extensions, the most frequent first. */
export const tally = (names: ReadonlyArray<string>): string => {
  const counts = new Map<string, number>()
  for (const name of names) {
    const [, end = NO_END] = /[^/](\.[^./]{1,12}(?:\.gz)?)$/iu.exec(name) ?? []
    counts.set(end, (counts.get(end) ?? 0) + 1)
  }
  const sorted = Array.from(counts).toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  const rest = sorted.slice(MOST_ENDS).reduce((sum, [, n]) => sum + n, 0)
  const words = sorted.slice(0, MOST_ENDS).map(([end, n]) => `${n} ${end === NO_END ? end : shown(end)}`)
  return [...words, ...(rest > 0 ? [`${rest} others`] : [])].join(", ")
}

// internal

const GZIP = 4 << 10
const MOST_ENDS = 6
const NO_END = "without an extension"
