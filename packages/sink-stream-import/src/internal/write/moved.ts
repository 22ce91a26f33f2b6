import type { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Output from "../files/output.ts"
import { type Assembly, chunks, count, eachBlock, listPairs, step } from "../resolve/assembly.ts"

/** Writes the values that were moved out of messages or reactions while staging to the side file. */
export const writeMoved = Effect.fnUntraced(function* (
  assembly: Assembly,
  output: Output.Output,
  kind: "message" | "reaction"
): Effect.fn.Return<void, SinkError.SinkError> {
  const { database } = assembly
  const total = yield* step(assembly, () => {
    listPairs(
      database,
      `${kind}_moved`,
      `SELECT f.row, o.row FROM moved_fields f CROSS JOIN assembly.${kind}_order o ON o.row = f.owner_row
          WHERE f.kind = '${kind}' ORDER BY o.no, f.field`
    )
    return count(database, `assembly.${kind}_moved`)
  })
  const rows = yield* step(assembly, () =>
    database
      .prepare<MovedRow>(`SELECT f.field, f.value, ${IDS[kind]} FROM assembly.${kind}_moved s
          CROSS JOIN moved_fields f ON f.row = s.row CROSS JOIN ${kind}s r ON r.row = s.owner ORDER BY s.no`)
      .iterate()
  )
  const blocks = chunks(rows, ({ value }) => value.length)
  yield* eachBlock(assembly, `write moved fields of ${kind}s`, total, blocks, (block) =>
    output.moved(block.map(({ field, value, ...ids }) => Output.movedLine({ kind, ...ids, field }, value)))
  )
})

// internal

const IDS = { message: "r.id", reaction: "r.message_id AS messageId, r.user_id AS userId, r.type" } as const

interface MovedRow {
  readonly field: string
  readonly value: string
}
