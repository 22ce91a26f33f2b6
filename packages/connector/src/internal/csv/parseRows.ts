// Reads the cells of rows.
import { Rejected } from "@chatferry/core"
import { declaredOfRows as declared } from "../reading/rejects.ts"
import type { Cells, Dialect, Problem } from "./model.ts"
import type { Row } from "./rowScanner.ts"

/** The problem of a row that was skipped. */
export const TOO_LARGE: Problem = { code: Rejected.TOO_LARGE.code, problem: "the row is too large" }

/** Parses the rows in `bytes`, which contains only rows and line ends. */
export const parseRows = (
  bytes: Buffer,
  rows: ReadonlyArray<Row>,
  { delimiter }: Dialect,
  width: number
): ReadonlyArray<Cells> => {
  const isWhole = isText(bytes)
  const between = textOf(delimiter)
  return rows.map((row) => {
    if (row.isBroken) return invalid("the row has a misplaced quote")
    if (!isWhole && !isText(bytes.subarray(row.start, row.end))) return invalid("the row is not valid UTF-8")
    return checked(cellsOf(bytes, row, between), width)
  })
}

/** Parses the cells of one row; `undefined` if it is not a row. */
export const parseRow = (
  bytes: Buffer,
  row: Row,
  { delimiter }: Dialect
): ReadonlyArray<string> | undefined =>
  row.isBroken || !isText(bytes.subarray(row.start, row.end))
    ? undefined
    : cellsOf(bytes, row, textOf(delimiter))

// internal

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const isText = (bytes: Uint8Array): boolean => {
  try {
    decoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

const cellsOf = (bytes: Buffer, { end, hasQuotes, start }: Row, delimiter: string): ReadonlyArray<string> => {
  const text = bytes.toString("utf8", start, end)
  return hasQuotes ? quotedCells(text, delimiter) : text.split(delimiter)
}

/** Splits a row whose quotes are where they may be. */
const quotedCells = (row: string, delimiter: string): ReadonlyArray<string> => {
  const cells: Array<string> = []
  for (let at = 0; ;) {
    let end = at
    if (row.startsWith(QUOTE, at)) {
      end = closingQuote(row, at + 1)
      const cell = row.slice(at + 1, end)
      cells.push(cell.includes(QUOTE) ? cell.replaceAll(DOUBLED, QUOTE) : cell)
      end++
    } else {
      const found = row.indexOf(delimiter, at)
      end = found < 0 ? row.length : found
      cells.push(row.slice(at, end))
    }
    if (end >= row.length) return cells
    at = end + delimiter.length
  }
}

/** The quote at which the cell ends: two quotes together are one character of it. */
const closingQuote = (row: string, from: number): number => {
  let at = row.indexOf(QUOTE, from)
  while (row.startsWith(QUOTE, at + 1)) at = row.indexOf(QUOTE, at + 2)
  return at
}

const QUOTE = '"'
const DOUBLED = '""'

const checked = (cells: ReadonlyArray<string>, width: number): Cells =>
  cells.length === width
    ? cells
    : {
        code: declared.wrongCellCount.code,
        problem: `the row has ${cells.length} cells and the header has ${width}`
      }

const invalid = (problem: string): Problem => ({ code: declared.invalidCsv.code, problem })
