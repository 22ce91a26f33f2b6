// An export as Sendbird's API describes it.
import { ApiClient } from "@chatferry/connector"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { isObject } from "../records/raw.ts"
import type { DataType, Parameters, Window } from "./request.ts"

export interface ExportRecord {
  readonly requestId: string
  /** `other`: a status that is not documented. */
  readonly status: "scheduled" | "exporting" | "done" | "no data" | "failed" | "other"
  readonly start: number | undefined
  readonly end: number | undefined
  readonly createdAt: number
  /** Only present when the export is done. The address is a credential. */
  readonly url: Redacted.Redacted | undefined
  /** The other fields, for comparing filters. */
  readonly raw: Readonly<Record<string, unknown>>
}

export const decode = (body: Uint8Array): ExportRecord | undefined => of(parsed(body))

/** A page of past exports and the token of the next page. */
export const decodePage = (
  body: Uint8Array
): { readonly exports: ReadonlyArray<ExportRecord>; readonly next: string | undefined } | undefined => {
  const page = parsed(body)
  if (!isObject(page) || !Array.isArray(page["exported_data"])) return undefined
  const { next } = page
  if (typeof next === "string" && next.length > MOST_TOKEN) return undefined
  return {
    exports: page["exported_data"].flatMap((raw: unknown) => of(raw) ?? []),
    next: isShort(next, MOST_TOKEN) ? next : undefined
  }
}

/** True if an export covers the same window with the same parameters. */
export const fits = (
  { end, start, raw }: ExportRecord,
  window: Pick<Window, "start" | "end">,
  dataType: DataType,
  parameters: Parameters
): boolean => {
  if (start !== window.start || end !== window.end) return false
  if (raw["data_type"] !== undefined && raw["data_type"] !== dataType) return false
  const names = new Set([...Object.keys(parameters), ...FILTERS])
  return Array.from(names).every((name) => isSame(name, parameters[name], raw[name]))
}

// internal

/** Values longer than anything documented are not kept. */
const MOST_ID = 1024
const MOST_TOKEN = 16_384

const isShort = (value: unknown, most: number): value is string =>
  typeof value === "string" && value !== "" && value.length <= most

const FILTERS = [
  "sender_ids",
  "exclude_sender_ids",
  "channel_urls",
  "exclude_channel_urls",
  "channel_custom_types",
  "user_ids"
]

/** Parameters that Sendbird's responses omit when they have their default value. */
const DEFAULTS: Readonly<Record<string, unknown>> = { format: "json", timezone: "UTC", csv_delimiter: "," }

const isSame = (name: string, asked: Parameters[string] | undefined, answered: unknown): boolean => {
  if (FILTERS.includes(name)) return listed(asked) === listed(answered)
  // No documented response contains the switches. If a response has them, they must match.
  if (answered === undefined || answered === null)
    return DEFAULTS[name] === undefined || DEFAULTS[name] === asked
  return asked === undefined || answered === asked
}

const listed = (ids: unknown): string =>
  Array.isArray(ids) ? JSON.stringify(ids.map(String).toSorted((a, b) => (a < b ? -1 : 1))) : "[]"

const of = (raw: unknown): ExportRecord | undefined => {
  if (!isObject(raw)) return undefined
  const requestId = raw["request_id"]
  if (!isShort(requestId, MOST_ID)) return undefined
  const { created_at: createdAt, end_ts: end, file, start_ts: start, status, ...rest } = raw
  const isKnown = (STATUSES as ReadonlyArray<unknown>).includes(status)
  return {
    requestId,
    status: isKnown ? (status as ExportRecord["status"]) : "other",
    start: typeof start === "number" ? start : undefined,
    end: typeof end === "number" ? end : undefined,
    createdAt: typeof createdAt === "number" ? createdAt : 0,
    url: status === "done" ? urlOf(file) : undefined,
    raw: rest
  }
}

const STATUSES = ["scheduled", "exporting", "done", "no data", "failed"] as const

const urlOf = (file: unknown): ExportRecord["url"] =>
  isObject(file) && isShort(file["url"], MOST_TOKEN) && URL.canParse(file["url"])
    ? Redacted.make(file["url"])
    : undefined

const parsed = ApiClient.jsonOrNothing(Schema.Unknown)
