// Converts the text of a cell to the value that JSON has instead. A cell that cannot be converted stays text.
import { Json, JsonElements } from "@chatferry/core/files"
import { withoutSecretText } from "../records/secrets.ts"
import type { Column } from "./columns.ts"

export type ReadCell = (cell: string) => unknown

/** Returns the conversion for the cells of a column; `undefined` stands for an unknown column. */
export const reader = (column: Column | undefined): ReadCell => {
  const read = column === undefined ? unknown : READERS[column.reading]
  return column?.isBlankKept === true ? read : (cell) => (cell === "" ? undefined : read(cell))
}

// internal

// Programs write a missing value in these ways, in columns where text is not expected.
const NOTHING = /^(?:null|none|nan)$/iu
const NUMBER = /^-?\d{1,15}(?:\.\d{1,6})?$/u
// Spreadsheets round long numbers to this form, which drops most digits.
const ROUNDED = /^\d+(?:[.,]\d+)?E\+?\d+$/iu

const text: ReadCell = (cell) => cell

/** 0 means no id, as in JSON. */
const id: ReadCell = (cell) => (cell === "0" || ROUNDED.test(cell) ? undefined : cell)

const number: ReadCell = (cell) => (NUMBER.test(cell) ? Number(cell) : NOTHING.test(cell) ? undefined : cell)

const flag: ReadCell = (cell) => {
  switch (cell.toLowerCase()) {
    case "true":
    case "1":
      return true
    case "false":
    case "0":
      return false
    default:
      return NOTHING.test(cell) ? undefined : cell
  }
}

const json: ReadCell = (cell) =>
  STARTS_JSON.test(cell) ? parsed(cell) : NOTHING.test(cell) ? undefined : cell

const unknown: ReadCell = (cell) => (STARTS_NESTED.test(cell) ? parsed(cell) : cell)

const READERS = { text, id, number, flag, json }

const STARTS_JSON = /^\s*[[{"]/u
const STARTS_NESTED = /^\s*[[{]/u
const LONG_INTEGER = /\d{16}/u

const parsed = (cell: string): unknown => {
  try {
    return LONG_INTEGER.test(cell) ? JsonElements.parse(cell) : Json.parse(cell)
  } catch {
    // In malformed JSON, secrets can only be found by searching the text.
    return withoutSecretText(cell, () => {})
  }
}
