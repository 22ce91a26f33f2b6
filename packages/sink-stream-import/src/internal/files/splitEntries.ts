import type { Sqlite } from "@chatferry/connector"
import { Json } from "@chatferry/core/files"
import { type Assembly, count } from "../resolve/assembly.ts"
import { BETWEEN, type MemberEntry } from "./entries.ts"

export type OrderedKind = "message" | "reaction"

/** An item in the head of the array, of which only the user matters. */
export interface HeadEntry {
  readonly userId: string
  readonly first: number
  readonly bytes: number
}

export interface MessageEntry {
  readonly no: number
  readonly row: number
  readonly channelNo: number
  readonly bytes: number
  /** The number of the first message of the thread. */
  readonly parent: number | undefined
  readonly isParent: boolean
  /** The users that the item refers to. */
  readonly userIds: ReadonlyArray<string>
}

export interface ReactionEntry {
  readonly no: number
  readonly messageRow: number
  readonly bytes: number
  readonly userId: string
}

/** Entries in the order of their items. */
export interface Entries<Entry> {
  /** Takes entries up to the first one that is not wanted. */
  readonly takeWhile: (isWanted: (entry: Entry) => boolean) => Iterable<Entry>
}

/** The bytes of an item around what is counted in the tables. */
export interface Outside {
  readonly device: number
  readonly message: number
  readonly reaction: number
}

export const channels = ({ database }: Assembly): Iterable<{ readonly no: number }> =>
  database.prepare<{ readonly no: number }>("SELECT no FROM assembly.target ORDER BY no").iterate()

/** The members who are not written with their channel. */
export const members = ({ database }: Assembly): Entries<HeadEntry & { readonly channelNo: number }> => {
  const blocks = database
    .prepare<{
      readonly first: number
      readonly members: string
    }>("SELECT first, members FROM assembly.split_members ORDER BY no")
    .iterate()
  function* each() {
    for (const block of blocks) {
      let { first } = block
      for (const [channelNo, userId, bytes] of Json.parse(block.members) as ReadonlyArray<MemberEntry>) {
        if (userId !== null) yield { channelNo, userId, first, bytes }
        first += bytes + BETWEEN
      }
    }
  }
  return entries(each(), (member) => member)
}

export function* devices({ database }: Assembly, start: number, outside: Outside): Generator<HeadEntry> {
  const rows = database
    .prepare<{ readonly userId: string; readonly bytes: number }>(`
      SELECT json_extract(item, '$.user_id') AS userId, octet_length(item) AS bytes
      FROM assembly.user_item WHERE kind = 'device' ORDER BY key`)
    .iterate()
  let first = start
  for (const row of rows) {
    const bytes = row.bytes + outside.device
    yield { userId: row.userId, first, bytes }
    first += bytes + BETWEEN
  }
}

/** The users who are not in any file yet. */
export const unplacedUsers = ({ database }: Assembly): Iterable<{ readonly id: string }> =>
  database
    .prepare<{ readonly id: string }>(`SELECT stream_id AS id FROM assembly.user_stream
      WHERE first IS NOT NULL AND file = 0 ORDER BY first`)
    .iterate()

export const messages = ({ database, mapUser }: Assembly, outside: Outside): Entries<MessageEntry> => {
  const userAt = database.prepare<{ readonly id: string }>("SELECT id FROM ids WHERE row = ?")
  const itemAt = database.prepare<{ readonly item: string }>("SELECT item FROM messages WHERE row = ?")
  const referenceAt = database.prepare<{ readonly bytes: number }>(
    "SELECT octet_length(reference) AS bytes FROM assembly.target WHERE no = ?"
  )
  const known = new Map<number, string>()
  const userId = (row: number) => {
    const found = known.get(row)
    if (found !== undefined) return found
    const id = mapUser(userAt.get(row)?.id ?? "").id
    if (known.size >= MOST_USERS) known.clear()
    known.set(row, id)
    return id
  }
  let channelNo = 0
  let referenceBytes = 0
  const rows = orderedRows<MessageRow>(database, "message", MESSAGE, MESSAGES)
  return entries(rows, ([no, row, channel, user, bytes, parent, isParent, refers]) => {
    if (channel !== channelNo) {
      channelNo = channel
      referenceBytes = referenceAt.get(channel)?.bytes ?? 0
    }
    const userIds = [userId(user)]
    // Only few messages refer to other users, and the tables do not say with which field.
    if (refers === 1) userIds.push(...referredUsers(itemAt.get(row)?.item ?? ""))
    return {
      no,
      row,
      channelNo,
      bytes: bytes + referenceBytes + outside.message,
      parent: parent === 0 ? undefined : parent,
      isParent: isParent === 1,
      userIds
    }
  })
}

