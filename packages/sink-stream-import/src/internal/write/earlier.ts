import { type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import type * as Output from "../files/output.ts"
import { type Assembly, chunks, eachBlock, step } from "../resolve/assembly.ts"

/** Copies the entries of an earlier id map that are not in this run. */
export const writeEarlier = Effect.fnUntraced(function* (
  assembly: Assembly,
  output: Output.Output
): Effect.fn.Return<void, SinkError.SinkError> {
  const rows = yield* step(assembly, ({ prepare }) => prepare<Row>(ABSENT).iterate())
  yield* eachBlock(assembly, "write earlier ids", 0, chunks(rows), (block) =>
    output.idMap(
      block.map(({ kind, members, rule, source, stream, type }) =>
        Json.write({
          kind,
          sourceId: source,
          streamId: members === "" ? stream : null,
          rule,
          ...(kind === "channel" && { type }),
          ...(members !== "" && { memberIds: Json.parse(members) })
        })
      )
    )
  )
})

// internal

interface Row {
  readonly kind: string
  readonly source: string
  readonly stream: string
  readonly rule: string
  readonly type: string
  readonly members: string
}

const ABSENT = `SELECT * FROM earlier.entry e WHERE CASE e.kind
  WHEN 'user' THEN e.source NOT IN (SELECT id FROM assembly.user) AND e.source NOT IN (SELECT id FROM assembly.missing_user)
  WHEN 'channel' THEN NOT EXISTS (SELECT 1 FROM assembly.channel c CROSS JOIN assembly.target t USING (no) WHERE c.id = e.source)
  ELSE NOT EXISTS (SELECT 1 FROM messages m CROSS JOIN assembly.message_order o ON o.row = m.row WHERE m.id = e.source)
  END ORDER BY e.kind, e.source`
