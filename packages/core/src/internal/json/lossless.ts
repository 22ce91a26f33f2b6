// JSON.parse rounds integers beyond 2^53, but providers' ids have 64 bits. Such integers are quoted before the text
// is parsed: a reviver that sees the source of each value would take many times the memory.

import type { Integers } from "./parts.ts"
import { COLON, endOfString, QUOTE } from "./scan.ts"

/** The bytes of JSON in a range, with quotes around integers that JSON.parse would round. A view if there are none. */
export const lossless = (bytes: Buffer, from: number, to: number, integers: Integers): Buffer => {
  const ends = mayRound(bytes, from, to) ? roundedIntegers(bytes, from, to, integers) : []
  if (ends.length === 0) return bytes.subarray(from, to)
  const quoted = Buffer.allocUnsafeSlow(to - from + ends.length)
  let read = from
  let written = 0
  for (const end of ends) {
    written += bytes.copy(quoted, written, read, end)
    quoted[written++] = QUOTE
    read = end
  }
  bytes.copy(quoted, written, read, to)
  return quoted
}

/** Parses JSON; integers beyond 2^53 become strings with all their digits. */
export const parseLossless = (text: string): unknown => {
  if (!LONG.test(text)) return JSON.parse(text)
  // Half a surrogate pair would not survive the conversion to bytes.
  if (!text.isWellFormed()) return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)
  const bytes = Buffer.from(text)
  return JSON.parse(lossless(bytes, 0, bytes.length, "text").toString("utf8"))
}

// internal

/**
 * True if a range of bytes may contain an integer that JSON.parse would round. Such an
 * integer has 16 digits or more, and a run of that length covers an index that is 15
 * modulo 16, so only one byte of sixteen is checked. There are false positives for
 * digits inside a string, but no false negatives.
 */
const mayRound = (bytes: Uint8Array, from: number, to: number): boolean => {
  for (let i = from + RUN - 1; i < to; i += RUN) {
    if (!isDigit(bytes[i] as number)) continue
    let first = i
    while (first > from && isDigit(bytes[first - 1] as number)) first--
    // Most runs are shorter: checking the byte that the run must reach avoids measuring the rest.
    const reach = first + RUN - 1
    if (reach >= to || !isDigit(bytes[reach] as number)) continue
    let last = i
    while (last + 1 < to && isDigit(bytes[last + 1] as number)) last++
    if (last >= reach && isNumber(bytes, from, to, first, last)) return true
    // Each run is measured only once, however long it is.
    while (i + RUN <= last) i += RUN
  }
  return false
}

/** True if a run of digits is in a position where a JSON integer can be; most long runs are parts of ids in strings. */
const isNumber = (bytes: Uint8Array, from: number, to: number, first: number, last: number) => {
  const start = first > from && bytes[first - 1] === MINUS ? first - 1 : first
  return (start === from || isBoundary(bytes[start - 1])) && (last + 1 === to || isBoundary(bytes[last + 1]))
}

/** Whitespace, comma, colon, bracket or brace: the characters that can be next to a number. */
const isBoundary = (byte: number | undefined) =>
  byte === 44 ||
  byte === 58 ||
  byte === 91 ||
  byte === 93 ||
  byte === 125 ||
  (byte !== undefined && byte <= 32)

/** The start and end offsets of integers that would be rounded, alternating. */
const roundedIntegers = (
  bytes: Buffer,
  from: number,
  to: number,
  integers: Integers
): ReadonlyArray<number> => {
  const found: Array<number> = []
  let i = from
  while (i < to) {
    const byte = bytes[i] as number
    if (byte === QUOTE) {
      i = endOfString(bytes, i, to)
      continue
    }
    if (!isDigit(byte)) {
      i++
      continue
    }
    let end = i + 1
    while (end < to && isOfNumber(bytes[end] as number)) end++
    const start = i > from && bytes[i - 1] === MINUS ? i - 1 : i
    if (isRounded(bytes, start, end, integers) && !isKey(bytes, end, to)) found.push(start, end)
    i = end
  }
  return found
}

const isRounded = (bytes: Buffer, start: number, end: number, integers: Integers): boolean => {
  if (end - start < RUN) return false
  const digits = bytes.toString("latin1", start, end)
  if (!INTEGER.test(digits)) return false
  const value = Number(digits)
  return !Number.isSafeInteger(value) && (integers === "text" || String(value) !== digits)
}

/** Quotes must not turn invalid JSON into valid JSON: a number in the position of a name. */
const isKey = (bytes: Buffer, end: number, to: number): boolean => {
  let next = end
  while (next < to && (bytes[next] as number) <= 32) next++
  return next < to && bytes[next] === COLON
}

// The third argument is newer than TypeScript's declaration of JSON.parse.
const keepDigits = (_key: string, value: unknown, context: { readonly source?: string }) =>
  typeof value === "number" && !Number.isSafeInteger(value) && INTEGER.test(context.source ?? "")
    ? context.source
    : value

// One comparison, because it is called for each sixteenth byte of all input.
const isDigit = (byte: number) => (byte - 48) >>> 0 <= 9

/** Digits, signs, the decimal point and the letter of an exponent. */
const isOfNumber = (byte: number) =>
  isDigit(byte) || byte === MINUS || byte === 43 || byte === 46 || byte === 69 || byte === 101

const LONG = /\d{16}/u
const RUN = 16
const MINUS = 45
const INTEGER = /^-?[1-9]\d*$/u
