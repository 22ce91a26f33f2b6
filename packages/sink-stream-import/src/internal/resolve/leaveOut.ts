import type { Sqlite } from "@chatferry/connector"
import { type Entity, Exclusion, type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { type Assembly, count, step } from "./assembly.ts"
import { leaveOutReferences } from "./leaveOutReferences.ts"

/**
 * Leaves out the records of exclusions, before all other steps. From here on, the
 * tables of the stage look as if the source had not given these records, so that
 * references to them are handled like all references to missing records.
 */
export const leaveOut = Effect.fnUntraced(function* (
  assembly: Assembly
): Effect.fn.Return<void, SinkError.SinkError> {
  const isAny = yield* step(assembly, (database) => {
    database.exec(DECIDED)
    if (count(database, "exclusions") === 0) return false
    database.exec(DECISIONS)
    database.exec(ROWS)
    return true
  })
  if (!isAny) return
  yield* leaveOutReferences(assembly)
  yield* step(assembly, ({ exec }) => exec(REACTIONS))
  yield* step(assembly, () => countLeftOut(assembly))
  yield* step(assembly, ({ exec }) => exec(VIEWS))
})

/** SQL for whether a user is given by the source or left out by a transform, which keeps their other records on purpose. */
export const isKnownUser = (column: string): string =>
  `(${column} IN (SELECT id FROM assembly.user) OR ${column} IN (SELECT id FROM assembly.excluded_user))`

/** Removes references to excluded users from the remaining users and channels. */
export const makeWithoutReferences = ({
  database,
  settings
}: Assembly): (<A extends Entity.Entity<"channel"> | Entity.Entity<"user">>(entity: A) => A) => {
  if (count(database, "assembly.excluded_user") === 0) return (entity) => entity
  const policyOf = makePolicies(database)
  return (entity) => {
    const left = Exclusion.withoutReferences(entity, policyOf)
    if (left._tag !== "user" || left.futureChannelBans === undefined) return left
    // A ban needs the user who created it.
    const futureChannelBans = left.futureChannelBans.map((ban) =>
      policyOf(ban.byId) === undefined ? ban : { ...ban, byId: settings.adminUserId }
    )
    return { ...left, futureChannelBans }
  }
}

// internal

/** The policy for an excluded user. */
const makePolicies = (database: Sqlite.Database): ((id: string) => Exclusion.UserPolicy | undefined) => {
  const find =
    database.prepare<PolicyRow>(`SELECT keeps_messages, keeps_reactions, keeps_members, keeps_mentions
    FROM assembly.excluded_user WHERE id = ?`)
  const policy = (keeps: number) => (keeps === 1 ? "keep" : "drop")
  return (id) => {
    const row = find.get(id)
    return (
      row && {
        messages: policy(row.keeps_messages),
        reactions: policy(row.keeps_reactions),
        members: policy(row.keeps_members),
        mentions: policy(row.keeps_mentions)
      }
    )
  }
}

interface PolicyRow {
  readonly keeps_messages: number
  readonly keeps_reactions: number
  readonly keeps_members: number
  readonly keeps_mentions: number
}

const DECIDED = `
CREATE TABLE assembly.message_changed (row INTEGER PRIMARY KEY, item TEXT NOT NULL, own TEXT, names_admin INTEGER NOT NULL);
CREATE TABLE assembly.excluded_channel (id TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE assembly.excluded_user (id TEXT PRIMARY KEY, reason TEXT NOT NULL, keeps_messages INTEGER NOT NULL,
  keeps_reactions INTEGER NOT NULL, keeps_members INTEGER NOT NULL, keeps_mentions INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE assembly.excluded_message (id TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE assembly.member_excluded (row INTEGER PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE assembly.reaction_excluded (row INTEGER PRIMARY KEY, reason TEXT NOT NULL)`

const POLICY = "keeps_messages, keeps_reactions, keeps_members, keeps_mentions"

// The best record decides, whether it was left out or kept. It is the record whose fields win when records are merged.
const best = (kind: "channel" | "user" | "message", keptThatWins: string) => `
  FROM (SELECT *, row_number() OVER (PARTITION BY id ORDER BY changed_at DESC, record DESC, reason DESC,
      keeps_members DESC, keeps_mentions DESC, keeps_messages DESC, keeps_reactions DESC) AS position
    FROM exclusions WHERE kind = '${kind}') x
  WHERE position = 1 AND NOT EXISTS (SELECT 1 FROM ${keptThatWins})
  ORDER BY id`

const merged = (kind: "channel" | "user") =>
  best(kind, `${kind}s k WHERE k.id = x.id AND (k.changed_at, k.record) >= (x.changed_at, x.record)`)

const MESSAGE = `messages k LEFT JOIN message_extras e ON e.message_row = k.row
  WHERE k.id = x.id AND coalesce(e.changed_at, '') >= x.changed_at`

const DECISIONS = `
INSERT INTO assembly.excluded_channel SELECT id, reason ${merged("channel")};
INSERT INTO assembly.excluded_user SELECT id, reason, ${POLICY} ${merged("user")};
INSERT INTO assembly.excluded_message SELECT id, reason ${best("message", MESSAGE)}`

// Messages refer to channels and users by row, and the same id may have several rows.
const ROWS = `
CREATE TABLE assembly.channel_excluded (row INTEGER PRIMARY KEY, reason TEXT NOT NULL);
INSERT INTO assembly.channel_excluded SELECT c.row, x.reason FROM channels c JOIN assembly.excluded_channel x USING (id);
CREATE TABLE assembly.user_excluded (row INTEGER PRIMARY KEY, reason TEXT NOT NULL);
INSERT INTO assembly.user_excluded SELECT u.row, x.reason FROM users u JOIN assembly.excluded_user x USING (id);
INSERT INTO assembly.member_excluded
  SELECT m.row, coalesce(c.reason, u.reason) FROM members m
    LEFT JOIN assembly.excluded_channel c ON c.id = m.channel_id
    LEFT JOIN assembly.excluded_user u ON u.id = m.user_id AND u.keeps_members = 0
  WHERE c.id IS NOT NULL OR u.id IS NOT NULL;
CREATE TABLE assembly.id_of_channel (row INTEGER PRIMARY KEY, reason TEXT NOT NULL);
INSERT INTO assembly.id_of_channel SELECT i.row, x.reason FROM ids i JOIN assembly.excluded_channel x USING (id);
CREATE TABLE assembly.id_of_sender (row INTEGER PRIMARY KEY, reason TEXT NOT NULL);
INSERT INTO assembly.id_of_sender
  SELECT i.row, x.reason FROM ids i JOIN assembly.excluded_user x USING (id) WHERE x.keeps_messages = 0;
CREATE TABLE assembly.message_excluded (row INTEGER PRIMARY KEY, reason TEXT NOT NULL);
INSERT INTO assembly.message_excluded
  SELECT m.row, coalesce(c.reason, u.reason, x.reason) FROM messages m
    LEFT JOIN assembly.id_of_channel c ON c.row = m.channel LEFT JOIN assembly.id_of_sender u ON u.row = m.user
    LEFT JOIN assembly.excluded_message x ON x.id = m.id
  WHERE c.row IS NOT NULL OR u.row IS NOT NULL OR x.id IS NOT NULL`

const REACTIONS = `
INSERT OR IGNORE INTO assembly.excluded_message
  SELECT m.id, min(e.reason) FROM assembly.message_excluded e CROSS JOIN messages m ON m.row = e.row
  WHERE NOT EXISTS (SELECT 1 FROM messages o WHERE o.id = m.id AND o.row NOT IN (SELECT row FROM assembly.message_excluded))
  GROUP BY m.id;
INSERT INTO assembly.reaction_excluded
  SELECT r.row, coalesce(c.reason, u.reason, m.reason) FROM reactions r
    LEFT JOIN assembly.excluded_channel c ON c.id = r.channel_id
    LEFT JOIN assembly.excluded_user u ON u.id = r.user_id AND u.keeps_reactions = 0
    LEFT JOIN assembly.excluded_message m ON m.id = r.message_id
  WHERE c.id IS NOT NULL OR u.id IS NOT NULL OR m.id IS NOT NULL`

const KINDS = ["user", "channel", "member", "message", "reaction"] as const

const countLeftOut = ({ book, database }: Assembly) => {
  for (const kind of KINDS) {
    const rows = database.prepare<{ readonly reason: string; readonly n: number }>(
      `SELECT reason, count(*) AS n FROM assembly.${kind}_excluded GROUP BY reason`
    )
    for (const { n, reason } of rows.all()) book.add(kind, "dropped", reason, n)
  }
}

const stays = (table: string, row = "row") => `${row} NOT IN (SELECT row FROM assembly.${table})`

// SQLite looks up a name without a schema among temporary tables first.
const VIEWS = `
CREATE TEMP VIEW users AS SELECT * FROM main.users WHERE ${stays("user_excluded")};
CREATE TEMP VIEW channels AS SELECT * FROM main.channels WHERE ${stays("channel_excluded")};
CREATE TEMP VIEW members AS SELECT * FROM main.members WHERE ${stays("member_excluded")};
CREATE TEMP VIEW reactions AS SELECT * FROM main.reactions WHERE ${stays("reaction_excluded")};
CREATE TEMP VIEW messages AS SELECT m.row, m.id, m.channel, m.user, m.created_at, m.sender,
    coalesce((SELECT c.item FROM assembly.message_changed c WHERE c.row = m.row), m.item) AS item
  FROM main.messages m WHERE ${stays("message_excluded", "m.row")};
CREATE TEMP VIEW message_extras AS SELECT e.row, e.message_row, e.changed_at, e.parent_id, e.quoted_id, e.type,
    e.shown_in_channel, CASE WHEN e.message_row IN (SELECT row FROM assembly.message_changed)
      THEN (SELECT c.own FROM assembly.message_changed c WHERE c.row = e.message_row) ELSE e.own END AS own, e.notes
  FROM main.message_extras e WHERE ${stays("message_excluded", "e.message_row")};
CREATE TEMP VIEW message_users AS SELECT * FROM main.message_users
  WHERE ${stays("message_user_excluded")} AND ${stays("message_excluded", "message_row")}`
