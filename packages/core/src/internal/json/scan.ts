// Finds the ends of JSON values in bytes that arrive in pieces. Nothing is validated here: JSON.parse does that.

export const QUOTE = 34
export const COMMA = 44
export const COLON = 58
const BACKSLASH = 92
export const OPEN_ARRAY = 91
export const CLOSE_ARRAY = 93
export const OPEN_OBJECT = 123
export const CLOSE_OBJECT = 125

export const isSpace = (byte: number | undefined): boolean =>
  byte === 32 || byte === 10 || byte === 13 || byte === 9

/** Ends of the elements of an array, one past the last byte; `closed` is set once the array's `]` is reached. */
export interface Elements {
  readonly ends: Array<number>
  closed: boolean
}

const isBlank = (bytes: Uint8Array, from: number, to: number) => {
  let i = from
  while (i < to && isSpace(bytes[i])) i++
  return i === to
}

const OUTSIDE = 0
const STRING = 1
const ESCAPE = 2

/** State of a scan that stops at the end of the bytes and resumes when there are more. */
export class Scan {
  #depth = 0
  #state = OUTSIDE
  /** First byte of a value that is being scanned; 0 before that. */
  #first = 0
  /** The number of bytes after the start that have been scanned. */
  scanned = 0

  reset(): void {
    this.#depth = 0
    this.#state = OUTSIDE
    this.#first = 0
    this.scanned = 0
  }

  /** The scanned bytes were removed: the next bytes are at the old start. */
  shift(): void {
    this.scanned = 0
  }

  /** Neither in a string nor in an array or object: the next byte does not belong to an open value. */
  get isBetween(): boolean {
    return this.#state === OUTSIDE && this.#depth === 0
  }

  /**
   * Scans array elements from `start`, an element's first byte. Stops at the
   * end of the array, or at the first element end past `enough`.
   */
  elements(bytes: Uint8Array, start: number, to: number, enough: number): Elements {
    const found: Elements = { ends: [], closed: false }
    let i = start + this.scanned
    while (i < to) {
      if (this.#state !== OUTSIDE) {
        i = this.#string(bytes, i, to)
        continue
      }
      const byte = bytes[i] as number
      if (byte === QUOTE) this.#state = STRING
      else if (byte === COMMA) {
        if (this.#depth === 0) {
          found.ends.push(i)
          if (i >= enough) break
        }
      } else if (byte > 90) this.#bracket(byte)
      if (this.#depth < 0) {
        // Only whitespace after a comma is not an element; the reader will find the comma and fail.
        if (found.ends.length === 0 || !isBlank(bytes, (found.ends.at(-1) as number) + 1, i))
          found.ends.push(i)
        found.closed = true
        break
      }
      i++
    }
    this.scanned = i - start
    return found
  }

  /** Scans one value from `start`, its first byte, and returns its end, or -1 if it does not end before `to`. */
  value(bytes: Uint8Array, start: number, to: number, isLast: boolean): number {
    if (this.#first === 0) this.#first = bytes[start] as number
    const isContainer = this.#first === OPEN_OBJECT || this.#first === OPEN_ARRAY
    let i = start + this.scanned
    while (i < to) {
      if (this.#state !== OUTSIDE) {
        i = this.#string(bytes, i, to)
        if (!isContainer && this.#state === OUTSIDE) return i
        continue
      }
      const byte = bytes[i] as number
      if (isContainer || byte === QUOTE) {
        if (byte === QUOTE) this.#state = STRING
        else if (byte > 90) this.#bracket(byte)
        i++
        if (isContainer && this.#depth === 0 && this.#state === OUTSIDE) return i
      } else {
        if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isSpace(byte)) return i
        i++
      }
    }
    this.scanned = i - start
    return isLast && !isContainer && this.#state === OUTSIDE ? i : -1
  }

  #bracket(byte: number) {
    const kind = byte | 32
    if (kind === OPEN_OBJECT) this.#depth++
    else if (kind === CLOSE_OBJECT) this.#depth--
  }

  /** Continues inside a string; sets the state, and returns the index after the consumed bytes. */
  #string(bytes: Uint8Array, from: number, to: number): number {
    let i = from
    if (this.#state === ESCAPE) {
      i++
      this.#state = STRING
    }
    while (i < to) {
      const byte = bytes[i++]
      if (byte === QUOTE) {
        this.#state = OUTSIDE
        return i
      }
      if (byte === BACKSLASH) {
        if (i >= to) {
          this.#state = ESCAPE
          return i
        }
        i++
      }
    }
    return i
  }
}

/**
 * Learns the bytes between two elements that are objects, from the closing brace of the
 * first to the end of the second's first key. An element probably ends wherever these
 * bytes occur again.
 */
export const learnSeparator = (
  bytes: Uint8Array,
  firstEnd: number,
  secondEnd: number
): Uint8Array | undefined => {
  let close = firstEnd - 1
  while (isSpace(bytes[close])) close--
  if (bytes[close] !== CLOSE_OBJECT) return undefined
  let i = firstEnd + 1
  while (i < secondEnd && isSpace(bytes[i])) i++
  if (bytes[i] !== OPEN_OBJECT) return undefined
  i++
  while (i < secondEnd && isSpace(bytes[i])) i++
  if (bytes[i] !== QUOTE) return undefined
  i++
  while (i < secondEnd && bytes[i] !== QUOTE) i++
  // A copy: `slice` of a Buffer would be a view of bytes that are overwritten later.
  return i < secondEnd ? new Uint8Array(bytes.subarray(close, i + 1)) : undefined
}

/** One past the last byte that is not whitespace. */
export const contentEnd = (bytes: Uint8Array, from: number, to: number): number => {
  let end = to
  while (end > from && isSpace(bytes[end - 1])) end--
  return end
}

/** One past the quote that ends the string that begins at `start`, or the end of the bytes. */
export const endOfString = (bytes: Uint8Array, start: number, to: number): number => {
  let i = start + 1
  while (i < to) {
    const quote = bytes.indexOf(QUOTE, i)
    if (quote < 0 || quote >= to) return to
    let slashes = quote
    while (slashes > i && bytes[slashes - 1] === BACKSLASH) slashes--
    i = quote + 1
    if ((quote - slashes) % 2 === 0) return i
  }
  return to
}
