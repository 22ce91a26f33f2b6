import { Sqlite } from "@chatferry/connector"
import { type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Output from "../files/output.ts"
import type { OrderedKind } from "../files/splitEntries.ts"
import { type Assembly, count, step } from "../resolve/assembly.ts"

/**
 * Messages or reactions in order. `item` is SQL for an item, `tables` is its FROM
 * clause, which starts with the order as `o`, and `long` is SQL for whether an item
 * is long. `outside` are the bytes of an item besides those that the order counts.
 */
export interface Ordered {
  readonly kind: OrderedKind
  readonly item: string
  readonly tables: string
  readonly long: (bytes: number) => string
  readonly outside: number
}

/** Writes messages and reactions, into several files if one would be over the limit. */
export const writeOrdered = Effect.fnUntraced(function* (
  assembly: Assembly,
  output: Output.Output,
  message: Ordered,
  reaction: Ordered
): Effect.fn.Return<void, SinkError.SinkError, FileSystem.FileSystem> {
  const counts = yield* step(assembly, (database) => ({
    message: count(database, "assembly.message_order"),
    reaction: count(database, "assembly.reaction_order")
  }))
  const readers = {
    message: yield* makeReader(assembly, message, counts.message),
    reaction: yield* makeReader(assembly, reaction, counts.reaction)
  }
  const [before, after] = Output.envelope(assembly, "device")
  const isSplit = yield* output.split(
    {
      read: (kind, from, to, add) => readers[kind](from, to, add),
      outside: {
        device: before.length + after.length,
        message: message.outside,
        reaction: reaction.outside
      }
    },
    counts
  )
  if (isSplit) return
  for (const kind of ["message", "reaction"] as const) {
    yield* readers[kind](1, counts[kind], (items, n) => output.joined(kind, items, n))
  }
})

/** Counts the notes of written records that were made while staging. */
export const countStagedNotes = (
  assembly: Assembly,
  kind: OrderedKind
): Effect.Effect<void, SinkError.SinkError> =>
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

/**
 * Reads items in order. The database joins a block of items, and gives their bytes,
 * which are written as they are. A block with a long item is not joined, because
 * there may be many of them.
 */
const makeReader = Effect.fnUntraced(function* (
  assembly: Assembly,
  { item, kind, long, tables }: Ordered,
  last: number
) {
  // The outermost loop scans the order by its key, so that items are joined in this order.
  const between = Sqlite.quote(Output.between(assembly))
  const block = yield* step(assembly, ({ prepare }) =>
    prepare<JoinedRow>(`SELECT count(*) AS n, total(${long(LONG)}) AS longs,
          CAST(group_concat(CASE WHEN NOT ${long(LONG)} THEN ${item} END, ${between}) AS BLOB) AS items
        FROM ${tables} WHERE o.no BETWEEN ? AND ?`)
  )
  const single = yield* step(assembly, ({ prepare }) =>
    prepare<{ readonly item: Uint8Array }>(
      `SELECT CAST(${item} AS BLOB) AS item FROM ${tables} WHERE o.no = ?`
    )
  )
  let done = 0
  return Effect.fnUntraced(function* (
    first: number,
    end: number,
    add: (items: Uint8Array, count: number) => Effect.Effect<void, SinkError.SinkError>
  ) {
    const addAndFree = (items: Uint8Array, count: number) =>
      Effect.tap(add(items, count), () => Effect.sync(() => free(items)))
    for (let from = first; from <= end; from += BLOCK) {
      const to = Math.min(end, from + BLOCK - 1)
      const row = yield* step(assembly, () => block.get(from, to))
      if (row !== undefined && row.longs > 0) {
        for (let no = from; no <= to; no++) {
          const one = yield* step(assembly, () => single.get(no))
          if (one !== undefined) yield* addAndFree(one.item, 1)
        }
      } else if (row !== undefined && row.items !== null) yield* addAndFree(row.items, row.n)
      // A message may be written again in a later file.
      done = Math.max(done, to)
      yield* assembly.task.progress(`write ${kind}s`, done, last)
      yield* Effect.yieldNow
    }
  })
})

interface JoinedRow {
  readonly n: number
  readonly longs: number
  readonly items: Uint8Array | null
}

/** Bytes are outside the heap, where they would pile up until the next garbage collection. */
const free = ({ buffer }: Uint8Array) => {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