export const reactions = ({ database, mapUser }: Assembly, outside: Outside): Entries<ReactionEntry> =>
  entries(
    orderedRows<ReactionRow>(database, "reaction", REACTION, REACTIONS),
    ([no, messageRow, bytes, userId]) => ({
      no,
      messageRow,
      bytes: bytes + outside.reaction,
      userId: mapUser(userId).id
    })
  )

/** The bytes of all messages and reactions, each with a separator. */
export const bytesOfOrdered = ({ database }: Assembly, outside: Outside): number =>
  database
    .prepare<{ readonly bytes: number }>(`SELECT
        (SELECT total(o.bytes + octet_length(t.reference) + ${outside.message + BETWEEN})
          FROM assembly.message_order o CROSS JOIN assembly.target t ON t.no = o.channel_no)
        + (SELECT total(octet_length(text)) FROM assembly.message_link)
        + (SELECT total(bytes + ${outside.reaction + BETWEEN}) FROM assembly.reaction_order) AS bytes`)
    .get()?.bytes ?? 0

// internal

const MOST_USERS = 16_384

type MessageRow = readonly [
  no: number,
  row: number,
  channelNo: number,
  user: number,
  bytes: number,
  /** 0 for a message without a parent. */
  parent: number,
  isParent: 0 | 1,
  refers: 0 | 1
]

const MESSAGE = [
  "o.no",
  "o.row",
  "o.channel_no",
  "o.user",
  "o.bytes + ifnull(octet_length(l.text), 0)",
  "ifnull(s.parent, 0)",
  "p.id IS NOT NULL",
  "o.row IN (SELECT message_row FROM message_users) OR o.row IN (SELECT row FROM assembly.message_changed)"
]

const MESSAGES = `assembly.message_order o LEFT JOIN assembly.message_link l ON l.row = o.row
    LEFT JOIN assembly.split_reply s ON s.no = o.no LEFT JOIN assembly.split_parent p ON p.id = o.no`

type ReactionRow = readonly [no: number, messageRow: number, bytes: number, userId: string]

const REACTION = ["o.no", "o.message_row", "o.bytes", "json_quote(r.user_id)"]

const REACTIONS = "assembly.reaction_order o CROSS JOIN reactions r ON r.row = o.row"

const BLOCK = 1024

/**
 * Reads values of all messages or reactions in order. One text for many rows costs
 * much less than an object for each row. The outermost loop scans the order.
 */
function* orderedRows<Row>(
  database: Sqlite.Database,
  kind: OrderedKind,
  values: ReadonlyArray<string>,
  tables: string
): Generator<Row> {
  const row = `concat('[', ${values.join(", ',', ")}, ']')`
  const block = database.prepare<{ readonly rows: string | null }>(
    `SELECT group_concat(${row}) AS rows FROM ${tables} WHERE o.no BETWEEN ? AND ?`
  )
  const last = count(database, `assembly.${kind}_order`)
  for (let from = 1; from <= last; from += BLOCK) {
    yield* Json.parse(`[${block.get(from, from + BLOCK - 1)?.rows ?? ""}]`) as ReadonlyArray<Row>
  }
}

const entries = <Row, Entry>(rows: Iterator<Row>, read: (row: Row) => Entry): Entries<Entry> => {
  const next = () => {
    const row = rows.next()
    return row.done === true ? undefined : read(row.value)
  }
  let current = next()
  return {
    *takeWhile(isWanted) {
      while (current !== undefined && isWanted(current)) {
        const entry = current
        current = next()
        yield entry
      }
    }
  }
}

const referredUsers = (item: string): ReadonlyArray<string> => {
  const fields = Json.parse(`{${item}}`) as {
    readonly mentioned_users_ids?: ReadonlyArray<string>
    readonly pinned_by_id?: string
  }
  return [
    ...(fields.mentioned_users_ids ?? []),
    ...(fields.pinned_by_id === undefined ? [] : [fields.pinned_by_id])
  ]
}
