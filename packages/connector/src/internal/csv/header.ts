// Finds the header of a file.
import { bufferOf } from "../bufferOf.ts"
import type { Dialect } from "./model.ts"
import { parseRow } from "./parseRows.ts"
import { RowScanner } from "./rowScanner.ts"

export interface Header {
  readonly cells: ReadonlyArray<string>
  readonly dialect: Dialect
  /** The offset of the first row. */
  readonly end: number
  /** Line breaks before that offset. */
  readonly lines: number
}

/** A longer first row is not a header. */
const MAX_HEADER = 64 << 10

/** `more`: the first row may be incomplete. */
export const headerOf = (
  bytes: Uint8Array,
  isLast: boolean,
  delimiter: string
): Header | "more" | undefined => {
  const mark = hasByteOrderMark(bytes) ? 3 : 0
  const content = bufferOf(bytes).subarray(mark)
  const scanner = new RowScanner(Buffer.from(delimiter), undefined)
  let row = scanner.next(content, content.length, isLast)
  while (row !== undefined && row.end === row.start) row = scanner.next(content, content.length, isLast)
  if (row === undefined) return isLast || content.length >= MAX_HEADER ? undefined : "more"
  if (row.end - row.start > MAX_HEADER) return undefined
  // A file with only a header may use any line end.
  const dialect = { delimiter: Buffer.from(delimiter), lineEnd: scanner.lineEnd ?? CRLF }
  const cells = parseRow(content, row, dialect)
  if (cells === undefined) return undefined
  const lineBreak = dialect.lineEnd.at(-1)
  const lines = content.subarray(0, scanner.at).reduce((sum, byte) => (byte === lineBreak ? sum + 1 : sum), 0)
  return { cells, dialect, end: mark + scanner.at, lines }
}

/** Finds another delimiter with which the file would start with a matching header. */
export const otherDelimiter = (
  bytes: Uint8Array,
  given: string,
  fits: (cells: ReadonlyArray<string>) => boolean
): string | undefined => {
  const head = bytes.subarray(0, LOOKED_AT)
  const characters = new Set([...",;\t|", ...bufferOf(head).toString("utf8")])
  for (const character of characters) {
    if (character === given || character === '"' || character === "\uFEFF") continue
    const header = headerOf(head, true, character)
    if (header !== undefined && header !== "more" && fits(header.cells)) return character
  }
  return undefined
}

// internal

const CRLF = Buffer.from("\r\n")
const LOOKED_AT = 4 << 10

const hasByteOrderMark = (bytes: Uint8Array) => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
