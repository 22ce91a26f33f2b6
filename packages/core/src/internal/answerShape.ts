// What the JSON of an answer would come to, before anything is made of it: a few bytes can be very many values.

/**
 * `deep`: nested deeper than any document of an API is, and deeper than code that
 * goes through values bears. `large`: it would take more memory than it may.
 */
export type Shape = "fine" | "deep" | "large"

/**
 * Counts brackets, separators and the bytes of texts. What is no JSON is `fine` as
 * well: that is found by reading it.
 */
export const shapeOf = (body: Uint8Array, mostBytes: number): Shape => {
  if (body.length <= SMALL && !hasMany(body, OPEN_ARRAY) && !hasMany(body, OPEN_OBJECT)) return "fine"
  const mostValues = Math.floor(mostBytes / BYTES_OF_VALUE)
  let depth = 0
  let values = 0
  let text = 0
  let opened = -1
  let all = 0
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] as number
    all |= byte
    if (opened >= 0) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) {
        text += i - opened
        opened = -1
      }
    } else if (byte === QUOTE) opened = i
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      values++
      if (++depth > MOST_LEVELS) return "deep"
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--
    else if (byte === COMMA || byte === COLON) values++
    if (values > mostValues) return "large"
  }
  // A text has two bytes for each unit when one of them does not fit into one.
  const width = all < 0x80 ? 1 : 2
  const memory = body.length * (1 + width) + text * width + values * BYTES_OF_VALUE
  return memory > mostBytes ? "large" : "fine"
}

// internal

const MOST_LEVELS = 1000

/** What a value takes, be it the smallest. */
const BYTES_OF_VALUE = 64

/** Most answers are: their values fit anywhere, and brackets that are few are found faster than looked at. */
const SMALL = 256 << 10

const hasMany = (body: Uint8Array, bracket: number): boolean => {
  let at = -1
  for (let found = 0; found <= MOST_LEVELS / 2; found++) {
    at = body.indexOf(bracket, at + 1)
    if (at < 0) return false
  }
  return true
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
