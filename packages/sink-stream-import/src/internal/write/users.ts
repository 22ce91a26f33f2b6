import { Sqlite } from "@chatferry/connector"
import { Consequence, SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as EncodeUser from "../encode/user.ts"
import { BETWEEN } from "../files/entries.ts"
import * as Output from "../files/output.ts"
import { notes, outcomes } from "../format/consequences.ts"
import * as Custom from "../format/custom.ts"
import { failed } from "../format/failures.ts"
import { writeItem } from "../format/itemText.ts"
import { type Assembly, chunks, count, eachBlock, step } from "../resolve/assembly.ts"
import { makeWithoutReferences } from "../resolve/leaveOut.ts"
import { groups, lengthOf } from "../resolve/merge.ts"
import { makeAddedTeams } from "../resolve/teams.ts"
import { makeMutedAsMember } from "./mutedChannels.ts"
import { makeUserItems, type UserItems, writeUserItems } from "./userItems.ts"

/** Writes the users that the source gives, then the users that only references name. */
export const writeUsers = Effect.fnUntraced(function* (
  assembly: Assembly,
  output: Output.Output
): Effect.fn.Return<void, SinkError.SinkError> {
  yield* step(assembly, () => collectReferences(assembly))
  const writer = yield* step(assembly, () => makeWriter(assembly, output))
  yield* writeKnown(assembly, writer)
  yield* writeUnknown(assembly, writer)
  yield* writeUserItems(assembly, output)
})

// internal

/** SQL for the remaining messages that were pinned by an excluded user. */
const PINNED_BY_ADMIN = `assembly.message_changed c
    CROSS JOIN assembly.message_order o ON o.row = c.row WHERE c.names_admin = 1`

// Besides the owner of each id, `assembly.user_stream` has what is needed to split an array: where the item of a user is,
// the users and channels that it refers to, and the last file that has it.
const collectReferences = ({ book, database, settings }: Assembly) => {
  const refer = (sql: string) => database.exec(`INSERT OR IGNORE INTO assembly.reference ${sql}`)
  refer("SELECT created_by FROM assembly.channel WHERE status = 'written'")
  if (settings.missingUser === "placeholder") {
    refer(`SELECT m.user_id FROM members m CROSS JOIN assembly.channel c ON c.id = m.channel_id
      WHERE c.status = 'written' AND m.user_id NOT IN (SELECT id FROM assembly.user)`)
  } else {
    refer(`SELECT m.user_id FROM members m CROSS JOIN assembly.channel c ON c.id = m.channel_id
      WHERE c.status = 'written' AND m.user_id IN (SELECT id FROM assembly.excluded_user)`)
  }
  refer(`SELECT i.id FROM (SELECT DISTINCT user FROM assembly.message_order) o CROSS JOIN ids i ON i.row = o.user
    WHERE i.id NOT IN (SELECT id FROM assembly.user)`)
  refer(`SELECT ${Sqlite.quote(settings.adminUserId)} FROM ${PINNED_BY_ADMIN}`)
  const pinned = count(database, PINNED_BY_ADMIN)
  if (pinned > 0) book.note(notes.pinnedByAdmin.code, pinned)
  refer(`SELECT u.user_id FROM message_users u CROSS JOIN assembly.message_order o ON o.row = u.message_row`)
  refer(`SELECT r.user_id FROM assembly.reaction_order o CROSS JOIN reactions r ON r.row = o.row
    WHERE r.user_id NOT IN (SELECT id FROM assembly.user)`)
  database.exec(
    `CREATE TABLE assembly.user_stream (stream_id TEXT PRIMARY KEY, id TEXT NOT NULL, first INTEGER, bytes INTEGER,
      users TEXT, channels TEXT, file INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
    INSERT INTO assembly.user_stream (stream_id, id) SELECT stream, source FROM earlier.entry WHERE kind = 'user'`
  )
}

interface Writer {
  readonly encoding: EncodeUser.UserEncoding
  readonly refer: (id: string) => void
  readonly userItems: UserItems
  readonly write: (
    users: ReadonlyArray<{
      readonly id: string
      readonly item: Custom.Fields
      readonly changes: Custom.Changes
    }>
  ) => Effect.Effect<void, SinkError.SinkError>
}

const makeWriter = (assembly: Assembly, output: Output.Output): Writer => {
  const { database, mapUser, settings } = assembly
  const [before, after] = Output.envelope(assembly, "user")
  const claim =
    database.prepare(`INSERT INTO assembly.user_stream (stream_id, id, first, bytes, users, channels)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
      SET first = excluded.first, bytes = excluded.bytes, users = excluded.users, channels = excluded.channels
      WHERE id = excluded.id`)
  const owner = database.prepare<{ readonly id: string }>(
    "SELECT id FROM assembly.user_stream WHERE stream_id = ?"
  )
  const refer = database.prepare("INSERT OR IGNORE INTO assembly.reference VALUES (?)")
  const target = database.prepare<{ readonly cid: string | null }>(`SELECT t.type || ':' || t.stream_id AS cid
    FROM assembly.channel c JOIN assembly.target t USING (no) WHERE c.id = ?`)
  return {
    encoding: {
      settings,
      mapUser: (source) => mapUser(source).id,
      addedTeams: makeAddedTeams(assembly),
      channelCid: (source) => target.get(source)?.cid ?? undefined,
      mutedAsMember: makeMutedAsMember(assembly)
    },
    refer: (id) => refer.run(id),
    userItems: makeUserItems(assembly),
    write: (users) =>
      Effect.gen(function* () {
        const items: Array<string> = []
        const idMap: Array<string> = []
        const moved: Array<string> = []
        let first = output.next()
        for (const { changes, id, item } of users) {
          const { id: streamId, rule } = mapUser(id)
          const text = `${before}${writeItem(item, changes)}${after}`
          const bytes = Buffer.byteLength(text)
          const references = [listed(item["user_mutes"]), listed(item["channel_mutes"])]
          const isOwn = yield* step(
            assembly,
            () => claim.run(streamId, id, first, bytes, ...references) === 1
          )
          if (!isOwn) return yield* conflict(assembly, streamId, owner.get(streamId)?.id ?? "", id)
          first += bytes + BETWEEN
          items.push(text)
          Output.countNotes(assembly, changes.notes)
          idMap.push(Json.write({ kind: "user", sourceId: id, streamId, rule }))
          moved.push(...Output.movedLines("user", { id }, changes.moved))
        }
        yield* output.items("user", items)
        yield* output.idMap(idMap)
        yield* output.moved(moved)
      })
  }
}

const listed = (ids: unknown) => (Array.isArray(ids) ? JSON.stringify(ids) : null)

const conflict = ({ settings }: Assembly, streamId: string, first: string, second: string) =>
  failed(
    settings,
    new SinkError.Conflict({
      problem: `users ${first} and ${second} would both get the id ${streamId} in Stream`,
      hint: "Choose another id for one of them with userIds."
    })
  )

const writeKnown = Effect.fnUntraced(function* (
  assembly: Assembly,
  { encoding, userItems, refer, write }: Writer
) {
  const { book, database } = assembly
  const total = yield* step(assembly, () => count(database, "assembly.user"))
  const rows = yield* step(assembly, () =>
    database
      .prepare<{ readonly id: string; readonly record: string }>(
        "SELECT id, record FROM users ORDER BY id, changed_at DESC, record DESC"
      )
      .iterate()
  )
  const withoutReferences = yield* step(assembly, () => makeWithoutReferences(assembly))
  const users = groups("user", rows, (a, b) => a.id === b.id)
  yield* eachBlock(assembly, "write users", total, chunks(users, lengthOf), (block) =>
    Effect.flatMap(
      step(assembly, () =>
        block.map(({ count, entity, first, isFilled }) => {
          const user = withoutReferences(entity)
          book.add("user", "merged", outcomes.sameId.code, count - 1)
          const changes = Custom.noChanges()
          if (isFilled) changes.notes.push(Consequence.codeOf(notes.filledFromOlder, "user"))
          const { item, userIds } = EncodeUser.encodeUser(user, encoding, changes)
          userIds.forEach(refer)
          userItems.add(user, encoding.mapUser(user.id), changes).forEach(refer)
          return { id: first.id, item, changes }
        })
      ),
      write
    )
  )
})

// The newest name and image of each user, by the time of the message or membership with them.
const SNAPSHOTS = `
CREATE TABLE assembly.missing_user (id TEXT PRIMARY KEY, shown TEXT) WITHOUT ROWID;
INSERT INTO assembly.missing_user (id)
  SELECT id FROM assembly.reference WHERE id NOT IN (SELECT id FROM assembly.user) ORDER BY id;
CREATE TABLE assembly.snapshot AS
  SELECT user_id, max(shown) AS shown FROM (
    SELECT i.id AS user_id, m.created_at || char(10) || m.id || char(10) || s.snapshot AS shown
      FROM messages m CROSS JOIN ids i ON i.row = m.user CROSS JOIN senders s ON s.row = m.sender
      WHERE m.user IN (SELECT row FROM ids WHERE id IN (SELECT id FROM assembly.missing_user))
    UNION ALL
    SELECT user_id, changed_at || char(10) || channel_id || char(10) || snapshot FROM members
      WHERE snapshot IS NOT NULL AND user_id IN (SELECT id FROM assembly.missing_user))
  GROUP BY user_id;
CREATE UNIQUE INDEX assembly.snapshot_by_user ON snapshot (user_id)`

const writeUnknown = Effect.fnUntraced(function* (assembly: Assembly, { encoding, write }: Writer) {
  const { book, database, settings } = assembly
  yield* step(assembly, () => database.exec(SNAPSHOTS))
  const total = yield* step(assembly, () => count(database, "assembly.missing_user"))
  const rows = yield* step(assembly, () =>
    database
      .prepare<{
        readonly id: string
        readonly shown: string | null
        readonly isLeftOut: 0 | 1
      }>(`SELECT u.id, s.shown, u.id IN (SELECT id FROM assembly.excluded_user) AS isLeftOut
          FROM assembly.missing_user u LEFT JOIN assembly.snapshot s ON s.user_id = u.id ORDER BY u.id`)
      .iterate()
  )
  yield* eachBlock(assembly, "write missing users", total, chunks(rows), (block) =>
    write(
      block.map(({ id, isLeftOut, shown }) => {
        const missing = isLeftOut === 1 ? outcomes.placeholderLeftOut : outcomes.placeholderUser
        const { code } = id === settings.adminUserId ? outcomes.admin : missing
        book.add("user", "synthesised", code, 1)
        const changes = Custom.noChanges()
        return {
          id,
          item: EncodeUser.placeholder(id, parseShown(shown), encoding, changes),
          changes
        }
      })
    )
  )
})

// JSON has no raw line breaks, but an id may have some.
const parseShown = (shown: string | null) =>
  shown === null
    ? {}
    : (Json.parse(shown.slice(shown.lastIndexOf("\n") + 1)) as Parameters<typeof EncodeUser.placeholder>[1])
