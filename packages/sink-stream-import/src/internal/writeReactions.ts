import type { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { type Assembly, count, eachBlock, ranges, step } from "./assembly.ts"
import * as Output from "./output.ts"
import * as Times from "./times.ts"
import { writeMoved } from "./writeMoved.ts"

/** Writes the reactions in the order of their messages. */
export const writeReactions = (
  assembly: Assembly,
  output: Output.Output
): Effect.Effect<void, SinkError.SinkError> =>
  Effect.gen(function* () {
    const { database } = assembly
    const [before, after] = Output.envelope(assembly, "reaction")
    const last = yield* step(assembly, () => count(database, "assembly.reaction_order"))
    const rows = yield* step(assembly, () =>
      database.prepare<ReactionRow>(`SELECT r.item, r.notes, CASE WHEN r.created_at = '' THEN m.created_at END AS assumed
        FROM assembly.reaction_order o CROSS JOIN reactions r ON r.row = o.row CROSS JOIN messages m ON m.row = o.message_row
        WHERE o.no BETWEEN ? AND ? ORDER BY o.no`)
    )
    const encode = ({ assumed, item, notes }: ReactionRow) => {
      if (notes !== null) Output.countNotes(assembly, JSON.parse(notes) as ReadonlyArray<string>)
      if (assumed === null) return `${before}{${item}}${after}`
      Output.countNotes(assembly, ["reaction_time_assumed"])
      return `${before}{${item},"created_at":"${Times.timestamp(assumed)}"}${after}`
    }
    yield* eachBlock(assembly, "write reactions", last, ranges(rows, last), (block) =>
      Effect.flatMap(
        step(assembly, () => block.map(encode)),
        (items) => output.items("reaction", items)
      )
    )
    yield* writeMoved(assembly, output, "reaction")
  })

// internal

interface ReactionRow {
  readonly item: string
  readonly notes: string | null
  readonly assumed: string | null
}
