// JSON.parse rounds integers beyond 2^53, and providers' ids are 64 bits wide.

/**
 * Tells whether a range of bytes may hold an integer that JSON.parse would
 * round. Such an integer has 16 digits or more, and a run that long covers an
 * index that is 15 modulo 16, so one byte of sixteen is looked at. May say yes
 * for digits inside a string; never says no wrongly.
 */
export const mayRound = (bytes: Uint8Array, from: number, to: number): boolean => {
  for (let i = from + RUN - 1; i < to; i += RUN) {
    if (!isDigit(bytes[i] as number)) continue
    // A run as long as that reaches at least half its length to one side.
    if (!isDigit(bytes[i - HALF] as number) && !(i + HALF < to && isDigit(bytes[i + HALF] as number)))
      continue
    let first = i
    while (first > from && isDigit(bytes[first - 1] as number)) first--
    let last = i
    while (last + 1 < to && isDigit(bytes[last + 1] as number)) last++
    if (last - first + 1 >= RUN && isNumber(bytes, from, to, first, last)) return true
  }
  return false
}

/** Whether a run of digits stands where a JSON integer can; most long runs are parts of ids in strings. */
const isNumber = (bytes: Uint8Array, from: number, to: number, first: number, last: number) => {
  const start = first > from && bytes[first - 1] === MINUS ? first - 1 : first
  return (start === from || isBoundary(bytes[start - 1])) && (last + 1 === to || isBoundary(bytes[last + 1]))
}

/** White space, comma, colon, bracket or brace: what can stand beside a number. */
const isBoundary = (byte: number | undefined) =>
  byte === 44 ||
  byte === 58 ||
  byte === 91 ||
  byte === 93 ||
  byte === 125 ||
  (byte !== undefined && byte <= 32)

/** Parses JSON; integers beyond 2^53 come as strings with all their digits. */
export const parseLossless = (text: string): unknown =>
  JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)

/** Parses JSON; an integer comes as a string with all its digits unless the number is written with the same ones. */
export const parseExact = (text: string): unknown =>
  JSON.parse(text, keepInexact as (key: string, value: unknown) => unknown)

const RUN = 16
const HALF = 8
const MINUS = 45
const INTEGER = /^-?\d+$/u

const isDigit = (byte: number) => byte >= 48 && byte <= 57

// The third argument is newer than TypeScript's declaration of JSON.parse.
const keepDigits = (_key: string, value: unknown, context: { readonly source?: string }) =>
  typeof value === "number" && !Number.isSafeInteger(value) && INTEGER.test(context.source ?? "")
    ? context.source
    : value

const keepInexact = (_key: string, value: unknown, context: { readonly source?: string }) =>
  typeof value === "number" &&
  !Number.isSafeInteger(value) &&
  INTEGER.test(context.source ?? "") &&
  String(value) !== context.source
    ? context.source
    : value
