// Estimates the memory of parsed JSON: `[[],[],…]` takes thirteen times its size, a text hardly more than its size.
import { CLOSE_OBJECT, COLON, COMMA, endOfString, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from "./scan.ts"

/**
 * True if a value takes more memory than allowed: three times `maxBytes`, but at least
 * 24 MiB.
 */
export const isTooHeavy = (bytes: Uint8Array, from: number, to: number, maxBytes: number): boolean => {
  const most = mostWeight(maxBytes)
  return (to - from) * MOST_PER_BYTE > most && weigh(bytes, from, to) > most
}

/** The memory that `isTooHeavy` allows, in bytes. */
export const mostWeight = (maxBytes: number): number => Math.max(3 * maxBytes, 24 << 20)

// internal

/** The two bytes `[` and `]` take as much memory as an array with one element. */
const MOST_PER_BYTE = 32
const SLOT = 8
const TEXT = 24
const ARRAY = 64
const OBJECT = 32
const EMPTY_OBJECT = 64
const NEW_MEMBER = 88
const NEW_OBJECT = 56
const NUMBER = 16
/** An object with more members is stored as a table and not with a shape. Each member takes this much. */
const MOST_OF_SHAPE = 1000
const TABLED = 48

/**
 * The approximate size of a value in V8's heap in bytes, without the content of its
 * texts. A member is expensive if no earlier object had its name at this position: V8
 * keeps one shape for objects with the same names in the same order.
 */
const weigh = (bytes: Uint8Array, from: number, to: number): number => {
  const shapes = new Shapes()
  let weight = 0
  let name = from
  let nameEnd = from
  let before = 0
  let digits = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    if (byte === QUOTE) {
      name = i
      nameEnd = endOfString(bytes, i, to)
      i = nameEnd - 1
      weight += TEXT
    } else if (byte === COMMA) weight += SLOT
    else if (byte === COLON) {
      weight += shapes.add(bytes, name, nameEnd) - TEXT
      // Each name is read only once, whatever follows it.
      name = nameEnd
    } else if (byte === OPEN_ARRAY) weight += ARRAY
    else if (byte === OPEN_OBJECT) {
      weight += OBJECT
      shapes.open()
    } else if (byte === CLOSE_OBJECT) {
      if (before === OPEN_OBJECT) weight += EMPTY_OBJECT - OBJECT
      shapes.close()
    } else if (isOfFraction(byte, before)) weight += NUMBER
    // An integer beyond 2^53 becomes text.
    digits = byte >= 48 && byte <= 57 ? digits + 1 : 0
    if (digits === 16) weight += 2 * TEXT
    if (byte > 32) before = byte
  }
  return weight
}

const isOfFraction = (byte: number, before: number) =>
  byte === 46 || ((byte === 69 || byte === 101) && before >= 48 && before <= 57)

const BITS = 22
const MOST_LEVELS = 1024

/** Hashes of the sequences of names in earlier objects. */
class Shapes {
  #level = 0
  readonly #hashes = new Int32Array(MOST_LEVELS)
  readonly #members = new Int32Array(MOST_LEVELS)
  readonly #seen = new Uint8Array(1 << (BITS - 3))

  open(): void {
    this.#level++
    if (this.#level >= MOST_LEVELS) return
    this.#hashes[this.#level] = 0
    this.#members[this.#level] = 0
  }

  close(): void {
    this.#level--
  }

  /** The memory that the next name of an object takes. */
  add(bytes: Uint8Array, from: number, to: number): number {
    if (this.#level < 0 || this.#level >= MOST_LEVELS) return NEW_MEMBER + NEW_OBJECT
    const before = this.#hashes[this.#level] as number
    let hash = before
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    this.#hashes[this.#level] = hash
    const bit = hash >>> (32 - BITS)
    const mask = 1 << (bit & 7)
    const seen = this.#seen[bit >>> 3] as number
    this.#seen[bit >>> 3] = seen | mask
    if ((seen & mask) !== 0) return SLOT + this.#tabled()
    return before === 0 ? NEW_MEMBER + NEW_OBJECT : NEW_MEMBER
  }

  #tabled(): number {
    const members = (this.#members[this.#level] as number) + 1
    this.#members[this.#level] = members
    if (members < MOST_OF_SHAPE) return 0
    return members === MOST_OF_SHAPE ? MOST_OF_SHAPE * TABLED : TABLED
  }
}
