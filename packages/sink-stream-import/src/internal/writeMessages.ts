import { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { type Assembly, chunks, count, eachBlock, ranges, step } from "./assembly.ts"
import { failed } from "./failures.ts"
import * as Ids from "./ids.ts"
import * as Output from "./output.ts"
import type { Statement } from "./sqlite.ts"
import { writeMoved } from "./writeMoved.ts"

/** Writes the messages in their order. */
export const writeMessages = (
  assembly: Assembly,
  output: Output.Output
): Effect.Effect<void, SinkError.SinkError> =>
  Effect.gen(function* () {
    const { database } = assembly
    yield* checkIds(assembly)
    const statements = yield* step(assembly, () => ({
      messages: database.prepare<MessageRow>(MESSAGES),
      reference: database.prepare<{ readonly reference: string }>(
        "SELECT reference FROM assembly.target WHERE no = ?"
      )
    }))
    const encode = makeEncode(assembly, statements.reference)
    const last = yield* step(assembly, () => count(database, "assembly.message_order"))
    yield* eachBlock(assembly, "write messages", last, ranges(statements.messages, last), (block) =>
      Effect.flatMap(
        step(assembly, () => block.map(encode)),
        (items) => output.items("message", items)
      )
    )
    yield* writeRenames(assembly, output)
    yield* writeMoved(assembly, output, "message")
  })

// internal

// Most messages have no parent, quote nothing and were not changed: all that is special is one column, mostly NULL.
const MESSAGES = `
SELECT o.channel_no AS channel, m.item,
  CASE WHEN e.parent_id IS NULL AND e.quoted_id IS NULL AND e.notes IS NULL THEN NULL ELSE json_array(
    e.parent_id, (SELECT p.id FROM assembly.reply r CROSS JOIN messages p ON p.row = r.parent_row WHERE r.row = o.row),
    e.type, e.shown_in_channel,
    e.quoted_id, EXISTS (SELECT 1 FROM messages q CROSS JOIN assembly.message_order qo ON qo.row = q.row
      WHERE q.id = e.quoted_id AND qo.channel_no = o.channel_no),
    e.own, e.notes) END AS special
FROM assembly.message_order o CROSS JOIN messages m ON m.row = o.row
  LEFT JOIN message_extras e ON e.message_row = o.row
WHERE o.no BETWEEN ? AND ? ORDER BY o.no`

interface MessageRow {
  readonly channel: number
  readonly item: string
  readonly special: string | null
}

type Special = readonly [
  parentId: string | null,
  rootId: string | null,
  type: string,
  isShownInChannel: number,
  quotedId: string | null,
  isQuotedWritten: number,
  own: string | null,
  notes: string | null
]

const makeEncode = (assembly: Assembly, references: Statement<{ readonly reference: string }>) => {
  const [before, after] = Output.envelope(assembly, "message")
  let channel = 0
  let reference = ""
  return (row: MessageRow): string => {
    if (row.channel !== channel) {
      channel = row.channel
      reference = references.get(channel)?.reference ?? ""
    }
    const special = row.special === null ? "" : encodeSpecial(assembly, JSON.parse(row.special) as Special)
    return `${before}{${row.item},${reference}${special}}${after}`
  }
}

const encodeSpecial = (assembly: Assembly, special: Special) => {
  const [parentId, rootId, type, isShownInChannel, quotedId, isQuotedWritten, ownText, notes] = special
  if (notes !== null) Output.countNotes(assembly, JSON.parse(notes) as ReadonlyArray<string>)
  let text = ""
  const own: Array<string> = ownText === null ? [] : [ownText]
  const keep = (note: string, field: string, id: string) => {
    Output.countNotes(assembly, [note])
    own.push(`"${field}":${JSON.stringify(Ids.messageId(id))}`)
  }
  if (rootId !== null) {
    if (type === "regular") text += `,"type":"${assembly.settings.replyType}"`
    text += `,"parent_id":${JSON.stringify(Ids.messageId(rootId))}`
    if (isShownInChannel === 1) text += `,"show_in_channel":true`
    if (parentId !== null && rootId !== parentId) keep("reply_reattached", "parent_message_id", parentId)
  } else if (parentId !== null) {
    if (type === "regular") text += `,"type":"regular"`
    keep("reply_detached", "parent_message_id", parentId)
  }
  if (quotedId !== null) {
    if (isQuotedWritten === 1) text += `,"quoted_message_id":${JSON.stringify(Ids.messageId(quotedId))}`
    else keep("quoted_message_unknown", "quoted_message_id", quotedId)
  }
  return own.length === 0 ? text : `${text},"chatferry":{${own.join(",")}}`
}

// Ids that stay as they are cannot collide; each renamed one is looked for among both.
const checkIds = (assembly: Assembly) =>
  Effect.gen(function* () {
    const same = yield* step(assembly, (database) =>
      database
        .prepare<{
          readonly a: string
          readonly b: string
          readonly streamId: string
        }>(`SELECT m.id AS a, x.id AS b, r.stream_id AS streamId FROM message_renames r
            CROSS JOIN assembly.message_order o ON o.row = r.message_row CROSS JOIN messages m ON m.row = r.message_row
            CROSS JOIN messages x ON x.id = r.stream_id CROSS JOIN assembly.message_order xo ON xo.row = x.row
          UNION ALL
          SELECT min(m.id), max(m.id), r.stream_id FROM message_renames r
            CROSS JOIN assembly.message_order o ON o.row = r.message_row CROSS JOIN messages m ON m.row = r.message_row
          GROUP BY r.stream_id HAVING count(*) > 1
          LIMIT 1`)
        .get()
    )
    yield* same === undefined ? Effect.void : conflict(assembly, same.a, same.b, same.streamId)
  })

const conflict = ({ settings }: Assembly, first: string, second: string, streamId: string) =>
  failed(
    settings,
    new SinkError.Conflict({
      problem: `messages ${first} and ${second} would both get the id ${streamId} in Stream`,
      hint: "Give one of them another id in a transform."
    })
  )

const writeRenames = (assembly: Assembly, output: Output.Output) =>
  Effect.gen(function* () {
    const rows = yield* step(assembly, (database) =>
      database
        .prepare<{
          readonly id: string
          readonly stream_id: string
        }>(`SELECT m.id, r.stream_id FROM message_renames r
            CROSS JOIN assembly.message_order o ON o.row = r.message_row CROSS JOIN messages m ON m.row = r.message_row
          ORDER BY o.no`)
        .iterate()
    )
    yield* eachBlock(assembly, "write renamed messages", 0, chunks(rows), (block) =>
      output.idMap(
        block.map(({ id, stream_id: streamId }) =>
          JSON.stringify({ kind: "message", sourceId: id, streamId, rule: "hashed" })
        )
      )
    )
  })
