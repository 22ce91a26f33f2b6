import type { Sqlite } from "@chatferry/connector"
import { Json } from "@chatferry/core/files"
import * as Ids from "../format/ids.ts"
import type { ItemType } from "../format/itemTypes.ts"
import { type Assembly } from "../resolve/assembly.ts"
import type { HeadEntry, MessageEntry, ReactionEntry } from "./splitEntries.ts"

/** Consecutive items that go into the same file. */
export interface Piece {
  readonly kind: ItemType
  /** Where the first item starts in the head of the array; the number of a message or reaction. */
  readonly first: number
  readonly bytes: number
  readonly count: number
  /** Whether the items are already in an earlier file. */
  readonly isRepeated: boolean
  /** Records the file that the items are in. */
  readonly place: (file: number) => void
}

interface Part {
  readonly first: number
  readonly bytes: number
  readonly users: ReadonlyArray<string>
  readonly channels: ReadonlyArray<number>
  /** The last file that has the item; 0 if there is none. */
  file: number
}

/** The current message. */
export interface Message extends Part {
  readonly parent: number | undefined
  readonly isParent: boolean
}

/** Threads by the numbers of their messages; `file` is the last file that has the parent. */
export const tables = `
CREATE TABLE assembly.split_reply (no INTEGER PRIMARY KEY, parent INTEGER NOT NULL);
INSERT INTO assembly.split_reply
  SELECT o.no, p.no FROM assembly.reply r CROSS JOIN assembly.message_order o ON o.row = r.row
    CROSS JOIN assembly.message_order p ON p.row = r.parent_row ORDER BY o.no;
CREATE TABLE assembly.split_parent (id INTEGER PRIMARY KEY, first INTEGER NOT NULL, bytes INTEGER NOT NULL,
  users TEXT, file INTEGER NOT NULL);
INSERT INTO assembly.split_parent SELECT DISTINCT parent, parent, 0, NULL, 0 FROM assembly.split_reply ORDER BY parent;`

/**
 * Knows which other items each item needs in its file. The functions return the
 * pieces that the file `file` lacks.
 */
