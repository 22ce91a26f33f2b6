import { Sqlite } from "@chatferry/connector"
import { outcomes, rejections } from "../format/consequences.ts"
import { type Assembly, count } from "./assembly.ts"
import { isKnownUser } from "./leaveOut.ts"

/** Users the source gives. */
export const listUsers = ({ database }: Assembly): void =>
  database.exec(`CREATE TABLE assembly.user (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
    INSERT INTO assembly.user (id) SELECT DISTINCT id FROM users ORDER BY id`)

/**
 * Finds messages that are not written whatever becomes of their channel:
 * further records of one message, deleted ones and those of unknown users as
 * the policies say.
 */
export const findUnwritten = ({ database, settings }: Assembly): void => {
  database.exec(`
    CREATE TABLE assembly.message_superseded (row INTEGER PRIMARY KEY);
    INSERT INTO assembly.message_superseded
      SELECT row FROM (
        SELECT m.row, row_number() OVER (PARTITION BY m.id ORDER BY coalesce(e.changed_at, '') DESC,
          m.item DESC, ${idAt("m.channel")} DESC, e.parent_id DESC, e.quoted_id DESC, coalesce(e.shown_in_channel, 0) DESC, e.own DESC, ${senderAt("m.sender")} DESC, e.notes DESC,
          ${moved("message", "m.row")} DESC, ${originalOf("message", "m.row")} DESC, m.row) AS place
        FROM messages m LEFT JOIN message_extras e ON e.message_row = m.row
        WHERE m.id IN (SELECT id FROM messages GROUP BY id HAVING count(*) > 1))
      WHERE place > 1 ORDER BY row;
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
 * Finds the first message of the thread for each reply: through replies to
 * replies up to the one that is none. A reply whose parent is not written, is in
 * another channel or is in the end itself has none.
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
  // Each round skips half of the way up. Only circles never get shorter in number.
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
 * Puts the messages that are written in their order: by channel, time and
 * id, but none before what it replies to or quotes. The others of unknown or refused channels are refused.
 */
export const orderMessages = ({ book, database }: Assembly): void => {
  database.exec(`
    CREATE TABLE assembly.place (id_row INTEGER PRIMARY KEY, channel_no INTEGER NOT NULL);
    INSERT INTO assembly.place
      SELECT i.row, c.no FROM ids i CROSS JOIN assembly.channel c ON c.id = i.id WHERE c.status = 'written';
    CREATE TABLE assembly.message_order (no INTEGER PRIMARY KEY, row INTEGER NOT NULL, channel_no INTEGER NOT NULL,
      user INTEGER NOT NULL);
    INSERT INTO assembly.message_order (row, channel_no, user)
      SELECT m.row, p.channel_no, m.user
      FROM messages m CROSS JOIN assembly.place p ON p.id_row = m.channel
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
      WHERE m.channel NOT IN (SELECT id_row FROM assembly.place) AND ${isOpen(database, "m.row")}`)
  }
  book.add("message", "merged", outcomes.sameId.code, superseded)
}

/** Values moved out of a record, as text that two records only share when nothing tells them apart. */
export const moved = (kind: string, row: string): string =>
  `(SELECT group_concat(field || char(10) || value, char(10)) FROM
    (SELECT field, value FROM moved_fields WHERE kind = '${kind}' AND owner_row = ${row} ORDER BY field))`

/** JSON of what a record was, where its row does not tell; SQL for no value elsewhere. */
export const originalOf = (kind: "message" | "reaction", row: string): string =>
  `(SELECT record FROM originals o WHERE o.kind = '${kind}' AND o.owner_row = ${row})`

/** The id of a channel or user that a message names by row. */
export const idAt = (row: string): string => `(SELECT id FROM ids WHERE row = ${row})`

/** How the sender whom a message names by row was shown. */
export const senderAt = (row: string): string => `(SELECT snapshot FROM senders WHERE row = ${row})`

/** What becomes of a record whose channel `c` is not written. */
export const channelOutcome = `CASE WHEN c.status = 'dropped' THEN 'dropped' ELSE 'rejected' END`
export const channelCode = `CASE WHEN c.no IS NULL THEN ${Sqlite.quote(rejections.unknownChannel.code)}
  WHEN c.status = 'dropped' THEN ${Sqlite.quote(outcomes.deletedChannel.code)} ELSE ${Sqlite.quote(rejections.rejectedChannel.code)} END`

/** Whether a user is not given by the source; the stand-in for the system need not be. */
export const isUnknownUser = (column: string, adminUserId: string): string =>
  `${column} <> ${Sqlite.quote(adminUserId)} AND NOT ${isKnownUser(column)}`

/** SQL for whether a record of a message is not superseded or refused. Often none is, and then no row needs to be looked for. */
export const isOpen = (database: Sqlite.Database, row: string) =>
  ["assembly.message_superseded", "assembly.message_unwritten"]
    .map((table) => (count(database, table) === 0 ? "TRUE" : `${row} NOT IN (SELECT row FROM ${table})`))
    .join(" AND ")
