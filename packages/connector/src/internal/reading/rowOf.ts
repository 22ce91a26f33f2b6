// Single rows of CSV, as text and as lines of rejects contain them.
import { type Rejected } from "@chatferry/core"
import { Corrections, RejectedLine } from "@chatferry/core/run"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { bufferOf } from "../bufferOf.ts"
import { type Cells, type Dialect, isBroken } from "../csv/model.ts"
import { parseRows } from "../csv/parseRows.ts"
import { type Row, RowScanner } from "../csv/rowScanner.ts"
import { titlesOf } from "../csv/titles.ts"
import { declaredOfRows as declared } from "./rejects.ts"

/** Everything outside a row that its meaning depends on. */
const RowContext = Schema.Struct({
  columns: Schema.Array(Schema.String),
  delimiter: Schema.String,
  lineEnd: Schema.String,
  file: Schema.String
})
export type RowContext = typeof RowContext.Type
export const decodeContext = Schema.decodeUnknownOption(RowContext, { onExcessProperty: "error" })

/** The functions of a table that reading single rows needs. */
export interface RowTable {
  /** The cells of the original of a reject; `undefined` if it is not a row. By default they are found by the columns' names. */
  readonly cellsOf?: ((original: object) => ReadonlyArray<string> | undefined) | undefined
  /** The column whose cells contain a field as JSON. By default it is the column with that name. */
  readonly columnOf?: ((field: string) => number | undefined) | undefined
}

/** The cells of the original of a reject, which is a value or a text; `undefined` if it is not a row. */
export const cellsIn = (
  original: Rejected.Rejected["original"],
  context: RowContext,
  table: RowTable
): Cells | undefined => {
  const bytes = RejectedLine.bytesOf(original)
  return bytes === undefined
    ? fromValue(original, context.columns, table)
    : fromText(bytes, dialectOf(context), context.columns.length)
}

/** Applies corrections to a row; `undefined` if the corrections are not of rows. */
export const correctRow = (
  bytes: Uint8Array,
  corrections: ReadonlyArray<Corrections.Correction>,
  tableOf: (header: ReadonlyArray<string>, file: string) => RowTable | undefined
): Corrections.Replaced | undefined => {
  let row: Uint8Array = bytes
  for (const one of corrections) {
    const context = contextOf(one)
    const table = context && tableOf(context.columns, context.file)
    if (context === undefined || table === undefined) return undefined
    const found =
      one.address.within === undefined
        ? wholeRow(row, one, context, table)
        : partOfRow(row, one, one.address.within, context, table)
    if (found === undefined) return "remains"
    row = found
  }
  return row
}

// internal

const dialectOf = ({ delimiter, lineEnd }: RowContext): Dialect => ({
  delimiter: Buffer.from(delimiter),
  lineEnd: Buffer.from(lineEnd)
})

const contextOf = ({ address, line }: Corrections.Correction): RowContext | undefined =>
  Option.getOrUndefined(decodeContext(address.format ?? line.context))

/** Cells that the line does not show, such as secrets, stay as they are. */
const wholeRow = (
  bytes: Uint8Array,
  { corrected, line }: Corrections.Correction,
  context: RowContext,
  table: RowTable
): Uint8Array | undefined => {
  const after = cellsIn(corrected, context, table)
  if (after === undefined || isBroken(after)) return undefined
  const text = RejectedLine.bytesOf(corrected)
  if (text !== undefined) return text
  const cells = fromText(bytes, dialectOf(context), context.columns.length)
  const before = isBroken(cells) ? undefined : cellsIn(line.original, context, table)
  if (isBroken(cells) || before === undefined || isBroken(before)) return textOf(after, context)
  return textOf(
    after.map((cell, i) => (cell === before[i] ? (cells[i] ?? "") : cell)),
    context
  )
}

/** Corrects a value in a cell that contains JSON. */
const partOfRow = (
  bytes: Uint8Array,
  one: Corrections.Correction,
  within: string,
  context: RowContext,
  { columnOf }: RowTable
): Uint8Array | undefined => {
  const cells = fromText(bytes, dialectOf(context), context.columns.length)
  const [, field = "", rest = ""] = /^\.([^.[\]]+)(.*)$/u.exec(within) ?? []
  const column = columnOf === undefined ? titlesOf(context.columns).indexOf(field) : columnOf(field)
  const cell = column === undefined || isBroken(cells) ? undefined : cells[column]
  if (cell === undefined) return undefined
  const { within: _, ...address } = one.address
  const inCell = { ...one, address: rest === "" ? address : { ...address, within: rest } }
  const found = Corrections.json(Buffer.from(cell), [inCell])
  if (found === "remains") return undefined
  const text = Buffer.from(found).toString("utf8")
  return textOf(
    (cells as ReadonlyArray<string>).map((other, i) => (i === column ? text : other)),
    context
  )
}

const textOf = (cells: ReadonlyArray<string>, { delimiter }: RowContext): Uint8Array =>
  Buffer.from(
    cells
      .map((cell) =>
        cell.includes(delimiter) || /["\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
      )
      .join(delimiter)
  )

const fromValue = (
  original: unknown,
  columns: ReadonlyArray<string>,
  { cellsOf }: RowTable
): ReadonlyArray<string> | undefined => {
  if (typeof original !== "object" || original === null) return undefined
  if (cellsOf !== undefined) return cellsOf(original)
  const left = new Map<string, unknown>(Object.entries(original))
  const cells = titlesOf(columns).map((title) => {
    const cell = left.get(title) ?? ""
    left.delete(title)
    return cell
  })
  return left.size === 0 && cells.every((cell) => typeof cell === "string") ? cells : undefined
}

const fromText = (content: Uint8Array, dialect: Dialect, width: number): Cells => {
  const bytes = bufferOf(content)
  const scanner = new RowScanner(dialect.delimiter, dialect.lineEnd)
  const rows: Array<Row> = []
  for (let row = next(scanner, bytes); row !== undefined; row = next(scanner, bytes)) {
    if (row.end > row.start) rows.push(row)
  }
  const [cells] = rows.length === 1 && !scanner.isQuoted ? parseRows(bytes, rows, dialect, width) : []
  return cells ?? { code: declared.invalidCsv.code, problem: "the text is not one row" }
}

const next = (scanner: RowScanner, bytes: Buffer) => scanner.next(bytes, bytes.length, true)
