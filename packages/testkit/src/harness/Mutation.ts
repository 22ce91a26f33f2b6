/**
 * Damages bytes of any format at random, from a seed.
 *
 * With the damage of `Corruption`, it is known what a reader should make of it.
 * Here only one thing is known: the reader must end, with the records that are
 * left or with an error that says what is wrong.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { type Random, random } from "../internal/random/random.ts"
import * as HostileJson from "./HostileJson.ts"

/**
 * The ways in which bytes are damaged:
 *
 * - `flip`: some bits are flipped
 * - `delete`, `duplicate`: a piece is missing or repeated
 * - `splice`: a piece is overwritten with another one
 * - `insert`: bytes with a meaning in some format, such as quotation marks and NUL
 * - `swap`: two tokens, such as texts, numbers and brackets, are exchanged
 * - `replace`: a token is replaced by another JSON value, from `HostileJson`
 * - `number`: two, four or eight bytes become a boundary number, as in archive headers
 * - `truncate`: the end is missing
 *
 * @category models
 * @since 0.1.0
 */
export type Way =
  | "flip"
  | "delete"
  | "duplicate"
  | "splice"
  | "insert"
  | "swap"
  | "replace"
  | "number"
  | "truncate"

/**
 * All kinds of damage.
 *
 * @category configuration
 * @since 0.1.0
 */
export const all: ReadonlyArray<Way> = [
  "flip",
  "delete",
  "duplicate",
  "splice",
  "insert",
  "swap",
  "replace",
  "number",
  "truncate"
]

/**
 * Gives a copy of the bytes that is damaged in one to four places, and the kinds of
 * damage. The same bytes and seed give the same damage.
 *
 * @category constructors
 * @since 0.1.0
 */
export const mutate = (
  bytes: Uint8Array,
  seed: number
): { readonly bytes: Uint8Array; readonly ways: ReadonlyArray<Way> } => {
  const r = random(seed, MUTATION)
  const chosen = Array.from({ length: 1 + Math.floor(Math.min(3, r.exponential(0.7))) }, () => r.pick(all))
  let changed: Buffer = Buffer.from(bytes)
  for (const way of chosen) changed = ways[way](changed, r)
  return { bytes: changed, ways: chosen }
}

// internal

const MUTATION = 89

const ways: Readonly<Record<Way, (bytes: Buffer, r: Random) => Buffer>> = {
  flip: (bytes, r) => {
    const count = 1 + r.below(4)
    for (let i = 0; i < count; i++) {
      const at = r.below(bytes.length)
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << r.below(8))
    }
    return bytes
  },
  delete: (bytes, r) => {
    const [from, to] = piece(bytes, r)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  },
  duplicate: (bytes, r) => {
    const [from, to] = piece(bytes, r)
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
  },
  splice: (bytes, r) => {
    const [from, to] = piece(bytes, r)
    const at = r.below(bytes.length + 1)
    const end = Math.min(bytes.length, at + to - from)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, to), bytes.subarray(end)])
  },
  insert: (bytes, r) => {
    const at = r.below(bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(r.pick(INSERTS), "latin1"), bytes.subarray(at)])
  },
  swap: (bytes, r) => {
    const [a, b] = [token(bytes, r), token(bytes, r)].toSorted(([one], [other]) => one - other) as [
      Range,
      Range
    ]
    if (b[0] < a[1]) return bytes
    return Buffer.concat([
      bytes.subarray(0, a[0]),
      bytes.subarray(...b),
      bytes.subarray(a[1], b[0]),
      bytes.subarray(...a),
      bytes.subarray(b[1])
    ])
  },
  replace: (bytes, r) => {
    const [from, to] = token(bytes, r)
    const value = Buffer.from(r.chance(0.5) ? r.pick(HostileJson.shapes).json : r.pick(HostileJson.keys))
    return Buffer.concat([bytes.subarray(0, from), value, bytes.subarray(to)])
  },
  number: (bytes, r) => {
    const value = Buffer.alloc(8)
    value.writeBigUInt64LE(BigInt.asUintN(64, r.pick(EDGES) + BigInt(r.below(3) - 1)))
    const size = r.pick([1, 2, 4, 8])
    if (bytes.length >= size) value.copy(bytes, r.below(bytes.length - size + 1), 0, size)
    return bytes
  },
  truncate: (bytes, r) =>
    bytes.subarray(0, r.chance(0.5) ? r.below(bytes.length + 1) : Math.max(0, bytes.length - 1 - r.below(64)))
}

type Range = readonly [from: number, to: number]

/** Mostly short, but any length up to the whole. */
const piece = (bytes: Buffer, r: Random): Range => {
  const from = r.below(bytes.length + 1)
  const length = r.chance(0.8) ? Math.ceil(r.exponential(12)) : r.below(bytes.length + 1)
  return [from, Math.min(bytes.length, from + length)]
}

/** The token around a byte: a text with its quotation marks, a word or number, or one byte of anything else. */
const token = (bytes: Buffer, r: Random): Range => {
  const at = r.below(bytes.length)
  if (at >= bytes.length) return [0, 0]
  const before = bytes.lastIndexOf(QUOTE, at)
  const after = bytes.indexOf(QUOTE, Math.max(at, before + 1))
  if (before >= 0 && after >= 0 && after - before < LONGEST_TEXT) return [before, after + 1]
  let [from, to] = [at, at + 1]
  if (!isWord(bytes[at])) return [from, to]
  while (from > 0 && at - from < LONGEST_TEXT && isWord(bytes[from - 1])) from--
  while (to < bytes.length && to - at < LONGEST_TEXT && isWord(bytes[to])) to++
  return [from, to]
}

const QUOTE = 34
const LONGEST_TEXT = 200
const isWord = (byte = 0) => /[\w.+-]/u.test(String.fromCharCode(byte))

const EDGES = [
  0n,
  1n << 7n,
  1n << 8n,
  1n << 15n,
  1n << 16n,
  1n << 31n,
  1n << 32n,
  1n << 53n,
  1n << 63n,
  1n << 64n
]

const INSERTS = [
  ...'"\\[]{},:\n\r\t \0',
  '""',
  '\\"',
  "\\u",
  "\\ud800",
  "//",
  "\r\n",
  "\n\n",
  "null",
  "1e400",
  "-",
  "9".repeat(40),
  "\u001b[31m",
  "\u007f",
  "\u009b",
  "\u00ff",
  "\u00c0\u0080",
  "\u00ed\u00a0\u0080",
  "\u00e2\u0080\u00ae",
  "\u00e2\u0080\u00a8",
  "\u00ef\u00bb\u00bf",
  "[".repeat(2000),
  '{"a":'.repeat(2000),
  '"'.repeat(50),
  ",".repeat(500),
  "PK\u0003\u0004",
  "PK\u0001\u0002",
  "\u001f\u008b\u0008"
]
