import type { Sqlite } from "@chatferry/connector"
import { Json } from "@chatferry/core/files"
import * as Ids from "../format/ids.ts"
import type { ItemType } from "../format/itemTypes.ts"
import { type Assembly } from "../resolve/assembly.ts"
import type { Item } from "./itemCursor.ts"

/** Consecutive items of the source file that go into the same file. */
export interface Piece {
  readonly kind: ItemType
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
  readonly channels: ReadonlyArray<string>
  /** The last file that has the item; 0 if there is none. */
  file: number
}

/** The current message. */
export interface Message extends Part {
  readonly id: string
  readonly parent: number | undefined
  /** The number of the message if replies to it follow. */
  readonly no: number | undefined
}

/** Tables of references between items; `file` is the last file that has the item. */
export const tables = `
CREATE TABLE assembly.split_user (id TEXT PRIMARY KEY, first INTEGER NOT NULL, bytes INTEGER NOT NULL,
  users TEXT, channels TEXT, file INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE assembly.split_channel (id TEXT PRIMARY KEY, first INTEGER NOT NULL, bytes INTEGER NOT NULL,
  users TEXT, channels TEXT, file INTEGER NOT NULL, members_first INTEGER, members_end INTEGER,
  members_count INTEGER) WITHOUT ROWID;
CREATE TABLE assembly.split_reply (no INTEGER PRIMARY KEY, parent INTEGER NOT NULL);
INSERT INTO assembly.split_reply
  SELECT o.no, p.no FROM assembly.reply r CROSS JOIN assembly.message_order o ON o.row = r.row
    CROSS JOIN assembly.message_order p ON p.row = r.parent_row ORDER BY o.no;
CREATE TABLE assembly.split_parent (id INTEGER PRIMARY KEY, first INTEGER NOT NULL, bytes INTEGER NOT NULL,
  users TEXT, channels TEXT, file INTEGER NOT NULL);
INSERT INTO assembly.split_parent SELECT DISTINCT parent, 0, 0, NULL, NULL, 0 FROM assembly.split_reply ORDER BY parent;`

/**
 * Knows which other items each item needs in its file. The functions return the
 * pieces that the file `file` lacks.
 */
export const makeClosure = ({ database }: Assembly) => {
  const insertUser = database.prepare("INSERT INTO assembly.split_user VALUES (?, ?, ?, ?, ?, 0)")
  const insertChannel = database.prepare(
    "INSERT INTO assembly.split_channel VALUES (?, ?, ?, ?, NULL, 0, NULL, NULL, NULL)"
  )
  const addMember =
    database.prepare(`UPDATE assembly.split_channel SET members_first = coalesce(members_first, ?),
    members_end = ?, members_count = coalesce(members_count, 0) + 1 WHERE id = ?`)
  const setParent = database.prepare(
    "UPDATE assembly.split_parent SET first = ?, bytes = ?, users = ? WHERE id = ?"
  )
  const parentOf = database.prepare<{ readonly parent: number }>(
    "SELECT parent FROM assembly.split_reply WHERE no = ?"
  )
  const users = makeTable(
    database.prepare<PartRow>("SELECT * FROM assembly.split_user WHERE id = ?"),
    database.prepare("UPDATE assembly.split_user SET file = ? WHERE id = ?")
  )
  const channels = makeTable(
    database.prepare<ChannelRow>("SELECT * FROM assembly.split_channel WHERE id = ?"),
    database.prepare("UPDATE assembly.split_channel SET file = ? WHERE id = ?")
  )
  const parents = makeTable(
    database.prepare<PartRow>("SELECT * FROM assembly.split_parent WHERE id = ?"),
    database.prepare("UPDATE assembly.split_parent SET file = ? WHERE id = ?")
  )
  const parentNos = database
    .prepare<{ readonly no: number }>("SELECT DISTINCT parent AS no FROM assembly.split_reply ORDER BY 1")
    .iterate()

  let hasDistinct = false
  let messageNo = 0
  let nextParent = parentNos.next()

  const collect = (
    start: Pick<Part, "users" | "channels"> & { readonly parent?: number | undefined },
    file: number
  ): ReadonlyArray<Piece> => {
    const pieces: Array<Piece> = []
    const seen = new Set<number>()
    const userIds = [...start.users]
    const keys = [...start.channels]
    const take = (kind: ItemType, part: Part | undefined, place: (file: number) => void) => {
      if (part === undefined || part.file === file || seen.has(part.first)) return false
      seen.add(part.first)
      pieces.push({ kind, first: part.first, bytes: part.bytes, count: 1, isRepeated: part.file > 0, place })
      userIds.push(...part.users)
      keys.push(...part.channels)
      return true
    }
    if (start.parent !== undefined) {
      const id = start.parent
      take("message", parents.get(id), (to) => parents.place(id, to))
    }
    for (;;) {
      const key = keys.pop()
      if (key !== undefined) {
        const channel = channels.get(key)
        if (!take("channel", channel, (to) => channels.place(key, to)) || channel?.members === undefined)
          continue
        pieces.push({ kind: "member", ...channel.members, isRepeated: channel.file > 0, place: nothing })
        continue
      }
      const id = userIds.pop()
      if (id === undefined) return pieces
      take("user", users.get(id), (to) => users.place(id, to))
    }
  }
  const own = (
    kind: ItemType,
    { bytes, first }: { readonly bytes: number; readonly first: number },
    place: (file: number) => void
  ) => ({ kind, first, bytes, count: 1, isRepeated: false, place })

  return {
    idOf: (fields: Fields) => text(fields["id"]),
    keyOf: channelKey,
    referenceOf: (fields: Fields) =>
      keyFrom(fields["channel_type"], fields["channel_id"], fields["channel_member_ids"]),
    isDistinct: (fields: Fields) => fields["channel_member_ids"] !== undefined,
    hasDistinct: () => hasDistinct,
    isUnplaced: (id: string) => users.get(id)?.file === 0,
    addUser: ({ bytes, fields, first }: Item) => {
      insertUser.execute(
        text(fields["id"]),
        first,
        bytes,
        listed(fields["user_mutes"]),
        listed(fields["channel_mutes"])
      )
    },
    addChannel: ({ bytes, fields, first }: Item) => {
      const memberIds = ids(fields["member_ids"])
      if (memberIds.length > 0) hasDistinct = true
      insertChannel.execute(
        channelKey(fields),
        first,
        bytes,
        JSON.stringify([text(fields["created_by"]), ...memberIds])
      )
    },
    addDistinctMember: ({ bytes, fields, first }: Item) => {
      if (fields["channel_member_ids"] === undefined) return
      addMember.execute(
        first,
        first + bytes,
        keyFrom(fields["channel_type"], undefined, fields["channel_member_ids"])
      )
    },
    user: (id: string, file: number) => collect({ users: [id], channels: [] }, file),
    channel: (key: string, file: number) => collect({ users: [], channels: [key] }, file),
    member: (item: Item, key: string, file: number) => [
      ...collect({ users: [text(item.fields["user_id"])], channels: [key] }, file),
      own("member", item, nothing)
    ],
    device: (item: Item, file: number) => [
      ...collect({ users: [text(item.fields["user_id"])], channels: [] }, file),
      own("device", item, nothing)
    ],
    /** Messages must come in order. */
    openMessage: ({ bytes, fields, first }: Item, key: string): Message => {
      messageNo++
      const userIds = [
        text(fields["user"]),
        ...ids(fields["mentioned_users_ids"]),
        ...(fields["pinned_by_id"] === undefined ? [] : [text(fields["pinned_by_id"])])
      ]
      const isParent = nextParent.done !== true && nextParent.value.no === messageNo
      if (isParent) {
        nextParent = parentNos.next()
        setParent.execute(first, bytes, JSON.stringify(userIds), messageNo)
      }
      const parent = fields["parent_id"] === undefined ? undefined : parentOf.get(messageNo)?.parent
      const no = isParent ? messageNo : undefined
      return { id: text(fields["id"]), first, bytes, users: userIds, channels: [key], parent, no, file: 0 }
    },
    message: (message: Message, file: number): ReadonlyArray<Piece> =>
      message.file === file
        ? []
        : [
            ...collect(message, file),
            {
              ...own("message", message, (to) => {
                message.file = to
                if (message.no !== undefined) parents.place(message.no, to)
              }),
              isRepeated: message.file > 0
            }
          ],
    reaction(item: Item, message: Message, file: number): ReadonlyArray<Piece> {
      const pieces = this.message(message, file)
      const known = new Set(pieces.map(({ first }) => first))
      return [
        ...pieces,
        ...collect({ users: [text(item.fields["user_id"])], channels: [] }, file).filter(
          ({ first }) => !known.has(first)
        ),
        own("reaction", item, nothing)
      ]
    }
  }
}

