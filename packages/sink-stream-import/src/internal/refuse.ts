import { Json, type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { type Assembly, chunks, count, eachBlock, listPairs, step } from "./assembly.ts"
import { type Reason, rejection } from "./rejection.ts"
import { idAt, senderAt } from "./resolveMessages.ts"

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
  readonly userId: string
  readonly type: string
  readonly parentId: string | null
  readonly isShownInChannel: number | null
  readonly quotedId: string | null
  readonly sender: string | null
  readonly own: string | null
  readonly references: string
  readonly row: number
  readonly movedBytes: number
  readonly item: string
  readonly original: string | null
}

// The stage holds messages as they are to be imported: what is given back is that, with the source's ids and all that
// was taken out of it; where content was left out, the message itself.
const originalOf = (row: MessageRow, moved: object | undefined): object =>
  row.original === null
    ? {
        _tag: "message",
        id: row.id,
        channelId: row.channelId,
        userId: row.userId,
        type: row.type,
        ...(row.parentId !== null && {
          parentId: row.parentId,
          isShownInChannel: row.isShownInChannel === 1
        }),
        ...(row.quotedId !== null && { quotedMessageId: row.quotedId }),
        ...(row.sender !== null && { userSnapshot: Json.parse(row.sender) }),
        ...(row.references !== "[]" && { referencedUserIds: Json.parse(row.references) }),
        ...(row.own !== null && { own: Json.parse(`{${row.own}}`) }),
        ...(moved !== undefined && { moved }),
        import: Json.parse(`{${row.item}}`)
      }
    : (Json.parse(row.original) as object)

/** About how long a record is that is given back. */
const lengthOf = (row: {
  readonly item: string
  readonly movedBytes: number
  readonly original?: string | null
}) => row.item.length + row.movedBytes + (row.original?.length ?? 0)

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
        .prepare<MessageRow>(`SELECT f.code, m.id, ${idAt("m.channel")} AS channelId, ${idAt("m.user")} AS userId,
            coalesce(e.type, 'regular') AS type, e.parent_id AS parentId, e.shown_in_channel AS isShownInChannel,
            e.quoted_id AS quotedId, ${senderAt("m.sender")} AS sender, e.own,
            (SELECT json_group_array(user_id) FROM message_users u WHERE u.message_row = m.row) AS "references",
            m.row, ${movedBytes("message", "m.row")} AS movedBytes, m.item,
            (SELECT record FROM message_originals o WHERE o.message_row = m.row) AS original
          FROM assembly.message_rejected r CROSS JOIN assembly.message_refused f ON f.row = r.row
            CROSS JOIN messages m ON m.row = r.row LEFT JOIN message_extras e ON e.message_row = m.row
          ORDER BY r.no`)
        .iterate()
    )
    const movedOf = yield* findMoved(assembly, "message")
    yield* eachBlock(assembly, "reject messages", total, chunks(rows, lengthOf), (block) =>
      context.reject(
        block.map((row) => rejection("message", row.code, [row.id], originalOf(row, movedOf(row.row))))
      )
    )
  })

interface ReactionRow {
  readonly code: Reason
  readonly messageId: string
  readonly userId: string
  readonly type: string
  readonly channelId: string | null
  readonly row: number
  readonly movedBytes: number
  readonly item: string
}

const movedBytes = (kind: "message" | "reaction", row: string) =>
  `(SELECT total(octet_length(value)) FROM moved_fields v WHERE v.kind = '${kind}' AND v.owner_row = ${row})`

/** Finds what was moved out of a record. Fields are read one by one, because a long one would be copied to join them. */
const findMoved = (assembly: Assembly, kind: "message" | "reaction") =>
  step(assembly, ({ prepare }) => {
    const fields = prepare<{ readonly field: string; readonly value: string }>(
      `SELECT field, value FROM moved_fields WHERE kind = '${kind}' AND owner_row = ? ORDER BY row`
    )
    return (row: number): object | undefined => {
      const found = fields.all(row)
      return found.length === 0
        ? undefined
        : Object.fromEntries(found.map(({ field, value }) => [field, Json.parse(value)]))
    }
  })

const rejectReactions = (assembly: Assembly) =>
  Effect.gen(function* () {
    const { context, database } = assembly
    const total = yield* step(assembly, () =>
      count(database, "assembly.reaction_refused WHERE outcome = 'rejected'")
    )
    const rows = yield* step(assembly, () =>
      database
        .prepare<ReactionRow>(`SELECT f.code, r.message_id AS messageId, r.user_id AS userId, r.type, r.channel_id AS channelId,
            r.row, ${movedBytes("reaction", "r.row")} AS movedBytes, r.item
          FROM assembly.reaction_refused f CROSS JOIN reactions r USING (row)
          WHERE f.outcome = 'rejected' ORDER BY r.message_id, r.user_id, r.type`)
        .iterate()
    )
    const movedOf = yield* findMoved(assembly, "reaction")
    yield* eachBlock(assembly, "reject reactions", total, chunks(rows, lengthOf), (block) =>
      context.reject(
        block.map(({ channelId, code, item, messageId, row, type, userId }) => {
          const moved = movedOf(row)
          return rejection("reaction", code, [messageId, userId, type], {
            _tag: "reaction",
            messageId,
            userId,
            ...(channelId !== null && { channelId }),
            ...(moved !== undefined && { moved }),
            import: Json.parse(`{${item}}`)
          })
        })
      )
    )
  })
