import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { CsvReader, type Rows } from "../src/internal/csv/csvReader.ts"
import { headerOf } from "../src/internal/csv/header.ts"
import { csvOf } from "./csvOf.ts"

const Layout = Schema.Struct({
  delimiter: Schema.Literals([",", "§", "🧵", "\t"]),
  lineEnd: Schema.Literals(["\n", "\r\n", "\r"])
})
const Cell = Schema.String.check(Schema.isMaxLength(12))
const Piece = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))

/** All cells, and where each block ended, when the bytes come in pieces of this length. */
const readIn = (csv: Buffer, piece: number, delimiter: string, from?: Rows["position"]) => {
  const header = headerOf(csv, true, delimiter, "f.csv")
  assert(header !== undefined && header !== "more")
  const { dialect, end, lines, table } = header
  const start = from ?? { offset: end, row: 0, lines }
  const reader = new CsvReader({ table, dialect, batchBytes: 40, maxRowBytes: 1 << 20 }, start)
  const blocks: Array<{ cells: Rows["rows"]; position: Rows["position"]; places: ReadonlyArray<string> }> = []
  const take = () => {
    for (let part = reader.next(); part !== undefined; part = reader.next()) {
      const { placeOf, position, rows } = part
      blocks.push({ cells: rows, position, places: rows.map((_, i) => placeOf(i)) })
    }
  }
  for (let at = start.offset; at < csv.length; at += piece) {
    const bytes = Buffer.from(csv.subarray(at, at + piece))
    reader.push(bytes)
    take()
    // A piece is good only until the next one is asked for.
    bytes.fill(0)
  }
  reader.end()
  take()
  return blocks
}

describe("blocks of rows", () => {
  it.effect.prop(
    "are the same in whatever pieces the bytes come, and after any of them",
    [Layout, Schema.Array(Schema.Tuple([Cell, Cell])), Piece],
    ([layout, cells, piece]) =>
      Effect.sync(() => {
        const rows = cells.map(([nickname, name]) => ({ user_id: "u", nickname, name: name.toWellFormed() }))
        const csv = Buffer.from(csvOf([{ user_id: "first", nickname: "", name: "" }, ...rows], layout))
        const whole = readIn(csv, csv.length, layout.delimiter)
        assert.deepStrictEqual(whole.flatMap((block) => block.cells) as ReadonlyArray<unknown>, [
          ["first", "", ""],
          ...rows.map(({ name, nickname }) => ["u", nickname.toWellFormed(), name])
        ])
        assert.deepStrictEqual(readIn(csv, piece, layout.delimiter), whole)
        for (const [i, { position }] of whole.entries()) {
          assert.deepStrictEqual(readIn(csv, piece, layout.delimiter, position), whole.slice(i + 1))
        }
      }),
    { arbitrary: { runs: 200 } }
  )
})
