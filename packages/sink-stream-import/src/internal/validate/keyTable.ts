import type { Spill } from "./spill.ts"

/** What a key is of: keys of different kinds never meet. */
export const Kind = { user: 1, channel: 2, message: 3, member: 4, reaction: 5, device: 6, ban: 7 } as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/**
 * Keys with a number each, exact, in little memory: their characters stand one
 * after the other in one block of bytes. When that is full they go to disk, the
 * newest of a key counts, and the block is used again.
 */
export class KeyTable {
  readonly #limit: number
  readonly #spill: Spill
  #slots = new Int32Array(1 << 12)
  #hashes = new Int32Array(1 << 11)
  #starts = new Float64Array((1 << 11) + 1)
  #values = new Float64Array(1 << 11)
  #bytes = new Uint8Array(1 << 16)
  #count = 0

  constructor(limit: number, spill: Spill) {
    this.#limit = limit
    this.#spill = spill
  }

  /** The number of a key, or `undefined`. */
  get(kind: Kind, key: string): number | undefined {
    const hash = hashOf(kind, key)
    const entry = this.#slots[this.#find(hash, kind, key)] as number
    return entry > 0 ? this.#values[entry - 1] : this.#spill.get(hash, kind, key)
  }

  set(kind: Kind, key: string, value: number): void {
    const hash = hashOf(kind, key)
    const slot = this.#find(hash, kind, key)
    const entry = this.#slots[slot] as number
    if (entry > 0) this.#values[entry - 1] = value
    else this.#append(slot, hash, kind, key, value)
  }

  /** The number of a key; where there is none, it gets this one and `undefined` is given. */
  getOrSet(kind: Kind, key: string, value: number): number | undefined {
    const hash = hashOf(kind, key)
    const slot = this.#find(hash, kind, key)
    const entry = this.#slots[slot] as number
    if (entry > 0) return this.#values[entry - 1]
    const spilled = this.#spill.get(hash, kind, key)
    if (spilled === undefined) this.#append(slot, hash, kind, key, value)
    return spilled
  }

  clear(): void {
    this.#empty()
    this.#spill.clear()
  }

  /** The slot where a key is, or where it would go. */
  #find(hash: number, kind: Kind, key: string): number {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (;;) {
      const entry = this.#slots[slot] as number
      if (entry === 0 || (this.#hashes[entry - 1] === hash && this.#isAt(entry - 1, kind, key))) return slot
      slot = (slot + 1) & mask
    }
  }

  #isAt(entry: number, kind: Kind, key: string): boolean {
    const bytes = this.#bytes
    let at = this.#starts[entry] as number
    const length = (this.#starts[entry + 1] as number) - at - 1
    const head = bytes[at++] as number
    if (head === kind) {
      if (length !== key.length) return false
      for (let i = 0; i < length; i++) if (bytes[at + i] !== key.charCodeAt(i)) return false
      return true
    }
    if (head !== (kind | WIDE) || length !== key.length * 2) return false
    for (let i = 0; i < key.length; i++, at += 2) {
      if ((bytes[at] as number) + ((bytes[at + 1] as number) << 8) !== key.charCodeAt(i)) return false
    }
    return true
  }

  #append(slot: number, hash: number, kind: Kind, key: string, value: number): void {
    const start = this.#starts[this.#count] as number
    const isWide = WIDE_CHARACTER.test(key)
    const end = start + 1 + (isWide ? key.length * 2 : key.length)
    if (this.#count > 0 && end + this.#count * ENTRY_BYTES > this.#limit) {
      this.#flush()
      this.#append(hash & (this.#slots.length - 1), hash, kind, key, value)
      return
    }
    if (end > this.#bytes.length)
      this.#bytes = grown(this.#bytes, Math.max(end, next(this.#bytes.length, 8 << 20)))
    const bytes = this.#bytes
    bytes[start] = isWide ? kind | WIDE : kind
    for (let i = 0, at = start + 1; i < key.length; i++) {
      const unit = key.charCodeAt(i)
      bytes[at++] = unit
      if (isWide) bytes[at++] = unit >> 8
    }
    const entry = this.#count++
    if (entry === this.#hashes.length) this.#growEntries()
    this.#hashes[entry] = hash
    this.#values[entry] = value
    this.#starts[entry + 1] = end
    this.#slots[slot] = entry + 1
    if (this.#count * 2 > this.#slots.length) this.#rehash()
  }

  #growEntries(): void {
    const size = next(this.#hashes.length, 1 << 18)
    this.#hashes = grown(this.#hashes, size)
    this.#values = grown(this.#values, size)
    this.#starts = grown(this.#starts, size + 1)
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let entry = 0; entry < this.#count; entry++) {
      let slot = (this.#hashes[entry] as number) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = entry + 1
    }
    this.#slots = slots
  }

  #flush(): void {
    // In the order of the database's key, so that it writes each of its pages once.
    const order = new Int32Array(this.#count).map((_, i) => i)
    const hashes = this.#hashes
    order.sort((a, b) => (hashes[a] as number) - (hashes[b] as number))
    this.#spill.put(this.#count, (i) => {
      const entry = order[i] as number
      const start = this.#starts[entry] as number
      const head = this.#bytes[start] as number
      return {
        hash: hashes[entry] as number,
        kind: head & ~WIDE,
        key: Buffer.from(
          this.#bytes.buffer,
          start + 1,
          (this.#starts[entry + 1] as number) - start - 1
        ).toString((head & WIDE) === 0 ? "latin1" : "utf16le"),
        value: this.#values[entry] as number
      }
    })
    this.#empty()
  }

  #empty(): void {
    this.#slots.fill(0)
    this.#count = 0
  }
}

// internal

const WIDE = 0x80
const WIDE_CHARACTER = /[^\0-\xff]/u
/** Hash, start, number and slots of an entry. */
const ENTRY_BYTES = 36

const hashOf = (kind: number, key: string): number => {
  let hash = Math.imul(kind, 0x9e3779b1)
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

/** The same array, longer. What it was is given back at once, not when the heap is cleaned. */
const grown = <A extends Uint8Array | Int32Array | Float64Array>(array: A, size: number): A => {
  const buffer = (array.buffer as ArrayBuffer).transfer(size * array.BYTES_PER_ELEMENT)
  return new (array.constructor as new (buffer: ArrayBuffer) => A)(buffer)
}

/** Twice as many while there are few, and then some more, so that little is reserved in vain. */
const next = (size: number, most: number): number => size + Math.min(size, most)
