import { Consequence, type Entity, type Rejected, type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import { encodeChannel } from "../encode/channel.ts"
import { encodeMember } from "../encode/member.ts"
import { BETWEEN, type MemberEntry } from "../files/entries.ts"
import * as Output from "../files/output.ts"
import { notes, outcomes, rejections } from "../format/consequences.ts"
import * as Custom from "../format/custom.ts"
import { writeItem } from "../format/itemText.ts"
import { type Reason, rejection } from "../format/rejection.ts"
import { type Assembly, chunks, count, eachBlock, step } from "../resolve/assembly.ts"
import { isKnownUser } from "../resolve/leaveOut.ts"
import { groups, lengthOf } from "../resolve/merge.ts"
import { channelCode, channelOutcome } from "../resolve/messages.ts"
import { teamProblem } from "../resolve/teams.ts"

/** Writes the channels, then the members. */
export const writeChannels = Effect.fnUntraced(function* (
  assembly: Assembly,
  output: Output.Output
): Effect.fn.Return<void, SinkError.SinkError> {
  yield* writeItems(assembly, output)
  yield* writeMembers(assembly, output)
  yield* rejectMembers(assembly)
})

// internal

interface ChannelRow {
  readonly no: number
  readonly id: string
  readonly record: string
  readonly created_by: string
  readonly type: string
  readonly stream_id: string | null
  readonly rule: string
  readonly members: string | null
}

const writeItems = Effect.fnUntraced(function* (assembly: Assembly, output: Output.Output) {
  const { database, settings } = assembly
  const [before, after] = Output.envelope(assembly, "channel")
  const mapUser = (source: string) => assembly.mapUser(source).id
  const total = yield* step(assembly, () => count(database, "assembly.channel"))
  const rows = yield* step(assembly, () =>
    database
      .prepare<ChannelRow>(`SELECT c.no, c.id, c.record, c.created_by, t.type, t.stream_id, t.rule, t.members
          FROM assembly.channel c CROSS JOIN assembly.target t USING (no) ORDER BY c.no`)
      .iterate()
  )
  const blocks = chunks(rows, ({ record }) => record.length)
  yield* eachBlock(assembly, "write channels", total, blocks, (block) =>
    Effect.gen(function* () {
      const items: Array<string> = []
      const idMap: Array<string> = []
      const moved: Array<string> = []
      let first = output.next()
      yield* step(assembly, () => {
        for (const row of block) {
          const memberIds = row.members === null ? null : (Json.parse(row.members) as ReadonlyArray<string>)
          const target = { type: row.type, streamId: row.stream_id, memberIds }
          const channel = Json.parse(row.record) as Entity.Entity<"channel">
          const changes = Custom.noChanges()
          const item = encodeChannel(channel, target, row.created_by, settings, mapUser, changes)
          const text = `${before}${writeItem(item, changes)}${after}`
          const bytes = Buffer.byteLength(text)
          output.entries.channel(row.no, first, bytes, [mapUser(row.created_by), ...(memberIds ?? [])])
          first += bytes + BETWEEN
          items.push(text)
          Output.countNotes(assembly, changes.notes)
          idMap.push(
            Json.write({
              kind: "channel",
              sourceId: row.id,
              streamId: row.stream_id,
              rule: row.rule,
              type: row.type,
              ...(memberIds === null ? undefined : { memberIds })
            })
          )
          moved.push(...Output.movedLines("channel", { id: row.id }, changes.moved))
        }
      })
      yield* output.items("channel", items)
      yield* output.idMap(idMap)
      yield* output.moved(moved)
    })
  )
})

interface MemberRow {
  readonly channel_no: number
  readonly is_distinct: 0 | 1
  readonly channel_id: string
  readonly user_id: string
  readonly record: string
  readonly reference: string
  readonly created_at: string | null
  readonly is_known: number
  readonly team_problem: keyof typeof TEAM_PROBLEMS | null
}

const TEAM_PROBLEMS = { team: rejections.teamMismatch, none: rejections.channelWithoutTeam } as const

const writeMembers = Effect.fnUntraced(function* (assembly: Assembly, output: Output.Output) {
  const { book, database, settings, task } = assembly
  const [before, after] = Output.envelope(assembly, "member")
  const mapUser = (source: string) => assembly.mapUser(source).id
  const isReject = settings.missingUser === "reject"
  const total = yield* step(assembly, () => count(database, "members"))
  const known = isReject ? isKnownUser("m.user_id") : "1"
  const rows = yield* step(assembly, () =>
    database
      .prepare<MemberRow>(`SELECT c.no AS channel_no, t.members IS NOT NULL AS is_distinct, m.channel_id, m.user_id, m.record, t.reference, c.created_at, ${known} AS is_known,
            ${teamProblem(assembly, "m.user_id", "json_extract(c.record, '$.team')") ?? "NULL"} AS team_problem
          FROM assembly.channel c CROSS JOIN assembly.target t USING (no) CROSS JOIN members m ON m.channel_id = c.id
          ORDER BY c.no, m.user_id, m.changed_at DESC, m.record DESC`)
      .iterate()
  )
  const members = groups("member", rows, isSameMember)
  yield* eachBlock(assembly, "write members", total, chunks(members, lengthOf), (block) =>
    Effect.gen(function* () {
      const items: Array<string> = []
      const moved: Array<string> = []
      const rejected: Array<Rejected.Rejected> = []
      const entries: Array<MemberEntry> = []
      yield* step(assembly, () => {
        for (const { count, entity: member, first, isFilled } of block) {
          const ids = { channelId: first.channel_id, userId: first.user_id }
          book.add("member", "merged", outcomes.sameId.code, count - 1)
          if (first.is_known === 0 && first.user_id !== settings.adminUserId) {
            rejected.push(rejection("member", rejections.unknownUser.code, Object.values(ids), member))
            continue
          }
          if (first.team_problem !== null) {
            const { code } = TEAM_PROBLEMS[first.team_problem]
            rejected.push(rejection("member", code, Object.values(ids), member))
            continue
          }
          const changes = Custom.noChanges()
          if (isFilled) changes.notes.push(Consequence.codeOf(notes.filledFromOlder, "member"))
          const item = encodeMember(member, first.created_at, settings, mapUser, changes)
          Output.countNotes(assembly, changes.notes)
          const text = `${before}{${first.reference},${item}}${after}`
          const userId = first.is_distinct === 1 ? null : mapUser(member.userId)
          entries.push([first.channel_no, userId, Buffer.byteLength(text)])
          items.push(text)
          moved.push(...Output.movedLines("member", ids, changes.moved))
        }
        output.entries.members(output.next(), entries)
      })
      yield* output.items("member", items)
      yield* output.moved(moved)
      yield* task.reject(rejected)
    })
  )
})

interface UnwrittenRow {
  readonly channel_id: string
  readonly user_id: string
  readonly record: string
  readonly outcome: "dropped" | "rejected"
  readonly code: Reason
}

const rejectMembers = Effect.fnUntraced(function* (assembly: Assembly) {
  const { book, database, task } = assembly
  const rows = yield* step(assembly, () =>
    database
      .prepare<UnwrittenRow>(`SELECT m.channel_id, m.user_id, m.record, ${channelOutcome} AS outcome, ${channelCode} AS code
          FROM members m LEFT JOIN assembly.channel c ON c.id = m.channel_id
          WHERE c.no IS NULL OR c.status <> 'written'
          ORDER BY m.channel_id, m.user_id, m.changed_at DESC, m.record DESC`)
      .iterate()
  )
  const members = groups("member", rows, isSameMember)
  yield* eachBlock(assembly, "reject members", 0, chunks(members, lengthOf), (block) =>
    Effect.suspend(() => {
      const rejected: Array<Rejected.Rejected> = []
      for (const { count, entity, first } of block) {
        book.add("member", "merged", outcomes.sameId.code, count - 1)
        if (first.outcome === "dropped") book.add("member", "dropped", first.code, 1)
        else rejected.push(rejection("member", first.code, [first.channel_id, first.user_id], entity))
      }
      return task.reject(rejected)
    })
  )
})

const isSameMember = (
  a: { readonly channel_id: string; readonly user_id: string },
  b: { readonly channel_id: string; readonly user_id: string }
) => a.user_id === b.user_id && a.channel_id === b.channel_id
