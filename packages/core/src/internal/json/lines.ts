import type { ParseProblem } from "./errors.ts"
import { lossless } from "./lossless.ts"
import { checkNesting, problemOf } from "./nesting.ts"
import type { Integers } from "./parts.ts"

export const LINE_FEED = 10

/**
 * Parses lines at once, or returns `undefined` if they must be read one by one.
 *
 * The lines become elements of one array with a marker between them. Commas alone would
 * not suffice: `[1` and `2]` would join to one value, `3,4` would be two, and the count
 * would be right. The marker does not occur in the lines. So if every marker is at its
 * expected index at the top level of the array, with one value between it and the next,
 * each line is one value.
 */
export const parseLines = (lines: Buffer, integers: Integers): ReadonlyArray<unknown> | undefined => {
  if (lines.includes(DELETE) || lines.includes(ESCAPED_DELETE)) return undefined
  try {
    const text = decoder.decode(lossless(lines, 0, lines.length, integers))
    const joined = `[${text.replace(LINE_FEEDS, SEPARATOR)}]`
    const markers = (joined.length - 2 - text.length) / (SEPARATOR.length - 1)
    return unmark(JSON.parse(joined) as ReadonlyArray<unknown>, markers)
  } catch {
    return undefined
  }
}

/** Parses one line, or returns its problem. */
export const parseLine = (
  line: Buffer,
  integers: Integers
): { readonly value: unknown; readonly problem: ParseProblem | undefined } => {
  try {
    checkNesting(line, 0, line.length)
    const value: unknown = JSON.parse(decoder.decode(lossless(line, 0, line.length, integers)))
    return { value, problem: undefined }
  } catch (cause) {
    return { value: undefined, problem: problemOf(cause) }
  }
}

/** The end of each line; the last line ends at the end of the bytes. */
export const lineEnds = (lines: Buffer): ReadonlyArray<number> => {
  const ends: Array<number> = []
  for (let at = lines.indexOf(LINE_FEED); at >= 0; at = lines.indexOf(LINE_FEED, at + 1)) ends.push(at)
  ends.push(lines.length)
  return ends
}

export const isBlank = (bytes: Uint8Array, from: number, to: number): boolean => {
  for (let i = from; i < to; i++) {
    const byte = bytes[i]
    if (byte !== 32 && byte !== 9 && byte !== 13) return false
  }
  return true
}

// U+007F is allowed in JSON strings, but very rare; JSON.stringify does not escape it.
const MARKER = "\u007f"
const SEPARATOR = `,"${MARKER}",`
const DELETE = 0x7f
const ESCAPED_DELETE = Buffer.from("\\u007")
const LINE_FEEDS = /\n/gu
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const unmark = (marked: ReadonlyArray<unknown>, markers: number): ReadonlyArray<unknown> | undefined => {
  if (marked.length !== 2 * markers + 1) return undefined
  const values: Array<unknown> = [marked[0]]
  for (let i = 1; i < marked.length; i += 2) {
    if (marked[i] !== MARKER) return undefined
    values.push(marked[i + 1])
  }
  return values
}
