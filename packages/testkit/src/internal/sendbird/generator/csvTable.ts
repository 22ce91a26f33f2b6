// The only module that uses csv-stringify.
import { stringify } from "csv-stringify/sync"

/** One string per cell; empty for an absent value. */
export type Row = ReadonlyArray<string>

export interface Layout {
  readonly delimiter: string
  readonly hasByteOrderMark: boolean
}

/** The bytes of a table, header first, in chunks of about 64 KB. Cells are quoted when necessary. */
export function* table(
  header: ReadonlyArray<Row>,
  rows: Iterable<Row>,
  { delimiter, hasByteOrderMark }: Layout
): Generator<Uint8Array> {
  const spell = (some: ReadonlyArray<Row>) =>
    // If the delimiter is a line feed, rows end in CRLF so that the two differ.
    stringify(some as Array<Row>, { delimiter, record_delimiter: delimiter === "\n" ? "\r\n" : "\n" })
  if (hasByteOrderMark) yield Buffer.from("\ufeff")
  let pending = [...header]
  let length = 0
  for (const row of rows) {
    pending.push(row)
    for (const cell of row) length += cell.length + 1
    if (length < CHUNK) continue
    yield Buffer.from(spell(pending))
    pending = []
    length = 0
  }
  if (pending.length > 0) yield Buffer.from(spell(pending))
}

// internal

const CHUNK = 1 << 16
