// What the JSON of an answer would come to, before anything is made of it: a few bytes can be very many values.

/**
 * `deep`: nested deeper than any document of an API is, and deeper than code that
 * goes through values bears. `many`: more values than are to be in memory.
 */
export type Shape = "fine" | "deep" | "many"

/** Counts brackets and separators outside strings. What is no JSON is `fine` as well: that is found by reading it. */
export const shapeOf = (body: Uint8Array, mostValues: number): Shape => {
  let depth = 0
  let values = 0
  let isText = false
  for (let i = 0; i < body.length; i++) {
    const byte = body[i]
    if (isText) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) isText = false
    } else if (byte === QUOTE) isText = true
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      values++
      if (++depth > MOST_LEVELS) return "deep"
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--
    else if (byte === COMMA || byte === COLON) values++
    if (values > mostValues) return "many"
  }
  return "fine"
}

// internal

const MOST_LEVELS = 1000

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
