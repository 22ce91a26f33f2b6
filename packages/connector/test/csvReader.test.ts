import { CsvRows } from "@chatferry/connector"
import { assert, describe, it } from "@effect/vitest"
import { parse } from "csv-parse/sync"
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

/** The rows that a strict parser reads one by one; `undefined` for a row that it does not accept. */
const parsed = (rows: ReadonlyArray<string>, delimiter: string) =>
  rows.map((row) => {
    try {
      const read = parse(row, { delimiter, record_delimiter: "\n", relax_column_count: true })
      return read[0]?.length === 3 ? read[0] : undefined
    } catch {
      return undefined
    }
  })

const Part = Schema.Literals(['"', '""', "a", "é", " ", "\r", "DELIMITER", "", "longer text"])

describe("the cells of rows", () => {
  it.effect.prop(
    "are those of a strict parser, however quotes are placed",
    [Schema.Literals([",", "🧵", "||"]), Schema.Array(Schema.Array(Part)), Piece],
    ([delimiter, lines, piece]) =>
      Effect.sync(() => {
        const rows = lines
          .map((parts) => parts.join("").replaceAll("DELIMITER", delimiter))
          // A quote that is never closed reaches into the next rows.
          .filter((row) => row !== "" && row.split('"').length % 2 === 1)
        const csv = ["user_id,nickname,name".replaceAll(",", delimiter), ...rows, ""].join("\n")
        const found = readIn(Buffer.from(csv), piece, delimiter).flatMap(({ cells }) => cells)
        assert.deepStrictEqual(
          found.map((cells) => ("problem" in cells ? undefined : cells)) as ReadonlyArray<unknown>,
          parsed(rows, delimiter)
        )
      }),
    runs(300)
  )
})
