import { Sqlite } from "@chatferry/connector"
import { outcomes, rejections } from "../format/consequences.ts"
import * as Times from "../format/times.ts"
import { type Assembly, count } from "./assembly.ts"
import { channelCode, channelOutcome, isUnknownUser, moved, originalOf } from "./messages.ts"

/** SQL for the field of a reaction without a time, which gets the time of its message. */
export const assumedTime = (column: string): string =>
  `concat(',"created_at":"', ${Times.timestampOf(column)}, '"')`

/** Orders reactions by their messages, and finds those whose message is not written. */
export const orderReactions = ({ book, database, settings }: Assembly): void => {
  const isKnownUser =
    settings.missingUser === "reject" ? `NOT (${isUnknownUser("r.user_id", settings.adminUserId)})` : "TRUE"
  database.exec(`
    CREATE TABLE assembly.reaction_superseded (row INTEGER PRIMARY KEY);
    INSERT INTO assembly.reaction_superseded
      SELECT row FROM (
        SELECT r.row, row_number() OVER (PARTITION BY r.message_id, r.user_id, r.type
          ORDER BY r.changed_at DESC, r.item DESC, r.channel_id DESC, r.notes DESC,
          ${moved("reaction", "r.row")} DESC, r.is_single DESC, ${originalOf("reaction", "r.row")} DESC, r.row) AS position
        FROM reactions r JOIN (SELECT message_id, user_id, type FROM reactions GROUP BY 1, 2, 3 HAVING count(*) > 1)
          USING (message_id, user_id, type))
      WHERE position > 1 ORDER BY row;
    CREATE TABLE assembly.reaction_order (no INTEGER PRIMARY KEY, row INTEGER NOT NULL UNIQUE, message_row INTEGER NOT NULL,
      bytes INTEGER NOT NULL);
    INSERT INTO assembly.reaction_order (row, message_row, bytes)
      SELECT r.row, o.row, octet_length(r.item) + CASE WHEN r.created_at = '' THEN octet_length(${assumedTime("m.created_at")}) ELSE 0 END
      FROM reactions r CROSS JOIN messages m ON m.id = r.message_id CROSS JOIN assembly.message_order o ON o.row = m.row
      WHERE r.row NOT IN (SELECT row FROM assembly.reaction_superseded) AND ${isKnownUser}
      ORDER BY o.no, r.user_id, r.type;
    CREATE TABLE assembly.reaction_unwritten (row INTEGER PRIMARY KEY, outcome TEXT NOT NULL, code TEXT NOT NULL);
    INSERT INTO assembly.reaction_unwritten
      SELECT r.row,
        CASE WHEN m.row IS NULL AND r.channel_id IS NULL THEN 'dropped' WHEN m.row IS NULL THEN ${channelOutcome} WHEN f.row IS NULL THEN 'rejected' ELSE f.outcome END,
        CASE WHEN m.row IS NULL AND (c.status = 'written' OR r.channel_id IS NULL) THEN ${Sqlite.quote(rejections.unknownMessage.code)} WHEN m.row IS NULL THEN ${channelCode}
          WHEN f.row IS NULL THEN ${Sqlite.quote(rejections.unknownUser.code)}
          WHEN f.code = ${Sqlite.quote(outcomes.deleted.code)} THEN ${Sqlite.quote(outcomes.deletedMessage.code)}
          WHEN f.code = ${Sqlite.quote(rejections.unknownUser.code)} THEN ${Sqlite.quote(rejections.rejectedMessage.code)} ELSE f.code END
      FROM reactions r
        LEFT JOIN messages m ON m.id = r.message_id AND m.row NOT IN (SELECT row FROM assembly.message_superseded)
        LEFT JOIN assembly.message_unwritten f ON f.row = m.row
        LEFT JOIN assembly.channel c ON c.id = r.channel_id
      WHERE r.row NOT IN (SELECT row FROM assembly.reaction_superseded)
        AND NOT EXISTS (SELECT 1 FROM assembly.reaction_order o WHERE o.row = r.row)
      ORDER BY r.row`)
  book.add("reaction", "merged", outcomes.sameId.code, count(database, "assembly.reaction_superseded"))
}
