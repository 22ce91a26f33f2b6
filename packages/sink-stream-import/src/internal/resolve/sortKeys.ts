import type { Sqlite } from "@chatferry/connector"
import type { Assembly } from "./assembly.ts"
import { idAt, isOpen } from "./messages.ts"

/**
 * Makes sort keys for messages that, by their time, would come before their parent
 * or the message they quote: they come right after it. All others are sorted by
 * time. Replies always come after their parent; if messages quote each other in a
 * circle, one of them comes first.
 */
export const makeSortKeys = ({ database }: Assembly): void => {
  database.exec(`
    CREATE TABLE assembly.sort_key (row INTEGER PRIMARY KEY, key TEXT NOT NULL);
    CREATE TABLE assembly.sort_link (row INTEGER NOT NULL, target INTEGER NOT NULL, is_reply INTEGER NOT NULL);
    INSERT INTO assembly.sort_link SELECT row, parent_row, 1 FROM assembly.reply WHERE parent_row IS NOT NULL;
    INSERT INTO assembly.sort_link
      SELECT m.row, q.row, 0
      FROM message_extras e CROSS JOIN messages m ON m.row = e.message_row CROSS JOIN messages q ON q.id = e.quoted_id
      WHERE e.quoted_id IS NOT NULL AND q.row <> m.row
        AND (q.channel = m.channel OR ${idAt("q.channel")} = ${idAt("m.channel")})
        AND ${isOpen(database, "m.row")} AND ${isOpen(database, "q.row")}`)
  for (let round = 0; round < MOST_ROUNDS; round++) if (moveBehind(database, "TRUE") === 0) return
  moveBehind(database, "g.is_reply = 1")
}

// internal

const MOST_ROUNDS = 16

const RANK_DIGITS = 6

// A key is a time and a position after it. A space sorts before all characters that can follow in a time.
const behind = (key: string) => `substr(${key}, 1, instr(${key} || ' ', ' ') - 1) || ' ' ||
  printf('%0${RANK_DIGITS}d', CAST(substr(${key}, instr(${key} || ' ', ' ') + 1) AS INTEGER) + 1)`

const keyOf = (message: string) =>
  `coalesce((SELECT key FROM assembly.sort_key k WHERE k.row = ${message}.row), ${message}.created_at)`

// They are all found before any is moved, so that their order does not matter.
const moveBehind = (database: Sqlite.Database, which: string) => {
  database.exec(`
    DROP TABLE IF EXISTS assembly.sort_moved;
    CREATE TABLE assembly.sort_moved AS
      SELECT row, max(${behind("target")}) AS key FROM (
        SELECT g.row, ${keyOf("t")} AS target
        FROM assembly.sort_link g CROSS JOIN messages m ON m.row = g.row CROSS JOIN messages t ON t.row = g.target
        WHERE ${which} AND (${keyOf("t")}, t.id) >= (${keyOf("m")}, m.id))
      GROUP BY row`)
  return database
    .prepare(
      "INSERT INTO assembly.sort_key SELECT row, key FROM assembly.sort_moved WHERE TRUE ON CONFLICT DO UPDATE SET key = excluded.key"
    )
    .run()
}
