// The JSON of an export as rows of cells.
import { member, type Channel } from "../../generator/channels.ts"
import type { Plan } from "../../generator/plan.ts"
import { zonedText } from "../../random/time.ts"
import { MEMBER_COLUMNS } from "./csvColumns.ts"
import type { Row } from "./csvTable.ts"

/** How a file writes times that are numbers in JSON. */
export type Times = "numbers" | { readonly offset: (millis: number) => number }

/** The fields that the columns name; nested values as JSON. */
export const row = (record: RawObject, columns: ReadonlyArray<string>): Row =>
  columns.map((column) => cell(record[column]))

export const messageRow = (record: RawObject, columns: ReadonlyArray<string>, times: Times): Row => {
  const user = fields(record.user)
  const file = fields(record.file)
  const mentioned = Array.isArray(record.mentioned_users) ? record.mentioned_users : []
  return row(
    {
      ...record,
      user_id: user.user_id,
      nickname: user.nickname,
      profile_url: user.profile_url,
      user_metadata: user.metadata,
      file_url: file.url,
      file_name: file.name,
      file_type: file.type,
      file_size: file.size,
      mentioned_user_ids: mentioned.map((one) => fields(one).user_id),
      created_at: time(record.created_at, times),
      updated_at: record.updated_at === 0 ? 0 : time(record.updated_at, times)
    },
    columns
  )
}

export const channelRow = (record: RawObject, columns: ReadonlyArray<string>, times: Times): Row =>
  row({ ...record, created_at: time(record.created_at, times) }, columns)

export const memberRow = (plan: Plan, of: Channel, user: number, index: number, times: Times): Row => {
  const record = member(plan, of, user, index)
  return row(
    { ...record, channel_url: of.url, last_seen_at: time(record.last_seen_at, times) },
    MEMBER_COLUMNS
  )
}

// internal

type RawObject = Readonly<Record<string, unknown>>

const NOTHING: RawObject = {}

const fields = (value: unknown): RawObject =>
  typeof value === "object" && value !== null ? (value as RawObject) : NOTHING

// Ids above 2^53 are raw JSON, and numbers and booleans are the same text as in JSON.
const cell = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value)

const time = (value: unknown, times: Times): unknown => {
  if (times === "numbers" || typeof value !== "number") return value
  const millis = value < SECONDS_BELOW ? value * 1000 : value
  return zonedText(millis, times.offset(millis))
}

const SECONDS_BELOW = 1e11
