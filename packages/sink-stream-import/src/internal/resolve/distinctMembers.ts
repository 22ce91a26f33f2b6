// The members that a channel was created for, in contrast to its current members.
import type { Sqlite } from "@chatferry/connector"
import type { Entity } from "@chatferry/core"
import * as Ids from "../format/ids.ts"
import { isKnownUser } from "./leaveOut.ts"

type Channel = Entity.Entity<"channel">

// Stream derives the id of a distinct channel from its members, so the set must be complete and exact.
export const makeDistinctMembers = (database: Sqlite.Database, isUnknownRejected: boolean) => {
  const staged = database.prepare<{
    readonly id: string
    readonly isKnown: number
  }>(`SELECT DISTINCT user_id AS id,
      ${isKnownUser("user_id")} AS isKnown
    FROM members WHERE channel_id = ? ORDER BY user_id`)
  const leftOut =
    database.prepare(`SELECT 1 FROM assembly.member_excluded e CROSS JOIN main.members m ON m.row = e.row
    WHERE m.channel_id = ? LIMIT 1`)
  return ({ distinctMemberIds, id }: Channel): ReadonlyArray<string> | undefined => {
    // The members in an export of messages may not be the ones whose hash is the id.
    if (distinctMemberIds === undefined && Ids.isOfMembers(id)) return undefined
    const rows = staged.all(id)
    if (leftOut.get(id) !== undefined) return undefined
    if (rows.length === 0 || (isUnknownRejected && rows.some(({ isKnown }) => isKnown === 0)))
      return undefined
    const declared = distinctMemberIds === undefined ? undefined : new Set<string>(distinctMemberIds)
    const isSame =
      declared === undefined || (declared.size === rows.length && rows.every((row) => declared.has(row.id)))
    return isSame ? rows.map((row) => row.id) : undefined
  }
}

/** Makes the function that finds channels whose set differs from their members: written with an id, they lose the set. */
export const makeDiffersFromMembers = (database: Sqlite.Database) => {
  const staged = database.prepare<{ readonly id: string }>(
    "SELECT DISTINCT user_id AS id FROM members WHERE channel_id = ?"
  )
  return ({ distinctMemberIds, id }: Channel): boolean => {
    if (distinctMemberIds === undefined) return false
    const declared = new Set<string>(distinctMemberIds)
    const members = staged.all(id)
    return members.length !== declared.size || members.some((member) => !declared.has(member.id))
  }
}
