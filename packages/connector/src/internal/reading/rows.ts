// CSV files with a header and a record in each row.
import { Rejected, SourceError } from "@chatferry/core"
import { type BatchBuilder, RejectedLine } from "@chatferry/core/run"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { CsvReader, Position, type Rows, UnclosedQuote } from "../csv/csvReader.ts"
import { type Header, headerOf } from "../csv/header.ts"
import { type Cells, isBroken, type Problem } from "../csv/model.ts"
import { titlesOf } from "../csv/titles.ts"
import type { Again, Base, File, Format } from "./model.ts"
import { partBytes } from "./partBytes.ts"
import { cellsIn, correctRow, decodeContext, type RowContext, type RowTable } from "./rowOf.ts"

type Original = Rejected.Rejected["original"]

/** The meaning of the rows below a header. */
export interface Table<in C> extends RowTable {
  /** The kind of rejected rows that cannot be read. */
  readonly kind: Rejected.Rejected["kind"]
  readonly map: (cells: ReadonlyArray<string>, context: C) => void
  /** The original of a rejected row. By default it contains the cells by the columns' names. */
  readonly originalOf?: (cells: ReadonlyArray<string>, context: C) => Original
  /** The table has a column of secrets, so the content of a broken row is not kept. */
  readonly hasSecrets?: boolean
}

export interface CsvOptions<in C> {
  /**
   * The character between cells.
   *
   * @default a comma
   */
  readonly delimiter?: string | undefined
  /** Finds the table of a file by its columns and its name; `undefined` if the file does not belong to the export. */
  readonly tableOf: (header: ReadonlyArray<string>, file: string) => Table<C> | undefined
}

export const csv = <C extends Base>({ delimiter = ",", tableOf }: CsvOptions<C>): Format<C> => ({
  open: (file, context, limits, at) => {
    const header = headerIn(file, delimiter)
    const table = header === undefined ? undefined : tableOf(header.cells, file.name)
    const start = at === undefined ? Option.none() : decode(at)
    if (header === undefined || table === undefined || (at !== undefined && Option.isNone(start)))
      return undefined
    const { cells: columns, dialect, end, lines } = header
    let position = Option.getOrUndefined(start)
    if (position !== undefined && position.offset < end) return undefined
    const reader = new CsvReader(
      { width: columns.length, dialect, batchBytes: partBytes(limits), maxRowBytes: limits.maxElementBytes },
      position ?? { offset: end, row: 0, lines }
    )
    let toSkip = position === undefined ? end : 0
    const rowContext = contextOf(header, file.name)
    return {
      push: (chunk) => {
        const skipped = Math.min(toSkip, chunk.length)
        toSkip -= skipped
        reader.push(skipped === 0 ? chunk : chunk.subarray(skipped))
      },
      end: reader.end,
      at: () => (position === undefined ? undefined : { ...position }),
      next: () => {
        const part = reader.next()
        if (part === undefined) return false
        const original = (cells: Cells) => originalOf(cells, columns, table, context)
        const origin = new RowOrigin(part, file, rowContext, original)
        eachRow(part, origin, table, context, limits.maxElementBytes)
        position = part.position
        return true
      }
    }
  },
  reasonOf: (cause, location) =>
    cause instanceof UnclosedQuote
      ? SourceError.damagedFile(`${location} (${cause.where})`, "the quote that starts here is never closed")
      : undefined,
  again: (line, context, { maxElementBytes }) => {
    const of = decodeContext(line.context)
    return Option.isNone(of) ? undefined : rowAgain(line, of.value, tableOf, context, maxElementBytes)
  },
  correct: (bytes, corrections) => correctRow(bytes, corrections, tableOf)
})

export interface RowsOptions {
  /**
   * The character between cells.
   *
   * @default a comma
   */
  readonly delimiter?: string
  /**
   * The kind of rejected rows that cannot be read.
   *
   * @default unknown
   */
  readonly kind?: Rejected.Rejected["kind"]
}

/** The cells of a row by the names of the columns; `undefined` for an empty cell. */
export type NamedCells = Readonly<Record<string, string | undefined>>

export const rows = <C extends Base>(
  map: (row: NamedCells, context: C) => void,
  { delimiter, kind = "unknown" }: RowsOptions = {}
): Format<C> =>
  csv({
    delimiter,
    tableOf: (header) => {
      const titles = titlesOf(header)
      return { kind, map: (cells, context) => map(named(titles, cells), context) }
    }
  })

/** The column names in the header of a file; `more` if more bytes are needed. */
export const columnsOf = (
  { head, isWhole }: Pick<File, "head" | "isWhole">,
  delimiter: string
): ReadonlyArray<string> | "more" | undefined => {
  const header = headerOf(head, isWhole, delimiter)
  return header === "more" ? header : header?.cells
}

