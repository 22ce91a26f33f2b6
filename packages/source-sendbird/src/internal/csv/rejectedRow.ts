import { RejectedLine } from "@chatferry/core"
// Reads a row that was set aside, by what its line says of its file.
import { declared } from "../consequences.ts"
import type { RowContext } from "../rejectContext.ts"
import type { Context } from "../toCanonical/context.ts"
import { eachRow } from "./mapRows.ts"
import { type Cells, parseRows } from "./parseRows.ts"
import { type Dialect, type Row, RowScanner } from "./rowScanner.ts"
import { type Table, tableOf } from "./table.ts"

/** Maps the row, or says what is wrong with the line. */
export const rejectedRow = (
  line: RejectedLine.RejectedLine,
  { columns, delimiter, file, lineEnd }: RowContext,
  context: Context
): string | undefined => {
  const table = tableOf(columns, file)
  if (table === undefined)
    return "its context does not have the columns of an export; take it from rejects.ndjson"
  const dialect = { delimiter: Buffer.from(delimiter), lineEnd: Buffer.from(lineEnd) }
  const bytes = RejectedLine.bytesOf(line.original)
  const cells = bytes === undefined ? fromValue(line.original, table) : fromText(bytes, dialect, table)
  if (cells === undefined)
    return "its original is neither the text of the row nor its cells by column; correct it"
  const row = bytes ?? Buffer.alloc(0)
  const origin = RejectedLine.originOf(line, { value: undefined, problem: undefined, bytes: row })
  const original = () =>
    "problem" in cells ? undefined : table.originalOf(cells, context.out.secrets(table.kind))
  const part = { table, rows: [cells], bytesOf: () => row, rangeOf: () => ({ from: 0, to: row.length }) }
  eachRow(part, { ...origin, original }, context)
  return undefined
}

// internal

const fromValue = (original: unknown, table: Table): Cells | undefined =>
  typeof original === "object" && original !== null ? table.cellsOf(original) : undefined

const fromText = (bytes: Buffer, dialect: Dialect, { width }: Table): Cells => {
  const scanner = new RowScanner(dialect.delimiter, dialect.lineEnd)
  const rows: Array<Row> = []
  for (let row = next(scanner, bytes); row !== undefined; row = next(scanner, bytes)) {
    if (row.end > row.start) rows.push(row)
  }
  const [cells] = rows.length === 1 && !scanner.isQuoted ? parseRows(bytes, rows, dialect, width) : []
  return cells ?? { code: declared.invalidCsv.code, problem: "the text is not one row" }
}

const next = (scanner: RowScanner, bytes: Buffer) => scanner.next(bytes, bytes.length, true)
