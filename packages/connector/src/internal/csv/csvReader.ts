// Reads the rows of a CSV file that may be larger than memory, a few dozen kilobytes at a time.
import { Rejected } from "@chatferry/core"
import * as Schema from "effect/Schema"
import type { Cells, Dialect } from "./model.ts"
import { parseRows, TOO_LARGE } from "./parseRows.ts"
import { type Row, RowScanner } from "./rowScanner.ts"

const Count = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))

/** The position of a row at which reading resumes. The header supplies the rest. */
export const Position = Schema.Struct({
  offset: Count,
  /** Rows read so far, without the header. */
  row: Count,
  /** Line breaks before `offset`. */
  lines: Count
})
export type Position = typeof Position.Type

/**
 * A block of rows, or one row that is too large and was skipped. `bytesOf` and `locationOf` read the reader's buffer:
 * call them in order and before the next `push` or `next`.
 */
export interface Rows {
  /** The number of rows before these. */
  readonly first: number
  readonly position: Position
  readonly rows: ReadonlyArray<Cells>
  /** The bytes of a row; empty for a row that is too large. */
  readonly bytesOf: (i: number) => Uint8Array
  /** The range of the row in the file, without its line end. */
  readonly rangeOf: (i: number) => Rejected.Range
  /** Formats line and byte; `inInput` maps an offset to the input. */
  readonly locationOf: (i: number, inInput?: (offset: number) => number) => string
}

/** The last cell of the file has no closing quote. */
export class UnclosedQuote extends Error {
  readonly _tag = "UnclosedQuote"
  readonly where: string

  constructor(where: string) {
    super("a quote is never closed")
    this.where = where
  }
}

export interface Options {
  /** The number of cells in each row. */
  readonly width: number
  readonly dialect: Dialect
  readonly batchBytes: number
  /** A larger row is skipped without holding it, and the next rows are read. */
  readonly maxRowBytes: number
}

/** Push bytes and take rows until there are none. After the last bytes, call `end` and take the rest. */
export class CsvReader {
  readonly #options: Options
  readonly #scanner: RowScanner
  readonly #lineBreak: number
  #buffer: Buffer = Buffer.alloc(0)
  #length = 0
  #offset: number
  #row: number
  #lines: number
  #found: Array<Row> = []
  #taken = 0
  #isEnded = false
  /** A complete row that is too large. The rows before it are returned first. */
  #large: Row | undefined
  /** The start of the row that is being skipped, and its last opened quote. */
  #skipped: { readonly line: number; quote: string } | undefined

  constructor(options: Options, { lines, offset, row }: Position) {
    const { delimiter, lineEnd } = options.dialect
    this.#options = options
    this.#scanner = new RowScanner(delimiter, lineEnd)
    this.#lineBreak = lineEnd.at(-1) as number
    this.#offset = offset
    this.#row = row
    this.#lines = lines
  }

