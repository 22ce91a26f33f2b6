// Reads fields as Stream writes them, leniently. The result is a value of the model or `undefined`.
import { RawValue } from "@chatferry/connector"
import { type Ids, Timestamp } from "@chatferry/core"

export type RawObject = RawValue.RawObject

export const { isObject, list, text, userId } = RawValue

const UNREADABLE: typeof RawValue.UNREADABLE = RawValue.UNREADABLE

export const messageId = (value: unknown): Ids.MessageId | undefined =>
  text(value) as Ids.MessageId | undefined

export const flag = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined)

export const count = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined

/** Returns the id of a user that is given as an object or as an id. */
export const idOfUser = (value: unknown): Ids.UserId | undefined =>
  userId(isObject(value) ? value["id"] : value)

/**
 * Reads a time as RFC 3339, with all its digits, or as a number since 1970:
 * nanoseconds, microseconds, milliseconds or seconds, distinguished by magnitude.
 * The zero times of Go and of 1970 mean no time.
 */
export const time: RawValue.ReadTime = (value) => {
  if (typeof value === "string") {
    if (value === "" || ZERO.test(value)) return undefined
    if (PLAIN.test(value)) return value as Timestamp.Timestamp
    if (DIGITS.test(value)) return timeOfNumber(BigInt(value))
    const found = Timestamp.fromText(value)
    return found ?? UNREADABLE
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return UNREADABLE
    return Number.isInteger(value)
      ? timeOfNumber(BigInt(value))
      : timeOfNumber(BigInt(Math.round(value * 1e9)))
  }
  return value === undefined || value === null || value === false ? undefined : UNREADABLE
}

/** True for zero timestamps, and false for missing ones. */
export const isZeroTime = (value: unknown): boolean =>
  value === 0 || value === "0" || (typeof value === "string" && value !== "" && time(value) === undefined)

/** True for values that can be dropped without losing information. */
export const isBlank = (value: unknown): boolean => {
  switch (typeof value) {
    case "number":
      return value === 0
    case "object":
      return RawValue.isEmpty(value)
    case "string":
      return value === "" || value === ZERO_TEXT
    default:
      return value === undefined || value === false
  }
}

// internal

/** The form that Stream writes, on a day that every month has, so that it needs no calculation. */
const PLAIN =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/u
const DIGITS = /^-?\d{1,20}$/u
const ZERO_TEXT = "0001-01-01T00:00:00Z"
const ZERO = /^(?:0001|1970)-01-01T00:00:00(?:\.0+)?Z$/u
const BILLION = 1_000_000_000n

const timeOfNumber = (value: bigint) => {
  if (value === 0n) return undefined
  const size = value < 0n ? -value : value
  const scale =
    size >= 10n ** 17n ? 1n : size >= 10n ** 14n ? 1000n : size >= 10n ** 11n ? 1_000_000n : BILLION
  const nanos = value * scale
  const fraction = ((nanos % BILLION) + BILLION) % BILLION
  const whole = Timestamp.fromSeconds(Number((nanos - fraction) / BILLION))
  if (whole === undefined) return UNREADABLE
  if (fraction === 0n) return whole
  const digits = String(fraction).padStart(9, "0").replace(/0+$/u, "")
  return `${whole.slice(0, -1)}.${digits}Z` as Timestamp.Timestamp
}
