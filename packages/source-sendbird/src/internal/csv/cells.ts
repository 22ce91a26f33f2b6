// Makes of a cell's text what JSON has in its place. What cannot be read as that stays text.
import { Json, JsonElements } from "@chatferry/core/files"
import { withoutSecretText } from "../records/secrets.ts"
import type { Column } from "./columns.ts"

export type ReadCell = (cell: string) => unknown

/** What to make of the cells of a column; `undefined` for one that is not known. */
export const reader = (column: Column | undefined): ReadCell => {
  const read = column === undefined ? unknown : READERS[column.reading]
  return column?.isBlankKept === true ? read : (cell) => (cell === "" ? undefined : read(cell))
}

// internal

// How languages that write CSV write no value, where text is not expected.
const NOTHING = /^(?:null|none|nan)$/iu
const NUMBER = /^-?\d{1,15}(?:\.\d{1,6})?$/u
// What a spreadsheet makes of long numbers: most digits are gone.
const ROUNDED = /^\d+(?:[.,]\d+)?E\+?\d+$/iu

const text: ReadCell = (cell) => cell

/** 0 means none, as it does in JSON. */
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
    // In broken JSON, secrets can be found as text only.
    return withoutSecretText(cell, () => {})
  }
}
