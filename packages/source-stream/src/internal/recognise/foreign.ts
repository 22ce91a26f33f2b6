// Recognises files beside exports that are not part of them.
import { JsonElements, JsonObjects } from "@chatferry/core/files"
import { isOfStream } from "../reading/standalone.ts"
import { isObject } from "../records/raw.ts"
import { beginsExport, firstByte, type Form, linesOf } from "./sniff.ts"

/** The problem of an export that was requested as CSV. */
export const CSV =
  "it looks like an export as CSV, which has only messages, in columns that Stream does not document: export with the format json"

/** Recognises an export as CSV by the names of its columns. */
export const isCsv = (head: Buffer): boolean => {
  const [first] = linesOf(head.subarray(firstByte(head)), true, 1)
  if (first === undefined || first.length > MOST_COLUMNS) return false
  const names = first
    .toString("utf8")
    .split(",")
    .map((name) => name.trim().replaceAll('"', ""))
  const isOther = names.some((name) => OF_SENDBIRD.has(name))
  return !isOther && names.filter((name) => COLUMNS.has(name)).length >= ENOUGH
}

/** Returns why a file cannot contain records of Stream; `undefined` if it may. */
export const foreign = (head: Buffer, isWhole: boolean, form: Exclude<Form, "text">): string | undefined =>
  form === "lines" ? foreignLines(head, isWhole) : isWhole ? foreignText(head) : undefined

// internal

const MOST_COLUMNS = 4096
const ENOUGH = 3
const COLUMNS = new Set([
  "attachments",
  "channel_cid",
  "channel_id",
  "channel_type",
  "cid",
  "created_at",
  "deleted_at",
  "html",
  "id",
  "message_id",
  "parent_id",
  "text",
  "type",
  "updated_at",
  "user_id"
])
const OF_SENDBIRD = new Set(["channel_url", "nickname"])

/** So many lines distinguish a log of something else from an export with an odd first record. */
const MIN_FOREIGN_LINES = 3

const foreignLines = (head: Buffer, isWhole: boolean): string | undefined => {
  let objects = 0
  for (const line of linesOf(head.subarray(firstByte(head)), isWhole, Number.POSITIVE_INFINITY)) {
    const value = parsed(line)
    if (!isObject(value)) continue
    if (isOfStream(value)) return undefined
    objects++
  }
  return objects < MIN_FOREIGN_LINES
    ? undefined
    : "none of its first lines holds a record that Stream exports"
}

/** A file that is not JSON would end the run, which should only happen if it belongs to the export. */
const foreignText = (head: Buffer): string | undefined => {
  if (parsed(head) !== undefined || beginsExport(head)) return undefined
  const reader = JsonObjects.make({ arrays: () => false, objects: () => false })
  reader.push(head)
  try {
    reader.end()
    for (let part = reader.next(); part !== undefined; part = reader.next());
    return undefined
  } catch {
    return STREAM_FIELDS.test(head.toString("utf8")) ? undefined : "it is not JSON"
  }
}

const STREAM_FIELDS =
  /"(?:channel|cid|messages|members|message|reactions|channel_role|created_by|user_id)"\s*:/u

const parsed = (bytes: Buffer): unknown => {
  try {
    return JsonElements.parse(bytes.toString("utf8"))
  } catch {
    return undefined
  }
}
