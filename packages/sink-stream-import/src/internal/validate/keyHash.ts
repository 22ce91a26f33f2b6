/**
 * A 128-bit hash of a key, mixed like MurmurHash3 over its kind and UTF-16 units;
 * 104 bits of it are stored on disk. Among a hundred million keys, a collision is
 * less likely than one in 10^15. It does not resist keys that are made to collide:
 * those are reported as duplicates, so that their file is invalid.
 */
export type KeyHash = Int32Array

export const keyHash = (): KeyHash => new Int32Array(4)

/** Writes the hash of a key to `hash`. */
export const hashKey = (hash: KeyHash, kind: number, key: string): void => {
  const { length } = key
  let h1 = kind
  let h2 = kind
  let h3 = kind
  let h4 = kind
  // Two units make a word, and four words a block, padded with zeros.
  for (let i = 0; i < length; i += 8) {
    h1 = rotated(h1 ^ scrambled(wordAt(key, i), C1, 15, C2), 19)
    h1 = (Math.imul((h1 + h2) | 0, 5) + 0x561ccd1b) | 0
    h2 = rotated(h2 ^ scrambled(wordAt(key, i + 2), C2, 16, C3), 17)
    h2 = (Math.imul((h2 + h3) | 0, 5) + 0x0bcaa747) | 0
    h3 = rotated(h3 ^ scrambled(wordAt(key, i + 4), C3, 17, C4), 15)
    h3 = (Math.imul((h3 + h4) | 0, 5) + 0x96cd1c35) | 0
    h4 = rotated(h4 ^ scrambled(wordAt(key, i + 6), C4, 18, C1), 13)
    h4 = (Math.imul((h4 + h1) | 0, 5) + 0x32ac3b17) | 0
  }
  h1 ^= length
  h2 ^= length
  h3 ^= length
  h4 ^= length
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = finished((h2 + h1) | 0)
  h3 = finished((h3 + h1) | 0)
  h4 = finished((h4 + h1) | 0)
  h1 = (finished(h1) + h2 + h3 + h4) | 0
  hash[0] = h1
  hash[1] = (h2 + h1) | 0
  hash[2] = (h3 + h1) | 0
  hash[3] = (h4 + h1) | 0
}

// internal

const C1 = 0x239b961b
const C2 = 0xab0e9789
const C3 = 0x38b34ae5
const C4 = 0xa1e38b93

// Past the end of a text, charCodeAt gives NaN, which is 0 as bits.
const wordAt = (key: string, i: number) => key.charCodeAt(i) | (key.charCodeAt(i + 1) << 16)

const rotated = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits))

const scrambled = (word: number, before: number, bits: number, after: number) =>
  Math.imul(rotated(Math.imul(word, before), bits), after)

const finished = (word: number) => {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
