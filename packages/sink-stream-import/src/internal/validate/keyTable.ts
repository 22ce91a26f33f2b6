import { hashKey, keyHash } from "./keyHash.ts"
import type { Spill } from "./spill.ts"

/** The kinds of keys: keys of different kinds are never equal. */
export const Kind = {
  user: 1,
  channel: 2,
  message: 3,
  member: 4,
  reaction: 5,
  device: 6,
  ban: 7,
  team: 8,
  teamList: 9,
  teamOfList: 10
} as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/**
 * A compact map from keys to numbers: it stores the hashes of the keys. When
 * there are too many keys, they go to disk and their memory is used again. The
 * newest number of a key counts.
 */
export class KeyTable {
  readonly #most: number
  readonly #spill: Spill
  readonly #hash = keyHash()
  /** Positions of entries, counted from 1, by hash. */
  #slots = new Int32Array(1 << 12)
  /** Four words of each entry. The memory of arrays is only taken when something is put into it. */
  readonly #hashes: Int32Array
  readonly #values: Float64Array
  #count = 0

  constructor(limit: number, spill: Spill) {
    this.#most = Math.max(1, Math.floor(limit / ENTRY_BYTES))
    this.#spill = spill
    this.#hashes = new Int32Array(this.#most * 4)
    this.#values = new Float64Array(this.#most)
  }

  /** The number of a key, or `undefined`. */
  get(kind: Kind, key: string): number | undefined {
    hashKey(this.#hash, kind, key)
    const entry = this.#slots[this.#find()] as number
    return entry > 0 ? this.#values[entry - 1] : this.#spill.get(this.#hash)
  }

  set(kind: Kind, key: string, value: number): void {
    hashKey(this.#hash, kind, key)
    const slot = this.#find()
    const entry = this.#slots[slot] as number
    if (entry > 0) this.#values[entry - 1] = value
    else this.#append(slot, value)
  }

  /** Returns the number of a key. If it has none, sets this one and returns `undefined`. */
  getOrSet(kind: Kind, key: string, value: number): number | undefined {
    hashKey(this.#hash, kind, key)
    const slot = this.#find()
    const entry = this.#slots[slot] as number
    if (entry > 0) return this.#values[entry - 1]
    const spilled = this.#spill.get(this.#hash)
    if (spilled === undefined) this.#append(slot, value)
    return spilled
  }

  clear(): void {
    this.#empty()
    this.#spill.clear()
  }

  /** The slot of the key, or the free slot for it. */
  #find(): number {
    const [slots, hashes] = [this.#slots, this.#hashes]
    const mask = slots.length - 1
    const hash = this.#hash
    let slot = (hash[0] as number) & mask
    for (;;) {
      const entry = slots[slot] as number
      if (entry === 0) return slot
      const at = (entry - 1) * 4
      if (
        hashes[at] === hash[0] &&
        hashes[at + 1] === hash[1] &&
        hashes[at + 2] === hash[2] &&
        hashes[at + 3] === hash[3]
      ) {
        return slot
      }
      slot = (slot + 1) & mask
    }
  }

  #append(slot: number, value: number): void {
    if (this.#count === this.#most) {
      this.#flush()
      this.#append((this.#hash[0] as number) & (this.#slots.length - 1), value)
      return
    }
    const entry = this.#count++
    this.#hashes.set(this.#hash, entry * 4)
    this.#values[entry] = value
    this.#slots[slot] = entry + 1
    if (this.#count * 4 > this.#slots.length * 3) this.#rehash()
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let entry = 0; entry < this.#count; entry++) {
      let slot = (this.#hashes[entry * 4] as number) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = entry + 1
    }
    this.#slots.buffer.transfer(0)
    this.#slots = slots
  }

  #flush(): void {
    const [hashes, values] = [this.#hashes, this.#values]
    // Sorted by the primary key, so that the database writes each of its pages once. Numbers are sorted in place and without
    // calls, so each holds the start of a hash and the position of its entry.
    const bits = Math.max(NUMBER_BITS - HASH_BITS, HASH_BITS - Math.clz32(this.#count))
    const [positions, rest] = [2 ** bits, 2 ** (bits + HASH_BITS - NUMBER_BITS)]
    const order = new Float64Array(this.#count)
    for (let i = 0; i < order.length; i++) {
      order[i] = Math.floor(((hashes[i * 4] as number) >>> 0) / rest) * positions + i
    }
    order.sort()
    this.#spill.put(this.#count, (i) => {
      const entry = (order[i] as number) % positions
      return { hash: hashes.subarray(entry * 4, entry * 4 + 4), value: values[entry] as number }
    })
    order.buffer.transfer(0)
    this.#empty()
  }

  #empty(): void {
    this.#slots.fill(0)
    this.#count = 0
  }
}

// internal

/** The hash, the number, and the most slots per entry, right after doubling. */
const ENTRY_BYTES = 16 + 8 + 11

const HASH_BITS = 32
/** The bits of an integer that a number holds. */
const NUMBER_BITS = 53
