import { Json, type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { type Assembly, count, step } from "./assembly.ts"
import * as Output from "./output.ts"
import { quote } from "./sqlite.ts"

type Kind = "message" | "reaction"

/**
 * Writes the items of a kind in their order. The database joins a block of them
 * to one value: as text, since bytes would pile up outside the heap. `item` is
 * SQL for one item, `tables` where it comes from, beginning with the order as `o`.
 */
export const writeJoined = (
  assembly: Assembly,
  output: Output.Output,
  kind: Kind,
  item: string,
  tables: string
): Effect.Effect<void, SinkError.SinkError> =>
  Effect.gen(function* () {
    const last = yield* step(assembly, (database) => count(database, `assembly.${kind}_order`))
    // The order is the outermost loop, by its key: that is the order in which items are joined.
    const statement = yield* step(assembly, ({ prepare }) =>
      prepare<JoinedRow>(`SELECT count(*) AS n, group_concat(${item}, ${quote(Output.between(assembly))}) AS items
        FROM ${tables} WHERE o.no BETWEEN ? AND ?`)
    )
    for (let from = 1; from <= last; from += BLOCK) {
      const to = Math.min(last, from + BLOCK - 1)
      const row = yield* step(assembly, () => statement.get(from, to))
      if (row !== undefined && row.items !== null) yield* output.joined(kind, row.items, row.n)
      yield* assembly.context.progress(`write ${kind}s`, to, last)
      yield* Effect.yieldNow
    }
  })

/** Counts the notes that were made of written records while they were staged. */
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

interface JoinedRow {
  readonly n: number
  readonly items: string | null
}
