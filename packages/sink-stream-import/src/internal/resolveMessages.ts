import { type Assembly, count } from "./assembly.ts"
import { quote } from "./sqlite.ts"

/** Users the source gives. */
export const listUsers = ({ database }: Assembly): void =>
  database.exec(`CREATE TABLE assembly.user (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
    INSERT INTO assembly.user (id) SELECT DISTINCT id FROM users ORDER BY id`)

/**
 * Finds messages that are not written whatever becomes of their channel:
 * further records of one message, deleted ones and those of unknown users as
 * the policies say. A record that says the message is deleted wins whatever the
 * others' times: sources do not always say when it was.
 */
export const refuseMessages = ({ database, settings }: Assembly): void => {
  database.exec(`
    CREATE TABLE assembly.message_lost (row INTEGER PRIMARY KEY);
    INSERT INTO assembly.message_lost
      SELECT row FROM (
        SELECT row, row_number() OVER (PARTITION BY id ORDER BY type = 'deleted' DESC, changed_at DESC, item DESC, channel_id DESC,
          parent_id DESC, quoted_id DESC, shown_in_channel DESC, own DESC, sender DESC, notes DESC,
          ${moved("message", "messages.row")} DESC, row) AS place
        FROM messages WHERE id IN (SELECT id FROM messages GROUP BY id HAVING count(*) > 1))
      WHERE place > 1 ORDER BY row;
    CREATE TABLE assembly.message_refused (row INTEGER PRIMARY KEY, outcome TEXT NOT NULL, code TEXT NOT NULL);`)
  if (settings.deletedMessages === "skip") {
    database.exec(`INSERT INTO assembly.message_refused
      SELECT m.row, 'dropped', 'deleted' FROM messages m WHERE m.type = 'deleted' AND ${isOpen("m")}`)
  }
  if (settings.missingUser === "reject") {
    database.exec(`INSERT INTO assembly.message_refused
      SELECT m.row, 'rejected', 'unknown_user' FROM messages m
      WHERE ${isUnknownUser("m.user_id", settings.adminUserId)} AND ${isOpen("m")}`)
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
        WHERE p.id = m.parent_id AND p.channel_id = m.channel_id AND p.id <> m.id AND ${isOpen("p")})
      FROM messages m WHERE m.parent_id IS NOT NULL AND ${isOpen("m")}`)
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
 * Puts the messages that are written in their order: by channel, replies last,
 * then by time and id. The others of unknown or refused channels are refused.
 */
export const orderMessages = ({ book, database }: Assembly): void => {
  database.exec(`
    CREATE TABLE assembly.message_order (no INTEGER PRIMARY KEY, row INTEGER NOT NULL, channel_no INTEGER NOT NULL,
      parent_row INTEGER, is_user_unknown INTEGER NOT NULL);
    INSERT INTO assembly.message_order (row, channel_no, parent_row, is_user_unknown)
      SELECT m.row, c.no, r.parent_row, NOT EXISTS (SELECT 1 FROM assembly.user u WHERE u.id = m.user_id)
      FROM messages m CROSS JOIN assembly.channel c ON c.id = m.channel_id
        LEFT JOIN assembly.reply r ON r.row = m.row
      WHERE c.status = 'written' AND ${isOpen("m")}
      ORDER BY c.no, r.parent_row IS NOT NULL, m.created_at, m.id;
    CREATE UNIQUE INDEX assembly.message_order_by_row ON message_order (row)`)
  const lost = count(database, "assembly.message_lost")
  const written = count(database, "assembly.message_order")
  if (lost + written + count(database, "assembly.message_refused") < count(database, "messages")) {
    database.exec(`INSERT INTO assembly.message_refused
      SELECT m.row, ${channelOutcome}, ${channelCode}
      FROM messages m LEFT JOIN assembly.channel c ON c.id = m.channel_id
      WHERE (c.no IS NULL OR c.status <> 'written') AND ${isOpen("m")}`)
  }
  book.add("message", "merged", "same_id", lost)
}

/** Values moved out of a record, as text that two records only share when nothing tells them apart. */
export const moved = (kind: string, row: string): string =>
  `(SELECT group_concat(field || char(10) || value, char(10)) FROM
    (SELECT field, value FROM moved_fields WHERE kind = '${kind}' AND owner_row = ${row} ORDER BY field))`

/** What becomes of a record whose channel `c` is not written. */
export const channelOutcome = `CASE WHEN c.status = 'dropped' THEN 'dropped' ELSE 'rejected' END`
export const channelCode = `CASE WHEN c.no IS NULL THEN 'unknown_channel'
  WHEN c.status = 'dropped' THEN 'deleted_channel' ELSE 'rejected_channel' END`

/** Whether a user is not given by the source; the stand-in for the system need not be. */
export const isUnknownUser = (column: string, adminUserId: string): string =>
  `${column} <> ${quote(adminUserId)} AND NOT EXISTS (SELECT 1 FROM assembly.user u WHERE u.id = ${column})`

// internal

const isOpen = (message: string) =>
  `${message}.row NOT IN (SELECT row FROM assembly.message_lost)
   AND ${message}.row NOT IN (SELECT row FROM assembly.message_refused)`
