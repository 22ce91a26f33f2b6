import { type Entity, type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import { outcomes } from "../format/consequences.ts"
import { changedAt } from "../stage/changedAt.ts"
import { type Assembly, chunks, count, eachBlock, step } from "./assembly.ts"

/**
 * Leaves out members who have left and reactions that were removed, unless a newer
 * record of the same member or reaction says otherwise. From here on, the tables
 * of the stage look as if the source had not given them.
 */
export const leaveOutRemoved = Effect.fnUntraced(function* (
  assembly: Assembly
): Effect.fn.Return<void, SinkError.SinkError> {
  const total = yield* step(assembly, (database) => count(database, "removals"))
  if (total === 0) return
  const { handle, rows } = yield* step(assembly, (database) => {
    database.exec(TABLES)
    countExcluded(assembly)
    return { handle: makeHandle(assembly), rows: database.prepare<Removal>(REMOVALS).iterate() }
  })
  yield* eachBlock(assembly, "leave out what was removed", total, chunks(rows), (block) =>
    step(assembly, () => block.forEach(handle))
  )
  yield* step(assembly, ({ exec }) => exec(VIEWS))
})

// internal

interface Removal {
  readonly kind: "member" | "reaction"
  readonly ownerId: string
  readonly userId: string
  readonly type: string
  readonly changedAt: string
  /** The number of records of the removal. */
  readonly n: number
}

const TABLES = `
CREATE TABLE assembly.member_removed (row INTEGER PRIMARY KEY);
CREATE TABLE assembly.reaction_removed (row INTEGER PRIMARY KEY);
-- Removals of excluded records, which count like other excluded records.
CREATE TABLE assembly.removal_excluded (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, reason TEXT NOT NULL);
INSERT INTO assembly.removal_excluded
  SELECT r.row, r.kind, coalesce(c.reason, u.reason, m.reason) FROM removals r
    LEFT JOIN assembly.excluded_channel c ON c.id = r.channel_id
    LEFT JOIN assembly.excluded_user u ON u.id = r.user_id
      AND CASE r.kind WHEN 'member' THEN u.keeps_members ELSE u.keeps_reactions END = 0
    LEFT JOIN assembly.excluded_message m ON r.kind = 'reaction' AND m.id = r.owner_id
  WHERE c.id IS NOT NULL OR u.id IS NOT NULL OR m.id IS NOT NULL`

const REMOVALS = `SELECT kind, owner_id AS ownerId, user_id AS userId, type, max(changed_at) AS changedAt, count(*) AS n
  FROM removals WHERE row NOT IN (SELECT row FROM assembly.removal_excluded)
  GROUP BY kind, owner_id, user_id, type ORDER BY kind, owner_id, user_id, type`

const countExcluded = ({ book, database }: Assembly) => {
  const counts = database.prepare<{
    readonly kind: Removal["kind"]
    readonly reason: string
    readonly n: number
  }>("SELECT kind, reason, count(*) AS n FROM assembly.removal_excluded GROUP BY kind, reason")
  for (const { kind, n, reason } of counts.all()) book.add(kind, "dropped", reason, n)
}

// They replace the views that leave out exclusions, and still leave out those rows.
const VIEWS = (["member", "reaction"] as const)
  .map(
    (kind) => `
DROP VIEW IF EXISTS temp.${kind}s;
CREATE TEMP VIEW ${kind}s AS SELECT * FROM main.${kind}s
  WHERE row NOT IN (SELECT row FROM assembly.${kind}_excluded) AND row NOT IN (SELECT row FROM assembly.${kind}_removed)`
  )
  .join(";")

const makeHandle = ({ book, database }: Assembly) => {
  const members = database.prepare<{ readonly row: number; readonly record: string }>(
    "SELECT row, record FROM members WHERE channel_id = ? AND user_id = ?"
  )
  const reactions = database.prepare<{ readonly row: number; readonly changedAt: string }>(
    "SELECT row, changed_at AS changedAt FROM reactions WHERE message_id = ? AND user_id = ? AND type = ?"
  )
  const remove = {
    member: database.prepare("INSERT INTO assembly.member_removed VALUES (?)"),
    reaction: database.prepare("INSERT INTO assembly.reaction_removed VALUES (?)")
  }
  const others = ({ kind, ownerId, type, userId }: Removal) =>
    kind === "reaction"
      ? reactions.all(ownerId, userId, type)
      : members.all(ownerId, userId).map(({ record, row }) => ({
          row,
          changedAt: changedAt(Json.parse(record) as Entity.Entity<"member">)
        }))
  return (removal: Removal) => {
    const { kind, n } = removal
    const present = others(removal)
    if (present.some((other) => other.changedAt > removal.changedAt)) {
      book.add(kind, "merged", outcomes.sameId.code, n)
      return
    }
    for (const { row } of present) remove[kind].run(row)
    book.add(kind, "dropped", outcomes.removed.code, 1)
    book.add(kind, "merged", outcomes.sameId.code, n - 1 + present.length)
  }
}
