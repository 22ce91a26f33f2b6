// Verifies that JSON is complete, by its brackets and quotes alone.

export interface JsonEnd {
  readonly push: (bytes: Uint8Array) => void
  /** Returns the problem at the end of the file, if any. */
  readonly problem: () => string | undefined
}

/** With `isLines`, only the last line has to be complete. The reader rejects other damaged lines. */
export const make = (isLines: boolean): JsonEnd => {
  let depth = 0
  let isBegun = false
  let isJson = true
  let isText = false
  let isEscaped = false
  return {
    push: (bytes) => {
      for (const byte of bytes) {
        if (isLines && byte === LINE_FEED) {
          depth = 0
          isText = false
          isEscaped = false
        } else if (isText) {
          if (isEscaped) isEscaped = false
          else if (byte === BACKSLASH) isEscaped = true
          else if (byte === QUOTE) isText = false
        } else if (byte === QUOTE) isText = true
        else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
          depth++
          isBegun = true
        } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--
        // An export consists of objects and arrays. A byte order mark may precede them.
        if (!isBegun && byte > SPACE && byte < BYTE_ORDER_MARK) isJson = false
      }
    },
    problem: () => {
      if (!isBegun || !isJson) return "the file is not JSON"
      return isText || depth > 0 ? "the JSON ends too early" : undefined
    }
  }
}

// internal

const LINE_FEED = 0x0a
const SPACE = 0x20
const QUOTE = 0x22
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const BYTE_ORDER_MARK = 0xbb
