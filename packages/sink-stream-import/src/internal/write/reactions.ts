import { Sqlite } from "@chatferry/connector"
import type { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Output from "../files/output.ts"
import { notes } from "../format/consequences.ts"
import * as Times from "../format/times.ts"
import { type Assembly, count, step } from "../resolve/assembly.ts"
import { countStagedNotes, writeJoined } from "./joined.ts"
import { writeMoved } from "./moved.ts"

/** Writes the reactions, ordered by their messages. */
export const writeReactions = Effect.fnUntraced(function* (
  assembly: Assembly,
  output: Output.Output
): Effect.fn.Return<void, SinkError.SinkError> {
  const [before, after] = Output.envelope(assembly, "reaction")
  yield* countStagedNotes(assembly, "reaction")
  yield* step(assembly, (database) =>
    assembly.book.note(
      notes.reactionTimeAssumed.code,
      count(
        database,
        "assembly.reaction_order o CROSS JOIN reactions r ON r.row = o.row WHERE r.created_at = ''"
      )
    )
  )
  yield* writeJoined(assembly, output, "reaction", {
    item: `concat(${Sqlite.quote(`${before}{`)}, r.item, CASE WHEN r.created_at = '' THEN
          (SELECT concat(',"created_at":"', ${Times.timestampOf("m.created_at")}, '"') FROM messages m WHERE m.row = o.message_row)
          END, ${Sqlite.quote(`}${after}`)})`,
    tables: "assembly.reaction_order o CROSS JOIN reactions r ON r.row = o.row",
    long: (bytes) => `(octet_length(r.item) > ${bytes})`
  })
  yield* writeMoved(assembly, output, "reaction")
})
