// The one place that knows csv-stringify.
import { stringify } from "csv-stringify/sync"

/** A cell each; empty for what is absent. */
export type Row = ReadonlyArray<string>

export interface Layout {
  readonly delimiter: string
  readonly hasByteOrderMark: boolean
}

/** The bytes of a table, header first, in chunks of some 64 KB. Cells are quoted where they have to be. */
export function* table(
  header: ReadonlyArray<Row>,
  rows: Iterable<Row>,
  { delimiter, hasByteOrderMark }: Layout
): Generator<Uint8Array> {
  const spell = (some: ReadonlyArray<Row>) =>
    // A line feed between cells leaves the ends of rows to be told from it.
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
