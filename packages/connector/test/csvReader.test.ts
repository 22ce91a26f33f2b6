import { CsvRows } from "@chatferry/connector"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../test/runs.ts"

type Rows = CsvRows.Rows

const Layout = Schema.Struct({
  delimiter: Schema.Literals([",", "§", "🧵", "\t"]),
  lineEnd: Schema.Literals(["\n", "\r\n", "\r"])
})
const Cell = Schema.String.check(Schema.isMaxLength(12))
const Piece = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))

const csvOf = (rows: ReadonlyArray<ReadonlyArray<string>>, { delimiter, lineEnd }: typeof Layout.Type) => {
  const cell = (text: string) =>
    [delimiter, '"', "\r", "\n"].some((mark) => text.includes(mark))
      ? `"${text.replaceAll('"', '""')}"`
      : text
  return rows.map((row) => `${row.map(cell).join(delimiter)}${lineEnd}`).join("")
}

/** Returns all cells and the end of each block if the bytes arrive in pieces of this length. */
const readIn = (csv: Buffer, piece: number, delimiter: string, from?: Rows["position"]) => {
  const header = CsvRows.headerOf(csv, true, delimiter)
  assert(header !== undefined && header !== "more")
  const { cells, dialect, end, lines } = header
  const start = from ?? { offset: end, row: 0, lines }
  const reader = new CsvRows.CsvReader(
    { width: cells.length, dialect, batchBytes: 40, maxRowBytes: 1 << 20 },
    start
  )
  const blocks: Array<{ cells: Rows["rows"]; position: Rows["position"]; locations: ReadonlyArray<string> }> =
    []
  const take = () => {
    for (let part = reader.next(); part !== undefined; part = reader.next()) {
      const { locationOf, position, rows } = part
      blocks.push({ cells: rows, position, locations: rows.map((_, i) => locationOf(i)) })
    }
  }
  for (let at = start.offset; at < csv.length; at += piece) {
    const bytes = Buffer.from(csv.subarray(at, at + piece))
    reader.push(bytes)
    take()
    // A piece is only valid until the next one is requested.
    bytes.fill(0)
  }
  reader.end()
  take()
  return blocks
}

describe("blocks of rows", () => {
  it.effect.prop(
    "are the same for any pieces of the bytes, and after any of them",
    [Layout, Schema.Array(Schema.Tuple([Cell, Cell])), Piece],
    ([layout, cells, piece]) =>
      Effect.sync(() => {
        const rows = cells.map(([nickname, name]) => ["u", nickname.toWellFormed(), name.toWellFormed()])
        const csv = Buffer.from(csvOf([["user_id", "nickname", "name"], ["first", "", ""], ...rows], layout))
        const whole = readIn(csv, csv.length, layout.delimiter)
        assert.deepStrictEqual(whole.flatMap((block) => block.cells) as ReadonlyArray<unknown>, [
          ["first", "", ""],
          ...rows
        ])
        assert.deepStrictEqual(readIn(csv, piece, layout.delimiter), whole)
        for (const [i, { position }] of whole.entries()) {
          assert.deepStrictEqual(readIn(csv, piece, layout.delimiter, position), whole.slice(i + 1))
        }
      }),
    runs(200)
  )
})
