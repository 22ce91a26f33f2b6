import { member, type Room } from "../../generator/channels.ts"
import type { Plan } from "../../generator/plan.ts"
import { zonedText } from "../../random/time.ts"
// The JSON of an export as rows of cells.
import { MEMBER_COLUMNS } from "./csvColumns.ts"
import type { Row } from "./csvTable.ts"

/** How a file writes times that are numbers in JSON. */
export type Times = "numbers" | { readonly offset: (millis: number) => number }

/** What the columns are named after; nested values as JSON. */
export const row = (wire: RawObject, columns: ReadonlyArray<string>): Row =>
  columns.map((column) => cell(wire[column]))

export const messageRow = (wire: RawObject, columns: ReadonlyArray<string>, times: Times): Row => {
  const user = fields(wire.user)
  const file = fields(wire.file)
  const mentioned = Array.isArray(wire.mentioned_users) ? wire.mentioned_users : []
  return row(
    {
      ...wire,
      user_id: user.user_id,
      nickname: user.nickname,
      profile_url: user.profile_url,
      user_metadata: user.metadata,
      file_url: file.url,
      file_name: file.name,
      file_type: file.type,
      file_size: file.size,
      mentioned_user_ids: mentioned.map((one) => fields(one).user_id),
      created_at: time(wire.created_at, times),
      updated_at: wire.updated_at === 0 ? 0 : time(wire.updated_at, times)
    },
    columns
  )
}

export const channelRow = (wire: RawObject, columns: ReadonlyArray<string>, times: Times): Row =>
  row({ ...wire, created_at: time(wire.created_at, times) }, columns)

export const memberRow = (plan: Plan, of: Room, user: number, index: number, times: Times): Row => {
  const wire = member(plan, of, user, index)
  return row({ ...wire, channel_url: of.url, last_seen_at: time(wire.last_seen_at, times) }, MEMBER_COLUMNS)
}

// internal

type RawObject = Readonly<Record<string, unknown>>

const NOTHING: RawObject = {}

const fields = (value: unknown): RawObject =>
  typeof value === "object" && value !== null ? (value as RawObject) : NOTHING

// Ids above 2^53 are raw JSON, and numbers and booleans look the same as JSON.
const cell = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value)

const time = (value: unknown, times: Times): unknown => {
  if (times === "numbers" || typeof value !== "number") return value
  const millis = value < SECONDS_BELOW ? value * 1000 : value
  return zonedText(millis, times.offset(millis))
}

const SECONDS_BELOW = 1e11
