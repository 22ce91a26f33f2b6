import { type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import { decodeMessage, type MessageRow } from "../encode/decodeMessage.ts"
import { decodeReaction, type ReactionRow } from "../encode/reaction.ts"
import { type Reason, rejection } from "../format/rejection.ts"
import { type Assembly, chunks, count, eachBlock, listPairs, step } from "./assembly.ts"
import { idAt, originalOf, senderAt } from "./messages.ts"

/** Counts the messages and reactions that are not written, and sets the rejected ones aside. */
export const refuse = Effect.fnUntraced(function* (
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
      `SELECT code, count(*) AS n FROM assembly.${kind}_refused WHERE outcome = 'dropped' GROUP BY 1`
    )
    for (const { code, n } of counts.all()) assembly.book.add(kind, "dropped", code, n)
  })

interface CountRow {
  readonly code: string
  readonly n: number
}

/** What a row was made of, where the row itself does not tell. */
interface Original {
  readonly original: string | null
}

/** About how long a record is that is given back. */
const lengthOf = ({ item, original }: Original & { readonly item: string }) => (original ?? item).length

type RefusedMessage = MessageRow & Original & { readonly code: Reason }

// Of the tables themselves: where users are left out, the views have messages without them.
const MESSAGES = `SELECT f.code, m.id, ${idAt("m.channel")} AS channelId, ${idAt("m.user")} AS userId,
    coalesce(e.type, 'regular') AS type, e.parent_id AS parentId, e.quoted_id AS quotedId,
    coalesce(e.shown_in_channel, 0) AS isShownInChannel, coalesce(e.changed_at, '') AS changedAt, e.own, e.notes,
    ${senderAt("m.sender")} AS sender,
    (SELECT json_group_array(user_id ORDER BY u.row) FROM main.message_users u WHERE u.message_row = m.row) AS userIds,
    ${originalOf("message", "m.row")} AS original, m.item
  FROM assembly.message_rejected r CROSS JOIN assembly.message_refused f ON f.row = r.row
    CROSS JOIN main.messages m ON m.row = r.row LEFT JOIN main.message_extras e ON e.message_row = m.row
  ORDER BY r.no`

const rejectMessages = Effect.fnUntraced(function* (assembly: Assembly) {
  const { database, task } = assembly
  const total = yield* step(assembly, () => {
    listPairs(
      database,
      "message_rejected",
      `SELECT f.row, f.row FROM assembly.message_refused f CROSS JOIN messages m USING (row)
          WHERE f.outcome = 'rejected' ORDER BY m.id`
    )
    return count(database, "assembly.message_rejected")
  })
  const rows = yield* step(assembly, () => database.prepare<RefusedMessage>(MESSAGES).iterate())
  const toRejected = ({ code, original, ...row }: RefusedMessage) =>
    rejection("message", code, [row.id], original === null ? decodeMessage(row) : parse(original))
  yield* eachBlock(assembly, "reject messages", total, chunks(rows, lengthOf), (block) =>
    Effect.flatMap(
      step(assembly, () => block.map(toRejected)),
      task.reject
    )
  )
})

type RefusedReaction = ReactionRow & Original & { readonly code: Reason; readonly type: string }

const REACTIONS = `SELECT f.code, r.message_id AS messageId, r.user_id AS userId, r.type, r.channel_id AS channelId,
    r.is_single AS isSingle, ${originalOf("reaction", "r.row")} AS original, r.item
  FROM assembly.reaction_refused f CROSS JOIN reactions r USING (row)
  WHERE f.outcome = 'rejected' ORDER BY r.message_id, r.user_id, r.type`

const rejectReactions = Effect.fnUntraced(function* (assembly: Assembly) {
  const { database, task } = assembly
  const total = yield* step(assembly, () =>
    count(database, "assembly.reaction_refused WHERE outcome = 'rejected'")
  )
  const rows = yield* step(assembly, () => database.prepare<RefusedReaction>(REACTIONS).iterate())
  const toRejected = ({ code, original, type, ...row }: RefusedReaction) =>
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
