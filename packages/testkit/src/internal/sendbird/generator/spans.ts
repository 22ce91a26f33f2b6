// The byte ranges of elements in a document's lists, so that one can be changed without touching the others.

export interface Span {
  /** The top-level member whose list contains it. */
  readonly list: string
  readonly index: number
  readonly start: number
  /** The index after the last byte. */
  readonly end: number
}

/** The elements of all lists that are top-level members of a well-formed JSON object. */
export const spans = (bytes: Uint8Array): ReadonlyArray<Span> => {
  const found: Array<Span> = []
  let list = ""
  let depth = 0
  let isInList = false
  let start = -1
  let index = 0
  const close = (end: number) => {
    if (start === -1) return
    found.push({ list, index: index++, start, end: trimmed(bytes, end) })
    start = -1
  }
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte <= SPACE) continue
    if (isInList && depth === 2 && start === -1 && byte !== COMMA && byte !== CLOSE_LIST) start = at
    if (byte === QUOTE) {
      const end = stringEnd(bytes, at)
      if (depth === 1) list = Buffer.from(bytes.subarray(at + 1, end)).toString()
      at = end
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth++
      if (depth === 2 && byte === OPEN_LIST) {
        isInList = true
        index = 0
      }
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      if (isInList && depth === 2) {
        close(at)
        isInList = false
      }
      depth--
    } else if (byte === COMMA && isInList && depth === 2) close(at)
  }
  return found
}

// internal

const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

const stringEnd = (bytes: Uint8Array, from: number): number => {
  let at = from + 1
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

const trimmed = (bytes: Uint8Array, end: number): number => {
  let at = end
  while (at > 0 && (bytes[at - 1] ?? 0) <= SPACE) at--
  return at
}
