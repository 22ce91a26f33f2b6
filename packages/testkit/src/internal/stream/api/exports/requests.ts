// Requests for exports, checked against Stream's documentation.
import { Timestamp } from "@chatferry/core"
import type { StreamApp } from "../../generator/app.ts"
import type { SelectedChannel } from "../../generator/selection.ts"
import { type ErrorResponse, errorResponse } from "../answers.ts"
import { type Fields, isFields } from "../items.ts"
import type { Wanted } from "./tasks.ts"

export interface ExportLimits {
  readonly mostChannels: number
  readonly mostUserMessages: number
  /** What happens when a user has more. */
  readonly longUsers: "rejected" | "failed"
}

export const wantedChannels = (asked: Fields, app: StreamApp, { mostChannels }: ExportLimits) => {
  const reject = (problem: string) => errorResponse(4, `ExportChannels failed with error: "${problem}"`)
  const { channels, format = "json", version = "v1" } = asked
  if (!Array.isArray(channels) || channels.length === 0) return reject("channels is a required field")
  if (channels.length > mostChannels)
    return reject(`channels must contain a maximum of ${mostChannels} items`)
  if (version !== "v1" && version !== "v2" && version !== "") return reject("version must be one of [v1 v2]")
  if (format !== "json" && format !== "") return reject("format must be json")
  for (const flag of FLAGS)
    if (asked[flag] !== undefined && asked[flag] !== null && typeof asked[flag] !== "boolean")
      return reject(`${flag} must be a boolean`)
  const selected: Array<SelectedChannel> = []
  for (const one of channels as ReadonlyArray<unknown>) {
    const found = isFields(one) ? channelOf(one) : "channels must be objects"
    if (typeof found === "string") return reject(found)
    if (app.channelOf(found.cid) === undefined)
      return errorResponse(4, `ExportChannels failed with error: "Can't find channel with id ${found.cid}"`)
    selected.push(found)
  }
  const wanted: Wanted = {
    _tag: "channels",
    selection: {
      channels: selected,
      version: version === "v2" ? "v2" : "v1",
      includesTruncated: asked["include_truncated_messages"] === true,
      includesDeleted: asked["include_soft_deleted_channels"] === true,
      clearsDeletedText: asked["clear_deleted_message_text"] === true,
      exportsUsers: asked["export_users"] === true
    }
  }
  return wanted
}

export const wantedUsers = (
  { user_ids: ids }: Fields,
  app: StreamApp,
  limits: ExportLimits
): Wanted | ErrorResponse => {
  const reject = (problem: string) => errorResponse(4, `ExportUsers failed with error: "${problem}"`)
  if (!Array.isArray(ids) || ids.length === 0) return reject("user_ids is a required field")
  if (ids.length > MOST_USERS) return reject(`user_ids must contain a maximum of ${MOST_USERS} items`)
  const userIds: Array<string> = []
  for (const id of ids as ReadonlyArray<unknown>) {
    if (typeof id !== "string" || app.userOf(id) === undefined)
      return reject("one or more users do not exist")
    if (!userIds.includes(id)) userIds.push(id)
  }
  const problem = userIds.map((id) => tooMuch(id, app, limits)).find((found) => found !== undefined)
  if (problem !== undefined && limits.longUsers === "rejected") return reject(problem)
  return { _tag: "users", userIds, problem }
}

/** Why a user cannot be exported, if so. */
export const tooMuch = (
  id: string,
  app: StreamApp,
  { mostUserMessages }: ExportLimits
): string | undefined => {
  const { messages, reactions } = app.activityOf(app.userOf(id) ?? -1)
  const what =
    messages > mostUserMessages ? "messages" : reactions > mostUserMessages ? "reactions" : undefined
  return what === undefined ? undefined : `user ${id} has more than ${mostUserMessages} ${what}`
}

// internal

const MOST_USERS = 25

const FLAGS = [
  "include_truncated_messages",
  "include_soft_deleted_channels",
  "clear_deleted_message_text",
  "export_users"
] as const

const channelOf = (given: Fields): SelectedChannel | string => {
  const { cid, id, type } = given
  const named = typeof type === "string" && typeof id === "string" ? `${type}:${id}` : undefined
  const found = typeof cid === "string" && cid !== "" ? cid : named
  if (found === undefined) return "channels must have type and id, or cid"
  const [since, until] = [micros(given["messages_since"]), micros(given["messages_until"])]
  if (since === "invalid" || until === "invalid")
    return "messages_since and messages_until must be times of RFC 3339"
  if (since !== undefined && until !== undefined && since >= until)
    return "messages_since must be before messages_until"
  return {
    cid: found,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until })
  }
}

/** Any time offset is accepted; precision below microseconds is cut off. */
const micros = (value: unknown): number | undefined | "invalid" => {
  if (value === undefined || value === null) return undefined
  const found = typeof value === "string" ? Timestamp.fromText(value) : undefined
  if (found === undefined) return "invalid"
  const digits = /\.(\d+)/u.exec(found)?.[1] ?? ""
  const seconds = Math.floor(Timestamp.toMillis(found) / 1000)
  return seconds * 1_000_000 + Number(digits.padEnd(6, "0").slice(0, 6))
}
