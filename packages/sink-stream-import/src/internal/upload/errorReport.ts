// Stream's report of a failed import. It is only documented by an example, so everything in it may be missing or different.
import { RawValue } from "@chatferry/connector"
import { Json } from "@chatferry/core/files"
import type { ItemError } from "./model.ts"

export interface ErrorReport {
  readonly errors: ReadonlyArray<ItemError>
  /** The counts under `stats.total`, with Stream's own names. */
  readonly totals: Readonly<Record<string, number>>
}

/** Extracts errors and counts. Whole items are not kept, because they hold private messages. */
export const read = (result: unknown): ErrorReport => {
  const report = fieldsOf(typeof result === "string" ? parsed(result) : result)
  const errors = Array.isArray(report["errors"]) ? (report["errors"] as ReadonlyArray<unknown>) : []
  const single = report["error"]
  return {
    errors:
      errors.length === 0 && single !== undefined && single !== null
        ? [toError(fieldsOf(single)["error"] === undefined ? { error: textOf(single) } : single)]
        : errors.map(toError),
    totals: totalsOf(fieldsOf(fieldsOf(report["stats"])["total"] ?? report["stats"]))
  }
}

// internal

type Fields = Readonly<Record<string, unknown>>

const NONE: Fields = {}

const fieldsOf = (value: unknown): Fields => (RawValue.isObject(value) ? value : NONE)

const parsed = (text: string): unknown => {
  try {
    return Json.parse(text)
  } catch {
    return { error: text }
  }
}

const textOf = (value: unknown): string => {
  if (typeof value === "string") return value
  const { description, message } = fieldsOf(value)
  return typeof message === "string" ? message : typeof description === "string" ? description : UNKNOWN
}

const UNKNOWN = "the server gives no reason"
const MOST_TEXT = 2000

const toError = (given: unknown): ItemError => {
  const error = fieldsOf(given)
  const type = error["item_type"] ?? error["type"]
  const itemType = typeof type === "string" && type !== "" ? type : null
  const item = fieldsOf(error["item"] ?? error["data"])
  return {
    error: textOf(typeof given === "string" ? given : (error["error"] ?? given)).slice(0, MOST_TEXT),
    itemType,
    streamIds: streamIdsOf(itemType, item),
    sourceIds: null
  }
}

/** The fields with ids by type, which are copied unchanged. */
const ID_FIELDS: Readonly<Record<string, ReadonlyArray<string>>> = {
  user: ["id"],
  device: ["id", "user_id"],
  future_channel_ban: ["target_id", "created_by"],
  channel: ["type", "id", "member_ids"],
  member: ["channel_type", "channel_id", "channel_member_ids", "user_id"],
  channel_member: ["channel_type", "channel_id", "channel_member_ids", "user_id"],
  message: ["id", "channel_type", "channel_id", "channel_member_ids", "user"],
  reaction: ["message_id", "type", "user_id"]
}

const streamIdsOf = (type: string | null, item: Fields): Readonly<Record<string, string>> => {
  const ids: Record<string, string> = {}
  for (const field of ID_FIELDS[type ?? ""] ?? ["id"]) {
    const value = item[field]
    if (typeof value === "string" && value !== "") ids[field] = value
    else if (Array.isArray(value) && value.length > 0) ids[field] = value.map(String).toSorted().join(",")
  }
  return ids
}

const totalsOf = (counts: Fields): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(counts).filter((entry): entry is [string, number] => typeof entry[1] === "number")
  )
