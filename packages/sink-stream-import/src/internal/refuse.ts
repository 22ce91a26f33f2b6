import type { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { type Assembly, chunks, count, eachBlock, listPairs, step } from "./assembly.ts"
import { type Reason, rejection } from "./rejection.ts"

/** Counts the messages and reactions that are not written, and sets the rejected ones aside. */
export const refuse = (assembly: Assembly): Effect.Effect<void, SinkError.SinkError> =>
  Effect.gen(function* () {
    yield* countRefused(assembly, "message")
    yield* countRefused(assembly, "reaction")
    yield* rejectMessages(assembly)
    yield* rejectReactions(assembly)
  })

// internal

const countRefused = (assembly: Assembly, kind: "message" | "reaction") =>
  step(assembly, ({ prepare }) => {
    const counts = prepare<CountRow>(
      `SELECT outcome, code, count(*) AS n FROM assembly.${kind}_refused GROUP BY 1, 2`
    )
    for (const { code, n, outcome } of counts.all()) assembly.book.add(kind, outcome, code, n)
  })

interface CountRow {
  readonly outcome: "dropped" | "rejected"
  readonly code: string
  readonly n: number
}

interface MessageRow {
  readonly code: Reason
  readonly id: string
  readonly channelId: string
  readonly parentId: string | null
  readonly quotedId: string | null
  readonly item: string
}

// The stage holds messages as they are to be imported, so that is what can be given back of them.
const rejectMessages = (assembly: Assembly) =>
  Effect.gen(function* () {
    const { context, database } = assembly
    const total = yield* step(assembly, () => {
      listPairs(
        database,
        "message_rejected",
        `SELECT f.row, f.row FROM assembly.message_refused f CROSS JOIN messages m USING (row)
          WHERE f.outcome = 'rejected' ORDER BY m.id`
      )
      return count(database, "assembly.message_rejected")
    })
    const rows = yield* step(assembly, () =>
      database
        .prepare<MessageRow>(`SELECT f.code, m.id, m.channel_id AS channelId, m.parent_id AS parentId,
            m.quoted_id AS quotedId, m.item
          FROM assembly.message_rejected r CROSS JOIN assembly.message_refused f ON f.row = r.row
            CROSS JOIN messages m ON m.row = r.row
          ORDER BY r.no`)
        .iterate()
    )
    yield* eachBlock(assembly, "reject messages", total, chunks(rows), (block) =>
      context.reject(
        block.map(({ channelId, code, id, item, parentId, quotedId }) =>
          rejection("message", code, [id], {
            _tag: "message",
            id,
            channelId,
            ...(parentId === null ? undefined : { parentId }),
            ...(quotedId === null ? undefined : { quotedMessageId: quotedId }),
            import: JSON.parse(`{${item}}`) as unknown
          })
        )
      )
    )
  })

interface ReactionRow {
  readonly code: Reason
  readonly messageId: string
  readonly userId: string
  readonly type: string
  readonly channelId: string
  readonly item: string
}

const rejectReactions = (assembly: Assembly) =>
  Effect.gen(function* () {
    const { context, database } = assembly
    const total = yield* step(assembly, () =>
      count(database, "assembly.reaction_refused WHERE outcome = 'rejected'")
    )
    const rows = yield* step(assembly, () =>
      database
        .prepare<ReactionRow>(`SELECT f.code, r.message_id AS messageId, r.user_id AS userId, r.type, r.channel_id AS channelId, r.item
          FROM assembly.reaction_refused f CROSS JOIN reactions r USING (row)
          WHERE f.outcome = 'rejected' ORDER BY r.message_id, r.user_id, r.type`)
        .iterate()
    )
    yield* eachBlock(assembly, "reject reactions", total, chunks(rows), (block) =>
      context.reject(
        block.map(({ channelId, code, item, messageId, type, userId }) =>
          rejection("reaction", code, [messageId, userId, type], {
            _tag: "reaction",
            messageId,
            userId,
            channelId,
            import: JSON.parse(`{${item}}`) as unknown
          })
        )
      )
    )
  })
