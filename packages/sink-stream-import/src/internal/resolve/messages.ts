import { Sqlite } from "@chatferry/connector"
import { outcomes, rejections } from "../format/consequences.ts"
import { type Assembly, count } from "./assembly.ts"
import { isKnownUser } from "./leaveOut.ts"

/** Lists the users that the source gives. */
export const listUsers = ({ database }: Assembly): void =>
  database.exec(`CREATE TABLE assembly.user (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
    INSERT INTO assembly.user (id) SELECT DISTINCT id FROM users ORDER BY id`)

/**
 * Finds messages that are not written whatever happens to their channel:
 * superseded records of a message and, as the policies say, deleted messages and
 * messages of unknown users.
 */
export const findUnwritten = ({ database, settings }: Assembly): void => {
  database.exec(`
    CREATE TABLE assembly.message_superseded (row INTEGER PRIMARY KEY);
    INSERT INTO assembly.message_superseded
      SELECT row FROM (
        SELECT m.row, row_number() OVER (PARTITION BY m.id ORDER BY coalesce(e.changed_at, '') DESC,
          m.item DESC, ${idAt("m.channel")} DESC, e.parent_id DESC, e.quoted_id DESC, coalesce(e.shown_in_channel, 0) DESC, e.own DESC, ${senderAt("m.sender")} DESC, e.notes DESC,
          ${moved("message", "m.row")} DESC, ${originalOf("message", "m.row")} DESC, m.row) AS position
        FROM messages m LEFT JOIN message_extras e ON e.message_row = m.row
        WHERE m.id IN (SELECT id FROM messages GROUP BY id HAVING count(*) > 1))
      WHERE position > 1 ORDER BY row;
    CREATE TABLE assembly.message_unwritten (row INTEGER PRIMARY KEY, outcome TEXT NOT NULL, code TEXT NOT NULL);`)
  if (settings.deletedMessages === "skip") {
    database.exec(`INSERT INTO assembly.message_unwritten
      SELECT e.message_row, 'dropped', ${Sqlite.quote(outcomes.deleted.code)} FROM message_extras e
      WHERE e.type = 'deleted' AND ${isOpen(database, "e.message_row")}`)
  }
  if (settings.missingUser === "reject") {
    database.exec(`INSERT INTO assembly.message_unwritten
      SELECT m.row, 'rejected', ${Sqlite.quote(rejections.unknownUser.code)} FROM messages m
      WHERE m.user IN (SELECT i.row FROM ids i WHERE ${isUnknownUser("i.id", settings.adminUserId)})
        AND ${isOpen(database, "m.row")}`)
  }
}

/**
 * Finds the first message of the thread for each reply, through replies to
 * replies. A reply has none if its parent is not written, is in another channel
 * or is, in a circle, the reply itself.
 */
export const resolveReplies = ({ database }: Assembly): void => {
  database.exec(`
    CREATE TABLE assembly.reply (row INTEGER PRIMARY KEY, parent_row INTEGER);
    INSERT INTO assembly.reply
      SELECT m.row, (SELECT p.row FROM messages p
        WHERE p.id = e.parent_id AND (p.channel = m.channel OR ${idAt("p.channel")} = ${idAt("m.channel")})
          AND p.id <> m.id AND ${isOpen(database, "p.row")})
      FROM message_extras e CROSS JOIN messages m ON m.row = e.message_row
      WHERE e.parent_id IS NOT NULL AND ${isOpen(database, "m.row")}`)
  const nested = `assembly.reply WHERE parent_row IN (SELECT row FROM assembly.reply WHERE parent_row IS NOT NULL)`
  // Each round halves the way up. If their number does not shrink, only circles are left.
  for (let before = Number.POSITIVE_INFINITY; ;) {
    const left = count(database, nested)
    if (left === 0) return
    if (left === before) break
    before = left
    database.exec(`UPDATE assembly.reply
      SET parent_row = (SELECT p.parent_row FROM assembly.reply p WHERE p.row = reply.parent_row)
      WHERE row IN (SELECT row FROM ${nested})`)
  }
  database.exec(`UPDATE assembly.reply SET parent_row = NULL WHERE row IN (SELECT row FROM ${nested})`)
}

