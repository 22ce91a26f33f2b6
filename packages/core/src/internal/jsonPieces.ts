// Parses a large value piece by piece: JSON.parse takes many times the size of a text while it reads it, and holds the
// whole of it on the heap.
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfString,
  isSpace,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  Scan
} from "./jsonScan.ts"

/** Parses a range that is small, or that cannot be taken apart. */
export type Parse = (bytes: Buffer, from: number, to: number) => unknown

/** What JSON.parse makes of a range of bytes, or throws. */
export const parsePieces = (bytes: Buffer, from: number, to: number, parse: Parse, level = 0): unknown => {
  let start = from
  while (start < to && isSpace(bytes[start])) start++
  let end = to
  while (end > start && isSpace(bytes[end - 1])) end--
  const open = bytes[start]
  const isObject = open === OPEN_OBJECT
  if (end - start <= LARGE || level > MOST_LEVELS || (!isObject && open !== OPEN_ARRAY)) {
    return parse(bytes, start, end)
  }
  const last = end - 1
  if (bytes[last] !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) throw new SyntaxError("unexpected end")
  return isObject
    ? members(bytes, start + 1, last, parse, level)
    : elements(bytes, start + 1, last, parse, level)
}

// internal

/** A value up to this size is parsed at once. */
const LARGE = 256 << 10
/** About how many bytes are parsed at once of one that is larger. */
const PIECE = 48 << 10
/** Levels of large values inside large ones that are taken apart. */
const MOST_LEVELS = 64

const elements = (bytes: Buffer, from: number, to: number, parse: Parse, level: number) => {
  const all: Array<unknown> = []
  const wrapped = wrap(bytes, OPEN_ARRAY, CLOSE_ARRAY, parse)
  eachPiece(bytes, from, to, (start, end, isLarge) => {
    if (isLarge) {
      all.push(parsePieces(bytes, start, end, parse, level + 1))
      return
    }
    for (const one of wrapped(start, end) as ReadonlyArray<unknown>) all.push(one)
  })
  return all
}

const members = (bytes: Buffer, from: number, to: number, parse: Parse, level: number) => {
  const all: Record<string, unknown> = {}
  const wrapped = wrap(bytes, OPEN_OBJECT, CLOSE_OBJECT, parse)
  eachPiece(bytes, from, to, (start, end, isLarge) => {
    if (!isLarge) {
      const some = wrapped(start, end) as Record<string, unknown>
      for (const name of Object.keys(some)) put(all, name, some[name])
      return
    }
    let quote = start
    while (isSpace(bytes[quote])) quote++
    const nameEnd = bytes[quote] === QUOTE ? endOfString(bytes, quote, end) : end
    let colon = nameEnd
    while (colon < end && isSpace(bytes[colon])) colon++
    if (bytes[colon] !== COLON || colon >= end) throw new SyntaxError("expected a name and a colon")
    const name = parse(bytes, quote, nameEnd) as string
    put(all, name, parsePieces(bytes, colon + 1, end, parse, level + 1))
  })
  return all
}

/** As JSON.parse does: a name of its own, whatever it means to an object. */
const put = (all: Record<string, unknown>, name: string, value: unknown) => {
  if (name === "__proto__") {
    Object.defineProperty(all, name, { value, enumerable: true, configurable: true, writable: true })
  } else all[name] = value
}

/**
 * Takes what stands between brackets apart at commas: many small values at once,
 * or one that is large. Each piece is parsed for itself, so all of them together
 * are JSON; only that there is something between two commas is seen here.
 */
const eachPiece = (
  bytes: Buffer,
  from: number,
  to: number,
  take: (start: number, end: number, isLarge: boolean) => void
) => {
  const scan = new Scan()
  let start = from
  while (start <= to) {
    scan.reset()
    // The bytes end before the bracket, so nothing here closes what stands around.
    const piece = Math.min(to, start + PIECE)
    const { ends } = scan.elements(bytes, start, piece, piece)
    const last = piece < to ? ends.at(-1) : to
    const end = last ?? scan.elements(bytes, start, to, start).ends[0] ?? to
    if (isBlank(bytes, start, end)) {
      if (start === from && end === to) return
      throw new SyntaxError("expected a value")
    }
    if (end < to && bytes[end] !== COMMA) throw new SyntaxError("expected a comma")
    take(start, end, last === undefined)
    start = end + 1
  }
}

const isBlank = (bytes: Buffer, from: number, to: number) => {
  let i = from
  while (i < to && isSpace(bytes[i])) i++
  return i === to
}

/** Parses what stands in a range as if it stood between brackets. */
const wrap = (bytes: Buffer, open: number, close: number, parse: Parse) => {
  let piece = Buffer.allocUnsafeSlow(PIECE + 2)
  return (start: number, end: number): unknown => {
    const length = end - start + 2
    if (length > piece.length) piece = Buffer.allocUnsafeSlow(length)
    piece[0] = open
    bytes.copy(piece, 1, start, end)
    piece[length - 1] = close
    return parse(piece, 0, length)
  }
}
