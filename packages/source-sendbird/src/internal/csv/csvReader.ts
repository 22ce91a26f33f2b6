// Reads the rows of a CSV file that may be larger than memory, some tens of kilobytes at a time.
import * as Schema from "effect/Schema"
import { type Cells, parseRows } from "./parseRows.ts"
import { type Dialect, type Row, RowScanner } from "./rowScanner.ts"
import type { Table } from "./table.ts"

/** Where reading goes on: at a row. The header tells the rest. */
export const Position = Schema.Struct({
  offset: Schema.Finite,
  /** Rows read so far, without the header. */
  row: Schema.Finite,
  /** Line breaks before `offset`. */
  lines: Schema.Finite
})
export type Position = typeof Position.Type

/** Some rows. `bytesOf` and `placeOf` look into the reader's buffer: ask before the next `push` or `next`, and in order. */
export interface Rows {
  readonly _tag: "rows"
  readonly table: Table
  /** How many rows are before these. */
  readonly first: number
  readonly position: Position
  readonly rows: ReadonlyArray<Cells>
  readonly bytesOf: (i: number) => Uint8Array
  /** Line and byte. */
  readonly placeOf: (i: number) => string
}

/** A row, or what is left of the file behind an open quote, is larger than the limit allows. */
export class RowTooLarge extends Error {
  readonly _tag = "RowTooLarge"
  readonly where: string

  constructor(where: string) {
    super("a row is too large")
    this.where = where
  }
}

/** The last cell of the file has no end. */
export class UnclosedQuote extends Error {
  readonly _tag = "UnclosedQuote"
  readonly where: string

  constructor(where: string) {
    super("a quote is never closed")
    this.where = where
  }
}

export interface Options {
  readonly table: Table
  readonly dialect: Dialect
  readonly batchBytes: number
  readonly maxRowBytes: number
}

/** Push bytes and take rows until there are none; after the last bytes call `end` and take the rest. */
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
    if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.max(length, Math.min(2 * this.#buffer.length, length + GROWTH))
      )
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    this.#buffer.set(chunk, this.#length)
    this.#length = length
  }

  readonly end = (): void => {
    this.#isEnded = true
  }

  readonly next = (): Rows | undefined => {
    const scanner = this.#scanner
    this.#drop()
    for (;;) {
      const row = scanner.next(this.#buffer, this.#length, this.#isEnded)
      if (row === undefined) break
      this.#checkSize(row.start, row.end)
      if (row.end > row.start) this.#found.push(row)
      // Blocks end where rows do, counted from where the one before ended: the same after any resume.
      if (scanner.at >= this.#options.batchBytes) return this.#take(scanner.at)
    }
    this.#checkSize(scanner.rowStart, scanner.at)
    if (!this.#isEnded) return undefined
    if (this.#found.length > 0) return this.#take(scanner.rowStart)
    if (scanner.isQuoted) throw new UnclosedQuote(this.#whereOf(scanner.quoteAt))
    this.#buffer = Buffer.alloc(0)
    this.#length = 0
    return undefined
  }

  #checkSize(start: number, end: number): void {
    if (end - start > this.#options.maxRowBytes) throw new RowTooLarge(this.#whereOf(start))
  }

  #take(end: number): Rows {
    const { dialect, table } = this.#options
    const rows = this.#found
    const bytes = this.#buffer.subarray(0, end)
    const before = { offset: this.#offset, row: this.#row }
    const lines = new LineCount(bytes, this.#lineBreak, this.#lines)
    this.#found = []
    this.#taken = end
    this.#offset += end
    this.#row += rows.length
    this.#lines = new LineCount(bytes, this.#lineBreak, this.#lines).upTo(end)
    const cells = parseRows(bytes, rows, dialect, table.width)
    return {
      _tag: "rows",
      table,
      first: before.row,
      position: { offset: this.#offset, row: this.#row, lines: this.#lines },
      rows: cells,
      bytesOf: (i) => bytes.subarray(rows[i]?.start, rows[i]?.end),
      placeOf: (i) => {
        const start = rows[i]?.start ?? 0
        return `line ${lines.upTo(start) + 1}, byte ${before.offset + start}`
      }
    }
  }

  /** Makes room of what was taken: until now it could be looked into. */
  #drop(): void {
    if (this.#taken === 0) return
    this.#buffer.copyWithin(0, this.#taken, this.#length)
    this.#length -= this.#taken
    this.#scanner.shift(this.#taken)
    this.#taken = 0
  }

  #whereOf(at: number): string {
    const lines = new LineCount(this.#buffer, this.#lineBreak, this.#lines)
    return `line ${lines.upTo(at) + 1}, byte ${this.#offset + at}`
  }
}

// internal

const GROWTH = 4 << 20

/** Counts line breaks on the way forward, so that asking for every row costs no more than asking once. */
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
