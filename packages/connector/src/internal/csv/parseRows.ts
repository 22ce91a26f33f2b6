// Reads the cells of rows.
import { Rejected } from "@chatferry/core"
import { parse } from "csv-parse/sync"
import { declaredOfRows as declared } from "../reading/rejects.ts"
import type { Cells, Dialect, Problem } from "./model.ts"
import type { Row } from "./rowScanner.ts"

/** The problem of a row that was skipped. */
export const TOO_LARGE: Problem = { code: Rejected.TOO_LARGE.code, problem: "the row is too large" }

/** Parses the rows in `bytes`, which contains only rows and line ends. */
export const parseRows = (
  bytes: Buffer,
  rows: ReadonlyArray<Row>,
  dialect: Dialect,
  width: number
): ReadonlyArray<Cells> => {
  // Parsing all at once is much faster, and correct unless a row is broken.
  const all = rows.every(({ isBroken }) => !isBroken) && isText(bytes) ? attempt(bytes, dialect) : undefined
  if (all !== undefined && all.length === rows.length) return all.map((cells) => checked(cells, width))
  return rows.map((row) => {
    if (row.isBroken) return invalid("the row has a misplaced quote")
    const text = bytes.subarray(row.start, row.end)
    if (!isText(text)) return invalid("the row is not valid UTF-8")
    const found = attempt(text, dialect)
    return found?.length === 1 ? checked(found[0] ?? [], width) : invalid("the row is not valid CSV")
  })
}

/** Parses the cells of one row; `undefined` if it is not a row. */
export const parseRow = (bytes: Buffer, dialect: Dialect): ReadonlyArray<string> | undefined => {
  const found = isText(bytes) ? attempt(bytes, dialect) : undefined
  return found?.length === 1 ? found[0] : undefined
}

const isText = (bytes: Uint8Array): boolean => {
  try {
    decoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

// internal

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const attempt = (bytes: Buffer, { delimiter, lineEnd }: Dialect): Array<Array<string>> | undefined => {
  try {
    return parse(bytes, {
      delimiter: [Buffer.from(delimiter)],
      record_delimiter: [Buffer.from(lineEnd)],
      relax_column_count: true,
      skip_empty_lines: true
    })
  } catch {
    return undefined
  }
}

const checked = (cells: ReadonlyArray<string>, width: number): Cells =>
  cells.length === width
    ? cells
    : {
        code: declared.wrongCellCount.code,
        problem: `the row has ${cells.length} cells and the header has ${width}`
      }

const invalid = (problem: string): Problem => ({ code: declared.invalidCsv.code, problem })