// internal

type Fields = Item["fields"]

interface PartRow {
  readonly first: number
  readonly bytes: number
  readonly users: string | null
  readonly channels: string | null
  readonly file: number
}

interface ChannelRow extends PartRow {
  readonly members_first: number | null
  readonly members_end: number | null
  readonly members_count: number | null
}

interface StagedPart extends Part {
  /** The members of a distinct channel. */
  readonly members: Pick<Piece, "first" | "bytes" | "count"> | undefined
}

const nothing = () => undefined

// Caches recent rows in bounded memory, and writes changes through at once.
const makeTable = (select: Sqlite.Statement<PartRow | ChannelRow>, update: Sqlite.Statement) => {
  const known = new Map<string, StagedPart>()
  const get = (id: string | number): StagedPart | undefined => {
    const key = `${id}`
    const part = known.get(key)
    if (part !== undefined) return part
    const row = select.get(id)
    if (row === undefined) return undefined
    const read = {
      first: row.first,
      bytes: row.bytes,
      users: parsed(row.users),
      channels: parsed(row.channels),
      file: row.file,
      members: membersOf(row)
    }
    Ids.remember(known, key, read)
    return read
  }
  return {
    get,
    place: (id: string | number, file: number) => {
      update.execute(file, id)
      const part = known.get(`${id}`)
      if (part !== undefined) part.file = file
    }
  }
}

const membersOf = (row: PartRow | ChannelRow) =>
  "members_first" in row && row.members_first !== null && row.members_end !== null
    ? { first: row.members_first, bytes: row.members_end - row.members_first, count: row.members_count ?? 0 }
    : undefined

const parsed = (text: string | null) => (text === null ? [] : (Json.parse(text) as ReadonlyArray<string>))
/** Reads an id, which this package has written as a string. */
const text = (value: unknown) => (typeof value === "string" ? value : "")
const ids = (value: unknown) => (Array.isArray(value) ? (value as ReadonlyArray<string>) : [])
const listed = (value: unknown) => (Array.isArray(value) ? JSON.stringify(value) : null)

// Types and ids have no colon, so that ids and sets of members are never equal.
const keyFrom = (type: unknown, id: unknown, memberIds: unknown) =>
  id === undefined ? `${text(type)}:[${ids(memberIds).join()}]` : `${text(type)}:${text(id)}`

const channelKey = (fields: Fields) => keyFrom(fields["type"], fields["id"], fields["member_ids"])