  readonly push = (chunk: Uint8Array): void => {
    this.#drop()
    const length = this.#length + chunk.length
    const size = sizeFor(length, this.#buffer.length)
    if (size !== this.#buffer.length) {
      const other = Buffer.allocUnsafeSlow(size)
      this.#buffer.copy(other, 0, 0, this.#length)
      this.#buffer = other
    }
    this.#buffer.set(chunk, this.#length)
    this.#length = length
  }

  readonly end = (): void => {
    this.#isEnded = true
  }

  readonly next = (): Rows | undefined => {
    const scanner = this.#scanner
    const { batchBytes, maxRowBytes } = this.#options
    this.#drop()
    if (this.#large !== undefined) return this.#tooLarge(this.#large)
    for (;;) {
      const row = scanner.next(this.#buffer, this.#length, this.#isEnded)
      if (row === undefined) break
      if (row.end - row.start > maxRowBytes) {
        if (this.#found.length === 0) return this.#tooLarge(row)
        this.#large = row
        return this.#take(row.start)
      }
      if (row.end > row.start) this.#found.push(row)
      // Blocks end with rows and are counted from the end of the previous block, so they are the same after any resume.
      if (scanner.at >= batchBytes) return this.#take(scanner.at)
    }
    if (scanner.at - scanner.rowStart > maxRowBytes) {
      if (this.#found.length > 0) return this.#take(scanner.rowStart)
      this.#pass()
    }
    if (!this.#isEnded) return undefined
    if (this.#found.length > 0) return this.#take(scanner.rowStart)
    if (scanner.isQuoted) {
      throw new UnclosedQuote(
        scanner.quoteAt < 0 ? (this.#skipped?.quote ?? "") : this.#whereOf(scanner.quoteAt)
      )
    }
    this.#buffer = Buffer.alloc(0)
    this.#length = 0
    return undefined
  }

  /** Drops the scanned bytes of a row that is too large, and keeps counting lines and offsets. */
  #pass(): void {
    const { at, quoteAt, rowStart } = this.#scanner
    this.#skipped ??= { line: this.#lineOf(rowStart), quote: "" }
    if (quoteAt >= 0) this.#skipped.quote = this.#whereOf(quoteAt)
    this.#count(at)
    this.#drop()
  }

  #tooLarge(row: Row): Rows {
    const { at } = this.#scanner
    const line = this.#skipped?.line ?? this.#lineOf(row.start)
    const range = { from: this.#offset + row.start, to: this.#offset + row.end }
    const first = this.#row
    this.#large = undefined
    this.#skipped = undefined
    this.#row++
    this.#count(at)
    return {
      first,
      position: this.#position(),
      rows: [TOO_LARGE],
      bytesOf: () => new Uint8Array(0),
      rangeOf: () => range,
      locationOf: (_, inInput = same) =>
        `line ${line}, ${Rejected.bytesOf({ from: inInput(range.from), to: inInput(range.to) })}`
    }
  }

  /** Marks the first bytes of the buffer as used. */
  #count(bytes: number): void {
    this.#lines = new LineCount(this.#buffer.subarray(0, bytes), this.#lineBreak, this.#lines).upTo(bytes)
    this.#taken = bytes
    this.#offset += bytes
  }

  #position(): Position {
    return { offset: this.#offset, row: this.#row, lines: this.#lines }
  }

  #take(end: number): Rows {
    const { dialect, width } = this.#options
    const rows = this.#found
    const bytes = this.#buffer.subarray(0, end)
    const before = { offset: this.#offset, row: this.#row }
    const lines = new LineCount(bytes, this.#lineBreak, this.#lines)
    this.#found = []
    this.#row += rows.length
    this.#count(end)
    const cells = parseRows(bytes, rows, dialect, width)
    return {
      first: before.row,
      position: this.#position(),
      rows: cells,
      bytesOf: (i) => bytes.subarray(rows[i]?.start, rows[i]?.end),
      rangeOf: (i) => ({
        from: before.offset + (rows[i]?.start ?? 0),
        to: before.offset + (rows[i]?.end ?? 0)
      }),
      locationOf: (i, inInput = same) => {
        const start = rows[i]?.start ?? 0
        return `line ${lines.upTo(start) + 1}, byte ${inInput(before.offset + start)}`
      }
    }
  }

  /** Frees the bytes of rows that were taken. Callers could read them until now. */
  #drop(): void {
    if (this.#taken === 0) return
    this.#buffer.copyWithin(0, this.#taken, this.#length)
    this.#length -= this.#taken
    this.#scanner.shift(this.#taken)
    if (this.#large !== undefined) {
      const { end, start } = this.#large
      this.#large = { ...this.#large, start: start - this.#taken, end: end - this.#taken }
    }
    this.#taken = 0
  }

  #lineOf(at: number): number {
    return new LineCount(this.#buffer, this.#lineBreak, this.#lines).upTo(at) + 1
  }

  #whereOf(at: number): string {
    return `line ${this.#lineOf(at)}, byte ${this.#offset + at}`
  }
}

// internal

const same = (offset: number) => offset

const GROWTH = 4 << 20
const LARGE = 1 << 20

/** Grows in steps, and shrinks again after a large row. */
const sizeFor = (needed: number, size: number): number => {
  if (needed > size) return Math.max(needed, Math.min(2 * size, needed + GROWTH))
  return size > LARGE && needed < size / 8 ? LARGE : size
}

/** Counts line breaks in one forward pass, so that asking for every row costs no more than asking once. */
class LineCount {
  readonly #bytes: Buffer
  readonly #lineBreak: number
  #count: number
  #at = 0

  constructor(bytes: Buffer, lineBreak: number, before: number) {
    this.#bytes = bytes
    this.#lineBreak = lineBreak
    this.#count = before
  }

  upTo(end: number): number {
    for (;;) {
      const found = this.#bytes.indexOf(this.#lineBreak, this.#at)
      if (found < 0 || found >= end) return this.#count
      this.#count++
      this.#at = found + 1
    }
  }
}
