import { type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import type * as Custom from "../format/custom.ts"
import { type Assembly, chunks, count, eachBlock, step } from "./assembly.ts"

/**
 * Removes excluded users from the remaining messages: from mentions, from the
 * users who may see a message, and as the user who pinned it. A message that no
 * user may see any more is left out.
 */
export const leaveOutReferences = Effect.fnUntraced(function* (
  assembly: Assembly
): Effect.fn.Return<void, SinkError.SinkError> {
  const { rows, change, hide, forget } = yield* step(assembly, (database) => {
    database.exec(TABLES)
    return {
      rows: database.prepare<Row>(MESSAGES).iterate(),
      change: database.prepare("INSERT INTO assembly.message_changed VALUES (?, ?, ?, ?)"),
      hide: database.prepare("INSERT INTO assembly.message_excluded VALUES (?, ?)"),
      forget: database.prepare("INSERT INTO assembly.message_user_excluded VALUES (?)")
    }
  })
  const references = yield* step(assembly, ({ prepare }) => prepare<Reference>(REFERENCES))
  const handle = (row: Row) => {
    const all = references.all(row.row)
    const reason = changeMessage(assembly, row, all, change.execute, forget.execute)
    if (reason !== undefined) hide.execute(row.row, reason)
  }
  const total = yield* step(assembly, (database) => count(database, "assembly.message_referring"))
  yield* eachBlock(
    assembly,
    "leave out references",
    total,
    chunks(rows, ({ item }) => item.length),
    (block) => step(assembly, () => block.forEach(handle))
  )
})

// internal

interface Row {
  readonly row: number
  readonly item: string
  readonly own: string | null
}

interface Reference {
  readonly row: number
  readonly userId: string
  readonly reason: string
  readonly keepsMentions: number
}

const TABLES = `
CREATE TABLE assembly.message_user_excluded (row INTEGER PRIMARY KEY);
CREATE TABLE assembly.message_referring (row INTEGER PRIMARY KEY);
INSERT OR IGNORE INTO assembly.message_referring
  SELECT u.message_row FROM message_users u CROSS JOIN assembly.excluded_user x ON x.id = u.user_id
  WHERE u.message_row NOT IN (SELECT row FROM assembly.message_excluded)`

const MESSAGES = `SELECT m.row, m.item, (SELECT own FROM message_extras e WHERE e.message_row = m.row) AS own
  FROM assembly.message_referring f CROSS JOIN messages m ON m.row = f.row ORDER BY f.row`

const REFERENCES = `SELECT u.row, u.user_id AS userId, x.reason, x.keeps_mentions AS keepsMentions
  FROM message_users u CROSS JOIN assembly.excluded_user x ON x.id = u.user_id WHERE u.message_row = ? ORDER BY u.row`

/** Changes a message, and returns the reason for leaving it out if no user may see it any more. */
const changeMessage = (
  { mapUser, settings }: Assembly,
  { item: itemText, own: ownText, row }: Row,
  references: ReadonlyArray<Reference>,
  change: (row: number, item: string, own: string | null, namesAdmin: 0 | 1) => void,
  forget: (row: number) => void
): string | undefined => {
  const streamIds = new Map(references.map((one) => [one, mapUser(one.userId).id]))
  const gone = new Set(references.filter((one) => one.keepsMentions === 0).map((one) => streamIds.get(one)))
  const leftOut = new Set(streamIds.values())
  const parsed = Json.parse(`{${itemText}}`) as Custom.Fields
  const own = ownText === null ? undefined : (Json.parse(`{${ownText}}`) as Custom.Fields)
  // The older dialect keeps the users who may see a message as custom data.
  const holders = [parsed, parsed["chatferry"], own].filter(isFields)
  for (const holder of holders) {
    const visible = holder[VISIBLE]
    if (!isList(visible) || without(holder, VISIBLE, visible, gone)) continue
    return references
      .filter((one) => visible.includes(streamIds.get(one)))
      .map(({ reason }) => reason)
      .toSorted((a, b) => (a < b ? -1 : 1))[0]
  }
  const mentioned = parsed[MENTIONED]
  if (isList(mentioned)) without(parsed, MENTIONED, mentioned, gone)
  const isPinner = leftOut.has(parsed[PINNED_BY] as string)
  if (isPinner) parsed[PINNED_BY] = mapUser(settings.adminUserId).id
  const inside = (fields: Custom.Fields) => Json.write(fields).slice(1, -1)
  change(row, inside(parsed), own === undefined || isEmpty(own) ? null : inside(own), isPinner ? 1 : 0)
  const named = new Set<unknown>(
    holders.flatMap((holder) =>
      [holder[MENTIONED], holder[VISIBLE]].flatMap((ids) => (isList(ids) ? ids : []))
    )
  )
  for (const one of references) if (!named.has(streamIds.get(one))) forget(one.row)
  return undefined
}

const VISIBLE = "restricted_visibility"
const MENTIONED = "mentioned_users_ids"
const PINNED_BY = "pinned_by_id"

/** Removes ids from a list, and removes an empty list. Returns whether any ids are left. */
const without = (
  holder: Custom.Fields,
  field: string,
  ids: ReadonlyArray<unknown>,
  gone: ReadonlySet<unknown>
): boolean => {
  const left = ids.filter((id) => !gone.has(id))
  if (left.length === 0) delete holder[field]
  else holder[field] = left
  return left.length > 0
}

const isFields = (value: unknown): value is Custom.Fields => typeof value === "object" && value !== null

const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

const isEmpty = (fields: Custom.Fields) => Object.keys(fields).length === 0
