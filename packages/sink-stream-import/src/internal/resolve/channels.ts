import { Consequence, type Entity, type Rejected, SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as EncodeChannel from "../encode/channel.ts"
import { notes, outcomes, rejections } from "../format/consequences.ts"
import { failed } from "../format/failures.ts"
import * as Ids from "../format/ids.ts"
import { rejection } from "../format/rejection.ts"
import type { Settings } from "../format/settings.ts"
import * as Times from "../format/times.ts"
import { type Assembly, chunks, count, eachBlock, ranges, step } from "./assembly.ts"
import { makeDiffersFromMembers, makeDistinctMembers } from "./distinctMembers.ts"
import { isKnownUser, makeWithoutReferences } from "./leaveOut.ts"
import { type Group, groups, lengthOf } from "./merge.ts"
import { teamProblem } from "./teams.ts"

type Channel = Entity.Entity<"channel">
type MembersChanged = typeof rejections.membersChanged.code

/**
 * Determines for every channel whether it is written, who created it, and its
 * type and id in Stream.
 */
export const resolveChannels = Effect.fnUntraced(function* (
  assembly: Assembly
): Effect.fn.Return<void, SinkError.SinkError> {
  yield* step(assembly, (database) => database.exec(TABLES))
  yield* mergeChannels(assembly)
  if (assembly.settings.unknownChannel === "synthesise") yield* step(assembly, () => synthesise(assembly))
  yield* nameChannels(assembly)
})

// internal

// Channels with the same `scope` and `stripped` would get the same id; `members` is the set of a distinct channel.
const TABLES = `
CREATE TABLE assembly.channel (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
  type TEXT NOT NULL, scope TEXT NOT NULL, stripped TEXT NOT NULL, members TEXT, created_by TEXT NOT NULL,
  created_at TEXT, record TEXT NOT NULL, fixed TEXT, rule TEXT);
CREATE TABLE assembly.target (no INTEGER PRIMARY KEY, type TEXT NOT NULL, stream_id TEXT, rule TEXT NOT NULL,
  members TEXT, reference TEXT NOT NULL);
CREATE TABLE assembly.reference (id TEXT PRIMARY KEY) WITHOUT ROWID;`

interface StagedRow {
  readonly id: string
  readonly record: string
}

const mergeChannels = Effect.fnUntraced(function* (assembly: Assembly) {
  const { book, database, task } = assembly
  const add = yield* step(assembly, () => makeAdd(assembly))
  const isUnknown = yield* step(assembly, () => unknownUser(assembly))
  const withoutReferences = yield* step(assembly, () => makeWithoutReferences(assembly))
  const handle = Effect.fnUntraced(function* (rows: ReadonlyArray<Group<"channel", StagedRow>>) {
    const rejected: Array<Rejected.Rejected> = []
    yield* step(assembly, () => {
      for (const { count, entity, isFilled } of rows) {
        const channel = withoutReferences(entity)
        book.add("channel", "merged", outcomes.sameId.code, count - 1)
        if (isFilled) book.note(Consequence.codeOf(notes.filledFromOlder, "channel"), 1)
        if (assembly.settings.deletedChannels === "skip" && channel.deletedAt !== undefined) {
          book.add("channel", "dropped", outcomes.deleted.code, 1)
          add(channel, "dropped")
        } else if (channel.createdById !== undefined && isUnknown(channel.createdById)) {
          rejected.push(rejection("channel", rejections.unknownUser.code, [channel.id], channel))
          add(channel, "rejected")
        } else if (add(channel, "written") === rejections.membersChanged.code) {
          rejected.push(rejection("channel", rejections.membersChanged.code, [channel.id], channel))
        }
      }
    })
    yield* task.reject(rejected)
  })
  const rows = yield* step(assembly, () =>
    database
      .prepare<StagedRow>("SELECT id, record FROM channels ORDER BY id, changed_at DESC, record DESC")
      .iterate()
  )
  const total = yield* step(assembly, () => count(database, "channels"))
  const channels = groups("channel", rows, (a, b) => a.id === b.id)
  yield* eachBlock(assembly, "merge channels", total, chunks(channels, lengthOf), handle)
})

// With `placeholder`, no user is unknown, because missing users are created.
const unknownUser = ({ database, settings }: Assembly) => {
  const known = database.prepare("SELECT 1 FROM assembly.user WHERE id = ?")
  return (id: string) =>
    settings.missingUser === "reject" && id !== settings.adminUserId && known.get(id) === undefined
}

const makeAdd = (assembly: Assembly) => {
  const { book, database, mapUser, settings } = assembly
  const insert = database.prepare(`INSERT INTO assembly.channel
    (id, status, type, scope, stripped, members, created_by, created_at, record, fixed, rule)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const findEarlier = database.prepare<EarlierRow>(
    "SELECT stream, rule, type, members FROM earlier.entry WHERE kind = 'channel' AND source = ?"
  )
  const refer = database.prepare("INSERT OR IGNORE INTO assembly.reference VALUES (?)")
  const moderator = database.prepare<{ readonly id: string | null }>(`SELECT min(user_id) AS id FROM (
      SELECT user_id, role, row_number() OVER (PARTITION BY user_id ORDER BY changed_at DESC, record DESC) AS position
      FROM members WHERE channel_id = ? AND role IS NOT NULL)
    WHERE position = 1 AND role = 'moderator'
      ${settings.missingUser === "reject" ? `AND ${isKnownUser("user_id")}` : ""}`)
  const distinctMembers = makeDistinctMembers(database, settings.missingUser === "reject")
  const differs = makeDiffersFromMembers(database)
  const creator = (channel: Channel) => {
    if (channel.createdById !== undefined) return channel.createdById
    const { id } = moderator.get(channel.id) ?? { id: null }
    book.note(id === null ? notes.channelCreatorAdmin.code : notes.channelCreatorModerator.code, 1)
    return id ?? settings.adminUserId
  }
  const teamProblemOf = teamProblem(assembly, "m.user_id", "?2")
  const rejectedMember =
    teamProblemOf &&
    database.prepare(
      `SELECT 1 FROM members m WHERE m.channel_id = ?1 AND ${teamProblemOf} IS NOT NULL LIMIT 1`
    )
  const membersOf = (channel: Channel) => {
    const isRejected = rejectedMember && rejectedMember.get(channel.id, channel.team ?? "") !== undefined
    const ids = isRejected === true ? undefined : distinctMembers(channel)
    return ids === undefined ? null : JSON.stringify(ids.map((id) => mapUser(id).id).toSorted())
  }
  return (channel: Channel, wanted: Wanted): MembersChanged | undefined => {
    const isWanted = wanted === "written" || wanted === "created"
    const before = isWanted ? findEarlier.get(channel.id) : undefined
    const isSet = before !== undefined && before.members !== ""
    let members: string | null = null
    if (isSet) members = membersOf(channel)
    else if (
      isWanted &&
      before === undefined &&
      settings.distinctChannels === "member_ids" &&
      channel.isDistinct === true
    ) {
      members = membersOf(channel)
      if (members === null) book.note(notes.distinctMembersIncomplete.code, 1)
    }
    // Stream derives the id of such a channel from its members: with other members, it would be another channel.
    const isChanged = isSet && members !== before.members
    const isWritten = isWanted && !isChanged
    const byRule = EncodeChannel.channelType(channel, settings)
    const type = before?.type ?? byRule
    if (isWritten && type !== byRule) book.note(notes.channelTypeKept.code, 1)
    if (isWritten && EncodeChannel.isTypeRejected(channel, settings))
      book.note(notes.channelTypeInvalid.code, 1)
    if (wanted === "created" && before === undefined && !EncodeChannel.isTypeKnown(channel, settings))
      book.note(notes.channelTypeAssumed.code, 1)
    if (isWritten && settings.distinctChannels === "id" && differs(channel))
      book.note(notes.distinctMembersDiffer.code, 1)
    if (isWritten) for (const id of EncodeChannel.bannedUserIds(channel)) refer.run(id)
    insert.run(
      channel.id,
      isChanged ? "rejected" : isWritten ? "written" : wanted,
      type,
      channel.form === "typed" ? (channel.type ?? "") : "",
      Ids.stripChannel(channel.id, channel.form === "typed" ? channel.type : undefined),
      members,
      isWritten ? creator(channel) : "",
      channel.createdAt ?? null,
      JSON.stringify(channel),
      isSet ? "" : (before?.stream ?? null),
      before?.rule ?? null
    )
    return isChanged ? rejections.membersChanged.code : undefined
  }
}

type Wanted = "written" | "created" | "dropped" | "rejected"

interface EarlierRow {
  readonly stream: string
  readonly rule: string
  readonly type: string
  readonly members: string
}

const synthesise = (assembly: Assembly) => {
  const add = makeAdd(assembly)
  const rows = assembly.database
    .prepare<{
      readonly id: string
      readonly createdAt: string
    }>(`SELECT i.id, min(m.created_at) AS createdAt FROM messages m CROSS JOIN ids i ON i.row = m.channel
      WHERE m.channel IN (SELECT row FROM ids WHERE id NOT IN (SELECT id FROM assembly.channel))
        AND m.row NOT IN (SELECT row FROM assembly.message_superseded)
        AND m.row NOT IN (SELECT row FROM assembly.message_unwritten)
      GROUP BY i.id ORDER BY i.id`)
    .iterate()
  let synthesised = 0
  for (let next = rows.next(); next.done !== true; next = rows.next()) {
    if (add(placeholderOf(next.value), "created") === undefined) synthesised++
  }
  assembly.book.add("channel", "synthesised", outcomes.placeholderChannel.code, synthesised)
}

/** The channel as far as its id describes it, so that it gets the same id when a later import has its record. */
const placeholderOf = ({ createdAt, id }: { readonly id: string; readonly createdAt: string }): Channel => {
  const cid = Ids.partsOfCid(id)
  const form = cid !== undefined ? "typed" : id.startsWith("sendbird_open_channel_") ? "open" : "group"
  return {
    _tag: "channel",
    id,
    form,
    ...(cid !== undefined && { type: cid.type }),
    ...(cid?.isOfMembers === true && { isDistinct: true }),
    createdAt: Times.timestamp(createdAt)
  } as Channel
}

interface NameRow {
  readonly no: number
  readonly id: string
  readonly type: string
  readonly stripped: string
  readonly members: string | null
  readonly isIdTaken: number
  readonly isSetTaken: number
  /** The id from an earlier run, empty for a set of members. */
  readonly fixed: string | null
  readonly rule: string | null
}

const nameChannels = Effect.fnUntraced(function* (assembly: Assembly) {
  const { book, database, settings } = assembly
  const insert = yield* step(assembly, () => {
    database.exec(`
        CREATE TABLE assembly.taken_id AS
          SELECT scope, stripped FROM assembly.channel GROUP BY 1, 2 HAVING count(*) > 1;
        CREATE TABLE assembly.taken_set AS
          SELECT type, members FROM assembly.channel WHERE members IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1;
        CREATE INDEX assembly.taken_id_index ON taken_id (scope, stripped);
        CREATE INDEX assembly.taken_set_index ON taken_set (type, members)`)
    return database.prepare("INSERT INTO assembly.target VALUES (?, ?, ?, ?, ?, ?)")
  })
  const name = (row: NameRow) => {
    const isFree = row.isSetTaken === 0 || row.fixed !== null
    if (!isFree) book.note(notes.distinctMembersShared.code, 1)
    const isSet = row.members !== null && isFree
    const mapped = isSet
      ? undefined
      : row.fixed === null
        ? Ids.channelId(row.id, row.stripped, row.isIdTaken === 0)
        : { id: row.fixed, rule: row.rule }
    const target: EncodeChannel.Target = {
      type: row.type,
      streamId: mapped?.id ?? null,
      memberIds: isSet ? (Json.parse(row.members ?? "[]") as ReadonlyArray<string>) : null
    }
    insert.run(
      row.no,
      row.type,
      target.streamId,
      mapped?.rule ?? "member_ids",
      isSet ? row.members : null,
      EncodeChannel.reference(target)
    )
  }
  const last = yield* step(assembly, () => count(database, "assembly.channel"))
  const rows = yield* step(assembly, () =>
    database.prepare<NameRow>(`SELECT no, id, type, stripped, members, fixed, rule,
          EXISTS (SELECT 1 FROM assembly.taken_id t WHERE t.scope = c.scope AND t.stripped = c.stripped)
            OR EXISTS (SELECT 1 FROM earlier.entry e
              WHERE e.kind = 'channel' AND e.stream = c.stripped AND e.source <> c.id) AS isIdTaken,
          EXISTS (SELECT 1 FROM assembly.taken_set t WHERE t.type = c.type AND t.members = c.members)
            OR EXISTS (SELECT 1 FROM earlier.entry e WHERE e.kind = 'channel' AND e.stream = '' AND e.type = c.type
              AND e.members = c.members AND e.source <> c.id) AS isSetTaken
        FROM assembly.channel c WHERE no BETWEEN ? AND ? AND status = 'written' ORDER BY no`)
  )
  yield* eachBlock(assembly, "name channels", last, ranges(rows, last), (block) =>
    step(assembly, () => block.forEach(name))
  )
  const same = yield* step(assembly, () => {
    database.exec("CREATE INDEX assembly.target_by_id ON target (type, stream_id)")
    return database
      .prepare<{
        readonly a: string
        readonly b: string
      }>(`SELECT min(c.id) AS a, max(c.id) AS b FROM assembly.target t JOIN assembly.channel c USING (no)
          WHERE t.stream_id IS NOT NULL GROUP BY t.type, t.stream_id HAVING count(*) > 1
          UNION ALL
          SELECT e.source, c.id FROM assembly.target t JOIN assembly.channel c USING (no)
            JOIN earlier.entry e ON e.kind = 'channel' AND e.stream = t.stream_id AND e.type = t.type
          WHERE e.source <> c.id LIMIT 1`)
      .get()
  })
  yield* same === undefined ? Effect.void : conflict(settings, same.a, same.b)
})

const conflict = (settings: Settings, first: string, second: string) =>
  failed(
    settings,
    new SinkError.Conflict({
      problem: `channels ${first} and ${second} would get the same id in Stream`,
      hint: "Map one of them to another type with channelType, or rename its id with Transform.renameIds."
    })
  )