// internal

const same = (offset: number) => offset

const decode = Schema.decodeUnknownOption(Position)

const named = (titles: ReadonlyArray<string>, cells: ReadonlyArray<string>): NamedCells =>
  Object.fromEntries(titles.map((title, i) => [title, cells[i] === "" ? undefined : cells[i]]))

const headerIn = ({ head }: File, delimiter: string): Header | undefined => {
  const header = headerOf(head, true, delimiter)
  return header === "more" ? undefined : header
}

const contextOf = ({ cells, dialect }: Header, file: string): RowContext => ({
  columns: cells,
  delimiter: Buffer.from(dialect.delimiter).toString("utf8"),
  lineEnd: Buffer.from(dialect.lineEnd).toString("utf8"),
  file
})

class RowOrigin implements BatchBuilder.Origin {
  readonly #part: Rows
  readonly #file: File
  readonly #context: RowContext
  readonly #originalOf: (cells: Cells) => Original | undefined
  i = 0

  constructor(
    part: Rows,
    file: File,
    context: RowContext,
    originalOf: (cells: Cells) => Original | undefined
  ) {
    this.#part = part
    this.#file = file
    this.#context = context
    this.#originalOf = originalOf
  }

  location(within: string): string {
    const { first, locationOf } = this.#part
    const { inInput, location } = this.#file
    return `${location}:row ${first + this.i + 1}${within} (${locationOf(this.i, inInput)})`
  }

  range(within: string): BatchBuilder.OriginRange {
    const { inInput = same } = this.#file
    const { from, to } = this.#part.rangeOf(this.i)
    // A part of a row has a different context.
    return { from: inInput(from), to: inInput(to), ...(within !== "" && { format: this.#context }) }
  }

  text(): undefined {
    return undefined
  }

  context(): RowContext {
    return this.#context
  }

  original(): Original | undefined {
    return this.#originalOf(this.#part.rows[this.i] ?? [])
  }
}

const originalOf = <C>(
  cells: Cells,
  columns: ReadonlyArray<string>,
  table: Table<C>,
  context: C
): Original | undefined => {
  if (isBroken(cells)) return undefined
  if (table.originalOf !== undefined) return table.originalOf(cells, context)
  return Object.fromEntries(titlesOf(columns).map((title, i) => [title, cells[i] ?? ""]))
}

/** Rows of a file or of a line of rejects. */
type Mappable = Pick<Rows, "bytesOf" | "rangeOf" | "rows">

const eachRow = <C extends Base>(
  part: Mappable,
  origin: BatchBuilder.Origin & { i: number },
  table: Table<C>,
  context: C,
  maxElementBytes: number
): void => {
  context.out.origin = origin
  for (const [i, cells] of part.rows.entries()) {
    origin.i = i
    if (isBroken(cells)) rejectBroken(part, i, cells, table, context, maxElementBytes)
    else table.map(cells, context)
  }
}

const rejectBroken = <C extends Base>(
  part: Mappable,
  i: number,
  { code, problem }: Problem,
  { hasSecrets = false, kind }: Table<C>,
  { out }: C,
  maxElementBytes: number
) => {
  const range = out.origin.range?.("") ?? part.rangeOf(i)
  if (code === Rejected.TOO_LARGE.code) return out.rejectTooLarge(kind, range, maxElementBytes)
  if (!hasSecrets) return out.rejectBytes(kind, code, problem, part.bytesOf(i))
  const left = `${problem}; its content is left out, because any of its cells may contain secrets`
  out.rejectRange(kind, code, left, range)
}

/** Maps a rejected row again, with the file's context from its line. */
const rowAgain = <C extends Base>(
  line: RejectedLine.RejectedLine,
  of: RowContext,
  tableOf: CsvOptions<C>["tableOf"],
  context: C,
  maxElementBytes: number
): Again => {
  const { columns, file } = of
  const table = tableOf(columns, file)
  if (table === undefined) {
    return {
      problem:
        "the columns in its context do not belong to a table that this source reads; take the line from rejects.ndjson as it was written"
    }
  }
  const bytes = RejectedLine.bytesOf(line.original)
  const cells = cellsIn(line.original, of, table)
  if (cells === undefined) {
    return { problem: "its original is neither the text of the row nor its cells by column; correct it" }
  }
  const row = bytes ?? Buffer.alloc(0)
  const origin = {
    ...RejectedLine.originOf(line, { value: undefined, problem: undefined, bytes: row }),
    original: () => originalOf(cells, columns, table, context),
    i: 0
  }
  const part = { rows: [cells], bytesOf: () => row, rangeOf: () => ({ from: 0, to: row.length }) }
  eachRow(part, origin, table, context, maxElementBytes)
  return "mapped"
}
