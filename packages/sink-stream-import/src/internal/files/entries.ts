// What is kept of the channels and members in an array, so that it can be split without reading them back: where their
// items are, and what they refer to. The same about users is in `assembly.user_stream`.
import type { Assembly } from "../resolve/assembly.ts"

export interface Entries {
  readonly channel: (no: number, first: number, bytes: number, userIds: ReadonlyArray<string>) => void
  /** Adds consecutive members, of which the first one starts at `first`. */
  readonly members: (first: number, members: ReadonlyArray<MemberEntry>) => void
}

/** A member. `userId` is `null` for a member of a channel that is identified by its members, who are written with it. */
export type MemberEntry = readonly [channelNo: number, userId: string | null, bytes: number]

/** The bytes between two items of an array: a comma and a line feed. */
export const BETWEEN = 2

/** Makes the tables. Files of lines are not split, so they need no entries. */
export const make = ({ database, settings }: Assembly): Entries => {
  if (settings.dialect === "jsonl") return { channel: () => undefined, members: () => undefined }
  database.exec(TABLES)
  const insertChannel = database.prepare(
    "INSERT INTO assembly.split_channel VALUES (?, ?, ?, ?, 0, NULL, NULL, NULL)"
  )
  const addToChannel =
    database.prepare(`UPDATE assembly.split_channel SET members_first = coalesce(members_first, ?),
      members_end = ?, members_count = coalesce(members_count, 0) + 1 WHERE no = ?`)
  const insertMembers = database.prepare("INSERT INTO assembly.split_members (first, members) VALUES (?, ?)")
  return {
    channel: (no, first, bytes, userIds) => insertChannel.execute(no, first, bytes, JSON.stringify(userIds)),
    members: (first, members) => {
      insertMembers.execute(first, JSON.stringify(members))
      let start = first
      for (const [channelNo, userId, bytes] of members) {
        if (userId === null) addToChannel.execute(start, start + bytes, channelNo)
        start += bytes + BETWEEN
      }
    }
  }
}

// internal

// `file` is the last file that has the item. The users of a channel are its creator and the members who identify it.
const TABLES = `
CREATE TABLE assembly.split_channel (no INTEGER PRIMARY KEY, first INTEGER NOT NULL, bytes INTEGER NOT NULL,
  users TEXT NOT NULL, file INTEGER NOT NULL, members_first INTEGER, members_end INTEGER, members_count INTEGER);
CREATE TABLE assembly.split_members (no INTEGER PRIMARY KEY, first INTEGER NOT NULL, members TEXT NOT NULL)`