export const makeClosure = ({ database }: Assembly) => {
  const channelByCid = database.prepare<{ readonly no: number }>(
    "SELECT no FROM assembly.target WHERE type = ? AND stream_id = ?"
  )
  // A type has no colon.
  const channelOf = (cid: string) => {
    const end = cid.indexOf(":")
    return channelByCid.all(cid.slice(0, end), cid.slice(end + 1)).map(({ no }) => no)
  }
  const setParent = database.prepare("UPDATE assembly.split_parent SET bytes = ?, users = ? WHERE id = ?")
  const users = makeTable<string>(
    database.prepare("SELECT * FROM assembly.user_stream WHERE stream_id = ? AND first IS NOT NULL"),
    database.prepare("UPDATE assembly.user_stream SET file = ? WHERE stream_id = ?"),
    channelOf
  )
  const channels = makeTable<number>(
    database.prepare("SELECT * FROM assembly.split_channel WHERE no = ?"),
    database.prepare("UPDATE assembly.split_channel SET file = ? WHERE no = ?"),
    channelOf
  )
  const parents = makeTable<number>(
    database.prepare("SELECT * FROM assembly.split_parent WHERE id = ?"),
    database.prepare("UPDATE assembly.split_parent SET file = ? WHERE id = ?"),
    channelOf
  )

  // Most items refer to nothing that their file lacks.
  const isComplete = ({ channels: nos, parent, users: ids }: References, file: number) => {
    const isThere = (part: Part | undefined) => part === undefined || part.file === file
    return (
      ids.every((id) => isThere(users.get(id))) &&
      nos.every((no) => isThere(channels.get(no))) &&
      (parent === undefined || isThere(parents.get(parent)))
    )
  }
  const collect = (start: References, file: number): ReadonlyArray<Piece> => {
    if (isComplete(start, file)) return NO_PIECES
    const pieces: Array<Piece> = []
    const seen = new Set<number>()
    const userIds = [...start.users]
    const nos = [...start.channels]
    const take = (kind: ItemType, part: Part | undefined, place: (file: number) => void) => {
      if (part === undefined || part.file === file) return false
      pieces.push({ kind, first: part.first, bytes: part.bytes, count: 1, isRepeated: part.file > 0, place })
      userIds.push(...part.users)
      nos.push(...part.channels)
      return true
    }
    // Users and channels may be named more than once, and are distinguished by where they start.
    const takeOnce = (kind: ItemType, part: Part | undefined, place: (file: number) => void) => {
      if (part === undefined || seen.has(part.first)) return false
      seen.add(part.first)
      return take(kind, part, place)
    }
    if (start.parent !== undefined) {
      const no = start.parent
      take("message", parents.get(no), (to) => parents.place(no, to))
    }
    for (;;) {
      const no = nos.pop()
      if (no !== undefined) {
        const channel = channels.get(no)
        if (!takeOnce("channel", channel, (to) => channels.place(no, to)) || channel?.members === undefined)
          continue
        pieces.push({ kind: "member", ...channel.members, isRepeated: channel.file > 0, place: nothing })
        continue
      }
      const id = userIds.pop()
      if (id === undefined) return pieces
      takeOnce("user", users.get(id), (to) => users.place(id, to))
    }
  }
  const own = (
    kind: ItemType,
    { bytes, first }: { readonly bytes: number; readonly first: number }
  ): Piece => ({ kind, first, bytes, count: 1, isRepeated: false, place: nothing })

  const itself = (message: Message): Piece => ({
    ...own("message", message),
    isRepeated: message.file > 0,
    place: (to) => {
      message.file = to
      if (message.isParent) parents.place(message.first, to)
    }
  })

  return {
    isUnplaced: (id: string) => users.get(id)?.file === 0,
    user: (id: string, file: number) => collect({ users: [id], channels: [] }, file),
    channel: (no: number, file: number) => collect({ users: [], channels: [no] }, file),
    member: (member: HeadEntry, channelNo: number, file: number) => [
      ...collect({ users: [member.userId], channels: [channelNo] }, file),
      own("member", member)
    ],
    device: (device: HeadEntry, file: number) => [
      ...collect({ users: [device.userId], channels: [] }, file),
      own("device", device)
    ],
    openMessage: ({ bytes, channelNo, isParent, no, parent, userIds }: MessageEntry): Message => {
      if (isParent) setParent.execute(bytes, JSON.stringify(userIds), no)
      return { first: no, bytes, users: userIds, channels: [channelNo], parent, isParent, file: 0 }
    },
    message: (message: Message, file: number): ReadonlyArray<Piece> =>
      message.file === file ? [] : [...collect(message, file), itself(message)],
    reaction: (
      { bytes, no, userId }: ReactionEntry,
      message: Message,
      file: number
    ): ReadonlyArray<Piece> => {
      const reaction = own("reaction", { first: no, bytes })
      // A message that is in the file already has there what it needs.
      return message.file === file
        ? [...collect({ users: [userId], channels: [] }, file), reaction]
        : [...collect({ ...message, users: [...message.users, userId] }, file), itself(message), reaction]
    }
  }
}

// internal

interface PartRow {
  readonly first: number
  readonly bytes: number
  readonly users: string | null
  readonly file: number
  /** The `type:id` of channels. */
  readonly channels?: string | null
  readonly members_first?: number | null
  readonly members_end?: number | null
  readonly members_count?: number | null
}

type References = Pick<Part, "users" | "channels"> & { readonly parent?: number | undefined }

interface StagedPart extends Part {
  /** The members of a distinct channel. */
  readonly members: Pick<Piece, "first" | "bytes" | "count"> | undefined
}

const nothing = () => undefined
const NO_PIECES: ReadonlyArray<Piece> = []

// Caches recent rows in bounded memory, and writes changes through at once.
const makeTable = <Id extends string | number>(
  select: Sqlite.Statement,
  update: Sqlite.Statement,
  channelsOf: (cid: string) => ReadonlyArray<number>
) => {
  const known = new Map<string, StagedPart>()
  return {
    get: (id: Id): StagedPart | undefined => {
      const key = `${id}`
      const part = known.get(key)
      if (part !== undefined) return part
      const row = select.get(id) as PartRow | undefined
      if (row === undefined) return undefined
      const read = {
        first: row.first,
        bytes: row.bytes,
        users: parsed(row.users),
        channels: parsed(row.channels).flatMap(channelsOf),
        file: row.file,
        members: membersOf(row)
      }
      Ids.remember(known, key, read)
      return read
    },
    place: (id: Id, file: number) => {
      update.execute(file, id)
      const part = known.get(`${id}`)
      if (part !== undefined) part.file = file
    }
  }
}

const membersOf = ({ members_count: count, members_end: end, members_first: first }: PartRow) =>
  first === undefined || first === null || end === undefined || end === null
    ? undefined
    : { first, bytes: end - first, count: count ?? 0 }

const parsed = (text: string | null | undefined) =>
  text === undefined || text === null ? [] : (Json.parse(text) as ReadonlyArray<string>)
