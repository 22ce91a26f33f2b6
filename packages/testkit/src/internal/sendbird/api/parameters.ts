// The parameters of a body of POST /export/{data_type}, or why it is rejected.
import * as DateTime from "effect/DateTime"
import { type ErrorResponse, errorResponse } from "../../http/answers.ts"
import { DAY } from "../../random/time.ts"
import { isTimezone } from "../../random/timezone.ts"
import type { Selection } from "../generator/app.ts"
import { invalid } from "./queries.ts"

export interface Limits {
  /** Longest window of messages, in milliseconds. */
  readonly messagesMillis: number
  /** The same with a filter that allows longer windows. */
  readonly filteredMillis: number
  readonly longWindowsWith: "user_ids" | "sender_ids"
  /** Longest window of failed webhooks, in milliseconds. */
  readonly webhooksMillis: number
  readonly webhooksMonths: number
}

export const defaultLimits: Limits = {
  messagesMillis: 7 * DAY,
  filteredMillis: 186 * DAY,
  longWindowsWith: "user_ids",
  webhooksMillis: DAY,
  webhooksMonths: 6
}

export const dataTypes: ReadonlyArray<Selection["dataType"]> = [
  "messages",
  "channels",
  "users",
  "failed_webhooks"
]

export const parameters = (
  dataType: Selection["dataType"],
  body: string,
  limits: Limits,
  now: number
): Selection | ErrorResponse => {
  const found = parsed(body)
  if (found === undefined) return errorResponse(400403, "Invalid JSON request body.")
  const problems: Array<ErrorResponse> = []
  const { boolean, integer, required, text, texts } = readers(found, (problem) => problems.push(problem))
  const startTs = required("start_ts")
  const endTs = required("end_ts")
  const selection: Selection = {
    dataType,
    startTs,
    endTs,
    format: text("format", "json") === "csv" ? "csv" : "json",
    csvDelimiter: text("csv_delimiter", ","),
    timezone: text("timezone", "UTC"),
    senderIds: texts("sender_ids"),
    excludeSenderIds: texts("exclude_sender_ids"),
    channelUrls: texts("channel_urls"),
    excludeChannelUrls: texts("exclude_channel_urls"),
    userIds: texts("user_ids"),
    showReadReceipt: boolean("show_read_receipt", true),
    showChannelMetadata: boolean("show_channel_metadata", false),
    neighboringMessageLimit: integer("neighboring_message_limit", 0)
  }
  return problems[0] ?? values(selection, text("format", "json"), limits, now) ?? selection
}

// internal

type Fields = Readonly<Record<string, unknown>>

const parsed = (body: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined
  } catch {
    return undefined
  }
}

// Only an absent field has its default: null has the wrong type, as with Sendbird.
const readers = (fields: Fields, report: (problem: ErrorResponse) => void) => {
  const wrongType = <A>(code: number, name: string, otherwise: A): A => {
    report(errorResponse(code, `Invalid type: "${name}".`))
    return otherwise
  }
  const integer = (name: string, otherwise: number): number => {
    const value = fields[name]
    if (value === undefined) return otherwise
    if (typeof value !== "number" || !Number.isSafeInteger(value)) return wrongType(400101, name, otherwise)
    if (value < 0) report(errorResponse(400106, `Negative numbers are not allowed: "${name}".`))
    return value
  }
  return {
    integer,
    required: (name: string): number => {
      if (fields[name] === undefined) report(errorResponse(400105, `Missing required parameters: "${name}".`))
      return integer(name, 0)
    },
    text: (name: string, otherwise: string): string => {
      const value = fields[name]
      if (value === undefined) return otherwise
      return typeof value === "string" ? value : wrongType(400100, name, otherwise)
    },
    boolean: (name: string, otherwise: boolean): boolean => {
      const value = fields[name]
      if (value === undefined) return otherwise
      return typeof value === "boolean" ? value : wrongType(400104, name, otherwise)
    },
    texts: (name: string): ReadonlyArray<string> => {
      const value = fields[name]
      if (value === undefined) return []
      if (!Array.isArray(value)) return wrongType(400102, name, [])
      const items: ReadonlyArray<unknown> = value
      return items.every((item) => typeof item === "string") ? items : wrongType(400100, name, [])
    }
  }
}

const MOST_SENDERS = 10
const MOST_NEIGHBOURS = 10

const values = (of: Selection, format: string, limits: Limits, now: number): ErrorResponse | undefined => {
  if (format !== "json" && format !== "csv") return invalid("format")
  if (of.format === "csv") {
    if (of.csvDelimiter.length > 1)
      return errorResponse(400110, 'Value length exceeded: "csv_delimiter" is one character.')
    if (of.csvDelimiter === "" || of.csvDelimiter === '"') return invalid("csv_delimiter")
  }
  if (!isTimezone(of.timezone)) return invalid("timezone")
  if (of.endTs <= of.startTs) return invalid("end_ts")
  return of.dataType === "messages"
    ? messages(of, limits)
    : of.dataType === "failed_webhooks"
      ? webhooks(of, limits, now)
      : undefined
}

const messages = (of: Selection, limits: Limits): ErrorResponse | undefined => {
  if (of.senderIds.length > MOST_SENDERS) return tooMany("sender_ids")
  if (of.excludeSenderIds.length > MOST_SENDERS) return tooMany("exclude_sender_ids")
  if (of.neighboringMessageLimit > MOST_NEIGHBOURS)
    return errorResponse(400113, 'Value out of range: "neighboring_message_limit" is at most 10.')
  const filter = limits.longWindowsWith === "user_ids" ? of.userIds : of.senderIds
  return tooLong(of, filter.length > 0 ? limits.filteredMillis : limits.messagesMillis)
}

const webhooks = (of: Selection, limits: Limits, now: number): ErrorResponse | undefined => {
  const oldest = DateTime.makeUnsafe(now).pipe(DateTime.subtract({ months: limits.webhooksMonths }))
  return of.startTs < DateTime.toEpochMillis(oldest)
    ? errorResponse(
        400111,
        `Invalid value: "start_ts". Failed webhooks are kept for ${limits.webhooksMonths} months.`
      )
    : tooLong(of, limits.webhooksMillis)
}

const tooLong = ({ endTs, startTs }: Selection, most: number) =>
  endTs - startTs > most
    ? errorResponse(400111, `Invalid value: "end_ts". The period is at most ${most} milliseconds.`)
    : undefined

const tooMany = (name: string) =>
  errorResponse(400203, `Too many items: "${name}" has at most ${MOST_SENDERS}.`)