/**
 * Orders the messages that are written by channel, time and id, but each one
 * after its parent and the message it quotes. Finds the messages of channels that
 * are not written.
 */
export const orderMessages = ({ book, database }: Assembly): void => {
  database.exec(`
    CREATE TABLE assembly.written_channel (id_row INTEGER PRIMARY KEY, channel_no INTEGER NOT NULL);
    INSERT INTO assembly.written_channel
      SELECT i.row, c.no FROM ids i CROSS JOIN assembly.channel c ON c.id = i.id WHERE c.status = 'written';
    CREATE TABLE assembly.message_order (no INTEGER PRIMARY KEY, row INTEGER NOT NULL, channel_no INTEGER NOT NULL,
      user INTEGER NOT NULL, bytes INTEGER NOT NULL);
    INSERT INTO assembly.message_order (row, channel_no, user, bytes)
      SELECT m.row, p.channel_no, m.user, octet_length(m.item)
      FROM messages m CROSS JOIN assembly.written_channel p ON p.id_row = m.channel
        LEFT JOIN assembly.sort_key k ON k.row = m.row
      WHERE ${isOpen(database, "m.row")}
      ORDER BY p.channel_no, coalesce(k.key, m.created_at), m.id;
    CREATE UNIQUE INDEX assembly.message_order_by_row ON message_order (row)`)
  const superseded = count(database, "assembly.message_superseded")
  const written = count(database, "assembly.message_order")
  if (superseded + written + count(database, "assembly.message_unwritten") < count(database, "messages")) {
    database.exec(`INSERT INTO assembly.message_unwritten
      SELECT m.row, ${channelOutcome}, ${channelCode}
      FROM messages m CROSS JOIN ids i ON i.row = m.channel LEFT JOIN assembly.channel c ON c.id = i.id
      WHERE m.channel NOT IN (SELECT id_row FROM assembly.written_channel) AND ${isOpen(database, "m.row")}`)
  }
  book.add("message", "merged", outcomes.sameId.code, superseded)
}

/** SQL for the values that were moved out of a record, as text that only differs if the values do. */
export const moved = (kind: string, row: string): string =>
  `(SELECT group_concat(field || char(10) || value, char(10)) FROM
    (SELECT field, value FROM moved_fields WHERE kind = '${kind}' AND owner_row = ${row} ORDER BY field))`

/** SQL for the JSON of a record that cannot be restored from its row; NULL for other records. */
export const originalOf = (kind: "message" | "reaction", row: string): string =>
  `(SELECT record FROM originals o WHERE o.kind = '${kind}' AND o.owner_row = ${row})`

/** SQL for the id of a channel or user by row. */
export const idAt = (row: string): string => `(SELECT id FROM ids WHERE row = ${row})`

/** SQL for the snapshot of a sender by row. */
export const senderAt = (row: string): string => `(SELECT snapshot FROM senders WHERE row = ${row})`

/** SQL for the outcome of a record whose channel `c` is not written. */
export const channelOutcome = `CASE WHEN c.status = 'dropped' THEN 'dropped' ELSE 'rejected' END`
export const channelCode = `CASE WHEN c.no IS NULL THEN ${Sqlite.quote(rejections.unknownChannel.code)}
  WHEN c.status = 'dropped' THEN ${Sqlite.quote(outcomes.deletedChannel.code)} ELSE ${Sqlite.quote(rejections.rejectedChannel.code)} END`

/** SQL for whether the source does not give a user; the user who stands in for the system is always known. */
export const isUnknownUser = (column: string, adminUserId: string): string =>
  `${column} <> ${Sqlite.quote(adminUserId)} AND NOT ${isKnownUser(column)}`

/** SQL for whether a record of a message is neither superseded nor unwritten. It skips empty tables, which are common. */
export const isOpen = (database: Sqlite.Database, row: string) =>
  ["assembly.message_superseded", "assembly.message_unwritten"]
    .map((table) => (count(database, table) === 0 ? "TRUE" : `${row} NOT IN (SELECT row FROM ${table})`))
    .join(" AND ")
