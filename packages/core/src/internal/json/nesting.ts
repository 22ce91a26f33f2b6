// JSON.parse takes some 100 bytes of memory for each level of arrays and objects: 64 MiB of brackets would take gigabytes.
import type { ParseProblem } from "./errors.ts"
import { endOfString, QUOTE } from "./scan.ts"

/**
 * Throws a RangeError for JSON that is nested more than 100,000 levels deep. JSON
 * shorter than 1 MiB is not checked, because its levels cannot take much memory.
 */
export const checkNesting = (bytes: Uint8Array, from: number, to: number): void => {
  if (to - from > LONG && isDeeper(bytes, from, to, LEVELS)) throw new RangeError("nested too deeply")
}

/** Translates an error of parsing. */
export const problemOf = (cause: unknown): ParseProblem => {
  if (cause instanceof SyntaxError) return "not valid JSON"
  return cause instanceof RangeError ? "nested too deeply" : "not valid UTF-8"
}

/** True if the arrays and objects of JSON are nested deeper than `levels`. */
export const isDeeper = (bytes: Uint8Array, from: number, to: number, levels: number): boolean => {
  let depth = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    if (byte === QUOTE) i = endOfString(bytes, i, to) - 1
    // Brackets and braces differ from each other in one bit.
    else if ((byte | 32) === 123) {
      if (++depth > levels) return true
    } else if ((byte | 32) === 125) depth--
  }
  return false
}

// internal

const LONG = 1 << 20
const LEVELS = 100_000
