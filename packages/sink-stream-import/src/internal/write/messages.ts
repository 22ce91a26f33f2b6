import { Sqlite } from "@chatferry/connector"
import { SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as Output from "../files/output.ts"
import { notes } from "../format/consequences.ts"
import { failed } from "../format/failures.ts"
import { type Assembly, chunks, eachBlock, step } from "../resolve/assembly.ts"
import { countStagedNotes, type Ordered } from "./joined.ts"
import { writeMoved } from "./moved.ts"

/** Prepares the items of messages, which must be done before they are written. */
export const prepareMessages = Effect.fnUntraced(function* (
  assembly: Assembly
): Effect.fn.Return<Ordered, SinkError.SinkError> {
  yield* checkIds(assembly)
  yield* countStagedNotes(assembly, "message")
  yield* linkMessages(assembly)
  const [before, after] = Output.envelope(assembly, "message")
  return {
    kind: "message",
    item: `concat(${Sqlite.quote(`${before}{`)}, m.item, ',', t.reference, l.text, ${Sqlite.quote(`}${after}`)})`,
    tables: `assembly.message_order o CROSS JOIN messages m ON m.row = o.row
          CROSS JOIN assembly.target t ON t.no = o.channel_no LEFT JOIN assembly.message_link l ON l.row = o.row`,
    long: (bytes) => `(octet_length(m.item) + octet_length(t.reference) > ${bytes})`,
    outside: `${before}{,}${after}`.length
  }
})

/** Writes the entries of messages in the id map and the side file. */
export const writeMessageEntries = (
  assembly: Assembly,
  output: Output.Output
): Effect.Effect<void, SinkError.SinkError> =>
  Effect.andThen(writeRenames(assembly, output), writeMoved(assembly, output, "message"))

// internal

interface LinkRow {
  readonly row: number
  readonly parentId: string | null
  readonly rootId: string | null
  readonly type: string
  readonly isShownInChannel: number
  readonly quotedId: string | null
  readonly isQuotedWritten: number
  readonly own: string | null
}

const LINKS = `
SELECT o.row, e.parent_id AS parentId, e.type, e.shown_in_channel AS isShownInChannel, e.quoted_id AS quotedId, e.own,
  (SELECT p.id FROM assembly.reply r CROSS JOIN messages p ON p.row = r.parent_row WHERE r.row = o.row) AS rootId,
  EXISTS (SELECT 1 FROM messages q CROSS JOIN assembly.message_order qo ON qo.row = q.row
    WHERE q.id = e.quoted_id AND qo.channel_no = o.channel_no AND qo.no <= o.no) AS isQuotedWritten
FROM message_extras e CROSS JOIN assembly.message_order o ON o.row = e.message_row
WHERE e.parent_id IS NOT NULL OR e.quoted_id IS NOT NULL ORDER BY e.row`

// Few messages have a parent or a quote: their additional fields are in a table, so that all items are joined in SQL.
const linkMessages = Effect.fnUntraced(function* (assembly: Assembly) {
  const { rows, insert } = yield* step(assembly, (database) => {
    database.exec("CREATE TABLE assembly.message_link (row INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    return {
      rows: database.prepare<LinkRow>(LINKS).iterate(),
      insert: database.prepare("INSERT INTO assembly.message_link VALUES (?, ?)")
    }
  })
  yield* eachBlock(assembly, "link messages", 0, chunks(rows), (block) =>
    step(assembly, () => {
      for (const row of block) insert.execute(row.row, encodeLink(assembly, row))
    })
  )
})

const encodeLink = (
  assembly: Assembly,
  { isQuotedWritten, isShownInChannel, own: ownText, parentId, quotedId, rootId, type }: LinkRow
) => {
  let text = ""
  const own: Array<string> = ownText === null ? [] : [ownText]
  const keep = (note: string, field: string, id: string) => {
    Output.countNotes(assembly, [note])
    own.push(`"${field}":${Json.write(assembly.mapMessage(id))}`)
  }
  if (rootId !== null) {
    if (type === "regular") text += `,"type":"${assembly.settings.replyType}"`
    text += `,"parent_id":${Json.write(assembly.mapMessage(rootId))}`
    if (isShownInChannel === 1) text += `,"show_in_channel":true`
    if (parentId !== null && rootId !== parentId)
      keep(notes.replyReattached.code, "parent_message_id", parentId)
  } else if (parentId !== null) {
    if (type === "regular") text += `,"type":"regular"`
    keep(notes.replyDetached.code, "parent_message_id", parentId)
  }
  if (quotedId !== null) {
    if (isQuotedWritten === 1) text += `,"quoted_message_id":${Json.write(assembly.mapMessage(quotedId))}`
    else keep(notes.quotedMessageUnknown.code, "quoted_message_id", quotedId)
  }
  return own.length === 0 ? text : `${text},"chatferry":{${own.join(",")}}`
}

// Unchanged ids cannot collide; each renamed id is compared with all others.
const checkIds = Effect.fnUntraced(function* (assembly: Assembly) {
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
          SELECT e.source, m.id, e.stream FROM earlier.entry e CROSS JOIN messages m ON m.id = e.stream
            CROSS JOIN assembly.message_order o ON o.row = m.row
          WHERE e.kind = 'message' AND e.source <> m.id
            AND m.row NOT IN (SELECT message_row FROM message_renames)
          UNION ALL
          SELECT e.source, m.id, e.stream FROM message_renames r
            CROSS JOIN assembly.message_order o ON o.row = r.message_row CROSS JOIN messages m ON m.row = r.message_row
            CROSS JOIN earlier.entry e ON e.kind = 'message' AND e.stream = r.stream_id
          WHERE e.source <> m.id
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

const writeRenames = Effect.fnUntraced(function* (assembly: Assembly, output: Output.Output) {
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
        Json.write({ kind: "message", sourceId: id, streamId, rule: "hashed" })
      )
    )
  )
})
