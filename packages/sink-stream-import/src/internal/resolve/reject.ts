import { type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import { decodeMessage, type MessageRow } from "../encode/decodeMessage.ts"
import { decodeReaction, type ReactionRow } from "../encode/reaction.ts"
import { type Reason, rejection } from "../format/rejection.ts"
import { type Assembly, chunks, count, eachBlock, listPairs, step } from "./assembly.ts"
import { idAt, originalOf, senderAt } from "./messages.ts"

/** Counts dropped messages and reactions, and writes the rejected ones to the rejects. */
export const reject = Effect.fnUntraced(function* (
  assembly: Assembly
): Effect.fn.Return<void, SinkError.SinkError> {
  yield* countDropped(assembly, "message")
  yield* countDropped(assembly, "reaction")
  yield* rejectMessages(assembly)
  yield* rejectReactions(assembly)
})

// internal

const countDropped = (assembly: Assembly, kind: "message" | "reaction") =>
  step(assembly, ({ prepare }) => {
    const counts = prepare<CountRow>(
      `SELECT code, count(*) AS n FROM assembly.${kind}_unwritten WHERE outcome = 'dropped' GROUP BY 1`
    )
    for (const { code, n } of counts.all()) assembly.book.add(kind, "dropped", code, n)
  })

interface CountRow {
  readonly code: string
  readonly n: number
}

/** The record of a row, if the row is not enough to restore it. */
interface Original {
  readonly original: string | null
}

/** The approximate length of a record. */
const lengthOf = ({ item, original }: Original & { readonly item: string }) => (original ?? item).length

type UnwrittenMessage = MessageRow & Original & { readonly code: Reason }

// From the tables instead of the views, because the views lack excluded users of messages.
const MESSAGES = `SELECT f.code, m.id, ${idAt("m.channel")} AS channelId, ${idAt("m.user")} AS userId,
    coalesce(e.type, 'regular') AS type, e.parent_id AS parentId, e.quoted_id AS quotedId,
    coalesce(e.shown_in_channel, 0) AS isShownInChannel, coalesce(e.changed_at, '') AS changedAt, e.own, e.notes,
    ${senderAt("m.sender")} AS sender,
    (SELECT json_group_array(user_id ORDER BY u.row) FROM main.message_users u WHERE u.message_row = m.row) AS userIds,
    ${originalOf("message", "m.row")} AS original, m.item
  FROM assembly.message_rejected r CROSS JOIN assembly.message_unwritten f ON f.row = r.row
    CROSS JOIN main.messages m ON m.row = r.row LEFT JOIN main.message_extras e ON e.message_row = m.row
  ORDER BY r.no`

const rejectMessages = Effect.fnUntraced(function* (assembly: Assembly) {
  const { database, task } = assembly
  const total = yield* step(assembly, () => {
    listPairs(
      database,
      "message_rejected",
      `SELECT f.row, f.row FROM assembly.message_unwritten f CROSS JOIN messages m USING (row)
          WHERE f.outcome = 'rejected' ORDER BY m.id`
    )
    return count(database, "assembly.message_rejected")
  })
  const rows = yield* step(assembly, () => database.prepare<UnwrittenMessage>(MESSAGES).iterate())
  const toRejected = ({ code, original, ...row }: UnwrittenMessage) =>
    rejection("message", code, [row.id], original === null ? decodeMessage(row) : parse(original))
  yield* eachBlock(assembly, "reject messages", total, chunks(rows, lengthOf), (block) =>
    Effect.flatMap(
      step(assembly, () => block.map(toRejected)),
      task.reject
    )
  )
})

type UnwrittenReaction = ReactionRow & Original & { readonly code: Reason; readonly type: string }

const REACTIONS = `SELECT f.code, r.message_id AS messageId, r.user_id AS userId, r.type, r.channel_id AS channelId,
    r.is_single AS isSingle, ${originalOf("reaction", "r.row")} AS original, r.item
  FROM assembly.reaction_unwritten f CROSS JOIN reactions r USING (row)
  WHERE f.outcome = 'rejected' ORDER BY r.message_id, r.user_id, r.type`

const rejectReactions = Effect.fnUntraced(function* (assembly: Assembly) {
  const { database, task } = assembly
  const total = yield* step(assembly, () =>
    count(database, "assembly.reaction_unwritten WHERE outcome = 'rejected'")
  )
  const rows = yield* step(assembly, () => database.prepare<UnwrittenReaction>(REACTIONS).iterate())
  const toRejected = ({ code, original, type, ...row }: UnwrittenReaction) =>
    rejection(
      "reaction",
      code,
      [row.messageId, row.userId, type],
      original === null ? decodeReaction(row) : parse(original)
    )
  yield* eachBlock(assembly, "reject reactions", total, chunks(rows, lengthOf), (block) =>
    Effect.flatMap(
      step(assembly, () => block.map(toRejected)),
      task.reject
    )
  )
})

const parse = (record: string) => Json.parse(record) as object
