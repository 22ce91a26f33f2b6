// Estimates how much memory JSON takes once it is parsed: `[[],[],…]` takes thirteen times its size, a text hardly more.
import { CLOSE_OBJECT, COLON, COMMA, endOfString, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from "./scan.ts"

/**
 * Tells whether a value takes more memory than is meant for the largest one:
 * three times `maxBytes`, and 24 MiB where it is less than 8 MiB.
 */
export const isTooHeavy = (bytes: Uint8Array, from: number, to: number, maxBytes: number): boolean => {
  const most = mostWeight(maxBytes)
  return (to - from) * MOST_PER_BYTE > most && weigh(bytes, from, to) > most
}

/** What `isTooHeavy` allows. */
export const mostWeight = (maxBytes: number): number => Math.max(3 * maxBytes, 24 << 20)

// internal

/** `[` and `]` are two bytes, and take as much as an array with one element. */
const MOST_PER_BYTE = 32
const SLOT = 8
const TEXT = 24
const ARRAY = 64
const OBJECT = 32
const EMPTY_OBJECT = 64
const NEW_MEMBER = 88
const NEW_OBJECT = 56
const NUMBER = 16
/** An object of more members has no shape but a table, which takes this for each of them. */
const MOST_OF_SHAPE = 1000
const TABLED = 48

/**
 * About how many bytes a value takes in V8's heap, without what is in its texts.
 * Members are dear where an object has a name that none before it had at this
 * place: V8 keeps one shape for objects with the same names in the same order.
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
      // Each name is read once, whatever stands behind it.
      name = nameEnd
    } else if (byte === OPEN_ARRAY) weight += ARRAY
    else if (byte === OPEN_OBJECT) {
      weight += OBJECT
      shapes.open()
    } else if (byte === CLOSE_OBJECT) {
      if (before === OPEN_OBJECT) weight += EMPTY_OBJECT - OBJECT
      shapes.close()
    } else if (isOfFraction(byte, before)) weight += NUMBER
    // An integer beyond 2^53 comes as text.
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

/** Which names followed on which in objects before, as hashes. */
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

  /** What the next name of an object takes. */
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
