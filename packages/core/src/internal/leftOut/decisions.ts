import type { Exclusion, UserPolicy } from "../../Exclusion.ts"
import { dropAll, rank } from "../../Exclusion.ts"
import * as Json from "../../files/Json.ts"
import { type Database, PRAGMAS } from "../files/database.ts"
import * as Sha256 from "../files/sha256.ts"

/** The records that are left out, and why. */
export interface Decisions {
  /** True if some user is left out. */
  readonly hasUsers: boolean
  readonly channel: (id: string) => string | undefined
  readonly user: (id: string) => LeftOutUser | undefined
  /** The reason for a message that was left out itself. */
  readonly message: (id: string) => string | undefined
  /** The reason for a message that is left out because of its channel or a user. */
  readonly messageBelonging: (id: string) => string | undefined
}

interface LeftOutUser {
  readonly reason: string
  readonly policy: UserPolicy
}

/** The result of a first pass over the source. */
export interface Outcome {
  /** The digest of everything that is left out. */
  readonly digest: string
}

/** The outcome of a finished pass for the same input and settings, unless its data has changed. */
export const finished = (database: Database, fingerprint: string): Outcome | undefined => {
  const outcome = database
    .prepare<Outcome>("SELECT digest FROM outcome WHERE fingerprint = ?")
    .get(fingerprint)
  return outcome?.digest === digestOf(database) ? outcome : undefined
}

/** Begins a pass in an empty database. Its data is kept only if the pass is finished. */
export const begin = (database: Database): void => database.exec(`${PRAGMAS} ${SCHEMA}; BEGIN`)

/** Stores decisions about records. Of several decisions about one channel, user or message, the one about the best record is kept. */
export const makeDecisions = (
  database: Database
): {
  readonly keep: (entity: Exclusion["entity"]) => void
  readonly exclude: (exclusion: Exclusion) => void
} => {
  const put = database.prepare(`INSERT INTO judged (kind, id, changed_at, record, is_kept, reason, policy)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET changed_at = excluded.changed_at,
      record = excluded.record, is_kept = excluded.is_kept, reason = excluded.reason, policy = excluded.policy
    WHERE (excluded.changed_at, excluded.record, excluded.is_kept, excluded.reason, excluded.policy)
      > (changed_at, record, is_kept, reason, policy)`)
  // There are many messages, so only the deciding values are stored.
  const putMessage = database.prepare(`INSERT INTO judged_message (id, rank, is_kept, reason)
    VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET rank = excluded.rank, is_kept = excluded.is_kept,
      reason = excluded.reason
    WHERE (excluded.rank, excluded.is_kept, excluded.reason) > (rank, is_kept, reason)`)
  const decideOn = (entity: Exclusion["entity"], isKept: 0 | 1, reason: string, policy: string) =>
    entity._tag === "message"
      ? putMessage.run(keyOf(entity.id), rank(entity), isKept, reason)
      : put.run(entity._tag, keyOf(entity.id), rank(entity), JSON.stringify(entity), isKept, reason, policy)
  return {
    keep: (entity) => decideOn(entity, 1, "", ""),
    exclude: ({ entity, policy = dropAll, reason }) => decideOn(entity, 0, reason, policyText(policy))
  }
}

/** Keeps the decisions that leave something out, and deletes the records. */
export const decide = (database: Database): void =>
  database.exec(`INSERT INTO exclusion SELECT kind, id, reason, policy FROM judged WHERE is_kept = 0;
    INSERT INTO exclusion SELECT 'message', id, reason, '' FROM judged_message WHERE is_kept = 0;
    DELETE FROM judged; DELETE FROM judged_message`)

/** True if an exclusion matches the condition. */
export const has = (database: Database, condition: string): boolean =>
  database.prepare(`SELECT 1 FROM exclusion WHERE ${condition} LIMIT 1`).get() !== undefined

/** Stores messages that are left out because of their channel or a user. */
export const makeMessages = (database: Database): ((id: string, reason: string) => void) => {
  const put = database.prepare(`INSERT INTO left_out_message VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET reason = min(reason, excluded.reason)`)
  return (id, reason) => put.run(keyOf(id), reason)
}

/** Ends a pass: its outcome is valid from here on. */
export const finish = (database: Database, fingerprint: string): Outcome => {
  const digest = digestOf(database)
  database.prepare("INSERT INTO outcome VALUES (?, ?)").run(fingerprint, digest)
  database.exec("COMMIT")
  return { digest }
}

/** Looks up decisions. Messages of one channel come together, so most answers come from memory. */
export const lookUp = (database: Database): Decisions => {
  const find = database.prepare<{ readonly reason: string; readonly policy: string }>(
    "SELECT reason, policy FROM exclusion WHERE kind = ? AND id = ?"
  )
  const belonging = database.prepare<{ readonly reason: string }>(
    "SELECT reason FROM left_out_message WHERE id = ?"
  )
  const hasChannels = has(database, "kind = 'channel'")
  const hasUsers = has(database, "kind = 'user'")
  const hasMessages = has(database, "kind = 'message'")
  const hasBelonging = database.prepare("SELECT 1 FROM left_out_message LIMIT 1").get() !== undefined
  const none = () => undefined
  return {
    hasUsers,
    channel: hasChannels ? remembering((id) => find.get("channel", keyOf(id))?.reason) : none,
    user: hasUsers
      ? remembering((id) => {
          const row = find.get("user", keyOf(id))
          return row && { reason: row.reason, policy: policyOf(row.policy) }
        })
      : none,
    message: hasMessages ? (id) => find.get("message", keyOf(id))?.reason : none,
    messageBelonging: hasBelonging ? (id) => belonging.get(keyOf(id))?.reason : none
  }
}

// internal

const digestOf = (database: Database): string => {
  const hash = Sha256.running()
  const add = (sql: string) => {
    for (const row of database.prepare<Record<string, string>>(sql).iterate())
      hash.update(Buffer.from(`${JSON.stringify(Object.values(row))}\n`))
  }
  add("SELECT kind, id, reason, policy FROM exclusion ORDER BY kind, id")
  add("SELECT id, reason FROM left_out_message ORDER BY id")
  return hash.hex()
}

// Ids as JSON text: any id can be stored, and different ids stay different.
const keyOf = (id: string) => JSON.stringify(id)

const SCHEMA = `CREATE TABLE outcome (fingerprint TEXT NOT NULL, digest TEXT NOT NULL);
  CREATE TABLE judged (row INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, changed_at TEXT NOT NULL,
    record TEXT NOT NULL, is_kept INTEGER NOT NULL, reason TEXT NOT NULL, policy TEXT NOT NULL, UNIQUE (kind, id));
  CREATE TABLE judged_message (id TEXT PRIMARY KEY, rank TEXT NOT NULL, is_kept INTEGER NOT NULL,
    reason TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE exclusion (kind TEXT, id TEXT, reason TEXT NOT NULL, policy TEXT NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
  CREATE TABLE left_out_message (id TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID`

const policyText = ({ members, mentions, messages, reactions }: UserPolicy) =>
  JSON.stringify({ members, mentions, messages, reactions })

const policyOf = (text: string) => Json.parse(text) as UserPolicy

const MOST = 16_384

/** Caches answers, and clears the cache when it gets too large. */
const remembering = <A>(ask: (id: string) => A | undefined): ((id: string) => A | undefined) => {
  const known = new Map<string, A | undefined>()
  return (id) => {
    const answer = known.get(id)
    if (answer !== undefined || known.has(id)) return answer
    if (known.size >= MOST) known.clear()
    const found = ask(id)
    known.set(id, found)
    return found
  }
}
