import { Sqlite } from "@chatferry/connector"
import { type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as Output from "../files/output.ts"
import { type Assembly, count, step } from "../resolve/assembly.ts"

type Kind = "message" | "reaction"

/**
 * Writes the items of a kind in order. The database joins a block of items to one
 * text, because bytes would pile up outside the heap. A block with a long item is
 * not joined, because there may be many of them. `item` is SQL for an item,
 * `tables` is its FROM clause, which starts with the order as `o`, and `long` is
 * SQL for whether an item is long.
 */
export const writeJoined = Effect.fnUntraced(function* (
  assembly: Assembly,
  output: Output.Output,
  kind: Kind,
  {
    item,
    long,
    tables
  }: { readonly item: string; readonly tables: string; readonly long: (bytes: number) => string }
): Effect.fn.Return<void, SinkError.SinkError> {
  const last = yield* step(assembly, (database) => count(database, `assembly.${kind}_order`))
  // The outermost loop scans the order by its key, so that items are joined in this order.
  const between = Sqlite.quote(Output.between(assembly))
  const block = yield* step(assembly, ({ prepare }) =>
    prepare<JoinedRow>(`SELECT count(*) AS n, total(${long(LONG)}) AS longs,
          group_concat(CASE WHEN NOT ${long(LONG)} THEN ${item} END, ${between}) AS items
        FROM ${tables} WHERE o.no BETWEEN ? AND ?`)
  )
  const single = yield* step(assembly, ({ prepare }) =>
    prepare<{ readonly item: string }>(`SELECT ${item} AS item FROM ${tables} WHERE o.no = ?`)
  )
  for (let from = 1; from <= last; from += BLOCK) {
    const to = Math.min(last, from + BLOCK - 1)
    const row = yield* step(assembly, () => block.get(from, to))
    if (row !== undefined && row.longs > 0) {
      for (let no = from; no <= to; no++) {
        const one = yield* step(assembly, () => single.get(no))
        if (one !== undefined) yield* output.joined(kind, one.item, 1)
      }
    } else if (row !== undefined && row.items !== null) yield* output.joined(kind, row.items, row.n)
    yield* assembly.task.progress(`write ${kind}s`, to, last)
    yield* Effect.yieldNow
  }
})

/** Counts the notes of written records that were made while staging. */
export const countStagedNotes = (assembly: Assembly, kind: Kind): Effect.Effect<void, SinkError.SinkError> =>
  step(assembly, ({ prepare }) => {
    const [table, row] = kind === "message" ? ["message_extras", "message_row"] : ["reactions", "row"]
    const rows = prepare<{ readonly notes: string; readonly n: number }>(
      `SELECT s.notes, count(*) AS n FROM ${table} s CROSS JOIN assembly.${kind}_order o ON o.row = s.${row}
        WHERE s.notes IS NOT NULL GROUP BY s.notes`
    )
    for (const { n, notes } of rows.all()) {
      for (const note of Json.parse(notes) as ReadonlyArray<string>) assembly.book.note(note, n)
    }
  })

// internal

const BLOCK = 128
/** Items over this number of bytes are long. */
const LONG = 1 << 16

interface JoinedRow {
  readonly n: number
  readonly longs: number
  readonly items: string | null
}
