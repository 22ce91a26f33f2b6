import { Sqlite } from "@chatferry/connector"
import type { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Output from "../files/output.ts"
import { notes } from "../format/consequences.ts"
import { type Assembly, count, step } from "../resolve/assembly.ts"
import { assumedTime } from "../resolve/reactions.ts"
import { countStagedNotes, type Ordered } from "./joined.ts"

/** Prepares the items of reactions, which are ordered by their messages. */
export const prepareReactions = Effect.fnUntraced(function* (
  assembly: Assembly
): Effect.fn.Return<Ordered, SinkError.SinkError> {
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
  return {
    kind: "reaction",
    item: `concat(${Sqlite.quote(`${before}{`)}, r.item, CASE WHEN r.created_at = '' THEN
          (SELECT ${assumedTime("m.created_at")} FROM messages m WHERE m.row = o.message_row)
          END, ${Sqlite.quote(`}${after}`)})`,
    tables: "assembly.reaction_order o CROSS JOIN reactions r ON r.row = o.row",
    long: (bytes) => `(octet_length(r.item) > ${bytes})`,
    outside: `${before}{}${after}`.length
  }
})
