// Rows as one list of texts and one of codes. Node copies these to another thread three times as fast as the rows, because
// it copies an array value by value, and a text that many rows have in the same place is copied once.
import type * as Schema from "effect/Schema"

/** Rows on their way from a thread that reads to the one that writes. */
export interface PackedRows {
  /** For each value, how it is found; a list is followed by its values. */
  readonly codes: Int32Array
  readonly texts: ReadonlyArray<string>
  /** Values that have no code: objects, other numbers, and booleans. */
  readonly others: ReadonlyArray<Schema.Json>
}

/** Packs rows one by one. */
export class RowPacker {
  #codes = new Int32Array(1024)
  #size = 0
  #texts: Array<string> = []
  #others: Array<Schema.Json> = []
  #last: List = NO_ROW

  add(row: Schema.Json): void {
    if (!Array.isArray(row)) return this.#add(row)
    const last = this.#last
    this.#code(LIST - row.length)
    for (let i = 0; i < row.length; i++) {
      const value = row[i] as Schema.Json
      if (typeof value === "string" && value === last[i]) this.#code(SAME)
      else this.#add(value)
    }
    this.#last = row
  }

  /** Returns and removes all rows. */
  take(): PackedRows {
    const taken = { codes: this.#codes.slice(0, this.#size), texts: this.#texts, others: this.#others }
    this.#size = 0
    this.#texts = []
    this.#others = []
    this.#last = NO_ROW
    return taken
  }

  #add(value: Schema.Json): void {
    if (typeof value === "string") {
      this.#code(TEXT)
      this.#texts.push(value)
    } else if (value === null) this.#code(NULL)
    else if (typeof value === "number" && value >= 0 && value <= MOST && Number.isInteger(value))
      this.#code(NUMBER + value)
    else if (Array.isArray(value)) {
      this.#code(LIST - value.length)
      for (const one of value) this.#add(one)
    } else {
      this.#code(OTHER)
      this.#others.push(value)
    }
  }

  #code(code: number): void {
    if (this.#size === this.#codes.length) {
      const codes = new Int32Array(2 * this.#size)
      codes.set(this.#codes)
      this.#codes = codes
    }
    this.#codes[this.#size++] = code
  }
}

/** The rows, in the order in which they were packed. */
export const unpackRows = ({ codes, others, texts }: PackedRows): ReadonlyArray<Schema.Json> => {
  const rows: Array<Schema.Json> = []
  let at = 0
  let text = 0
  let other = 0
  let last = NO_ROW
  const next = (): Schema.Json => {
    const code = codes[at++] as number
    if (code === TEXT) return texts[text++] as string
    if (code === NULL) return null
    if (code >= NUMBER) return code - NUMBER
    return code === OTHER ? (others[other++] as Schema.Json) : nextList(LIST - code, NO_ROW)
  }
  const nextList = (length: number, before: List): List => {
    const list: Array<Schema.Json> = []
    for (let i = 0; i < length; i++) {
      if (codes[at] === SAME) {
        at++
        list.push(before[i] as string)
      } else list.push(next())
    }
    return list
  }
  while (at < codes.length) {
    const code = codes[at] as number
    if (code > LIST) rows.push(next())
    else {
      at++
      last = nextList(LIST - code, last)
      rows.push(last)
    }
  }
  return rows
}

// internal

type List = ReadonlyArray<Schema.Json>

const NO_ROW: List = []

const NULL = 0
/** The next text. */
const TEXT = 1
/** The text in the same place of the last row that is a list. */
const SAME = 2
/** The next of the other values. */
const OTHER = 3
/** This code and larger ones: an integer, from 0. */
const NUMBER = 4
/** This code and smaller ones: a list, by its length. */
const LIST = -1

/** The largest integer that has a code. */
const MOST = 0x7fff_ffff - NUMBER
