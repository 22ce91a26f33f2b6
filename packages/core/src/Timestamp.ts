/**
 * Points in time as RFC 3339 text in UTC.
 *
 * They are text rather than `Date`, because providers write up to nine fractional
 * digits and a `Date` keeps three. Two timestamps with the same number of fractional
 * digits compare as strings.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Schema from "effect/Schema"

/**
 * RFC 3339 in UTC with a `Z`: `2020-08-04T16:00:00Z`, `2020-08-04T16:00:00.5Z`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Timestamp = Schema.String.pipe(
  Schema.check(
    Schema.isPattern(
      /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/u,
      { expected: "a time in UTC such as 2020-08-04T16:00:00Z" }
    )
  ),
  Schema.brand("Timestamp")
)
/**
 * @category models
 * @since 0.1.0
 */
export type Timestamp = typeof Timestamp.Type

/**
 * Writes milliseconds since 1970 with exactly three fractional digits. Returns
 * `undefined` unless the value is an integer in the years 0001 to 9999.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromMillis = (millis: number): Timestamp | undefined => {
  if (!isInRange(millis)) return undefined
  const seconds = Math.floor(millis / 1000)
  return written(seconds, POINTS, THREE[millis - seconds * 1000] as string)
}

/**
 * Writes seconds since 1970 without fractional digits. Returns `undefined`
 * unless the value is an integer in the years 0001 to 9999.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromSeconds = (seconds: number): Timestamp | undefined =>
  isInRange(seconds * 1000) ? written(Math.floor(seconds), ENDS, "") : undefined

/**
 * Reads text with a date, a `T` or a space, a time and an offset (`Z`, `+hh:mm`,
 * `+hhmm`; none means UTC), and keeps up to nine fractional digits. Returns `undefined`
 * for anything else, and for days that do not exist.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromText = (text: string): Timestamp | undefined => {
  if (CANONICAL.test(text)) return text as Timestamp
  const match = DATE_TIME.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second)
  )
  // Date.UTC rolls over (31 June becomes 1 July): a day that does not read back the same does not exist.
  const date = new Date(local)
  if (
    date.getUTCFullYear() !== Number(year) ||
    date.getUTCMonth() !== Number(month) - 1 ||
    date.getUTCDate() !== Number(day)
  ) {
    return undefined
  }
  if (isCanonical(text, match[8], fraction)) return text as Timestamp
  const offset = zone === "Z" ? 0 : (zone.startsWith("-") ? -1 : 1) * offsetMinutes(zone)
  const utc = fromSeconds((local - offset * 60_000) / 1000)
  if (utc === undefined || fraction === "") return utc
  return `${utc.slice(0, 19)}.${fraction.slice(0, 9)}Z` as Timestamp
}

/**
 * Milliseconds since 1970, without fractions of a millisecond.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toMillis = (timestamp: Timestamp): number => Date.parse(timestamp)

/**
 * Writes a timestamp as text that sorts like time regardless of its fractional digits:
 * without `Z` and trailing zeros. `undefined` sorts first.
 *
 * @category conversions
 * @since 0.1.0
 */
export const sortable = (timestamp: string | undefined): string => {
  if (timestamp === undefined) return ""
  let end = timestamp.length - 1
  if (end > SECONDS) {
    while (timestamp.charCodeAt(end - 1) === ZERO) end--
    if (end === SECONDS + 1) end = SECONDS
  }
  return timestamp.slice(0, end)
}

// internal

const DATE = "2020-01-01".length
const SECONDS = "2020-01-01T00:00:00".length
const ZERO = "0".charCodeAt(0)

/** In seconds. */
const DAY = 86_400
const MIN_MILLIS = -62_135_596_800_000
const MAX_MILLIS = 253_402_300_799_999
/** Most text has our form already. Days that only some months have are left to the calendar, and so are the first years. */
const CANONICAL =
  /^(?!00)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/u
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?\s*(Z|[+-]\d{2}:?[0-5]\d)?$/u

/** Recognises, by its length, text that already has our form, as most text has. */
const isCanonical = (text: string, zone: string | undefined, fraction: string) =>
  zone === "Z" &&
  text.length === SECONDS + 1 + (fraction === "" ? 0 : fraction.length + 1) &&
  text[DATE] === "T" &&
  fraction.length <= 9

const isInRange = (millis: number) => Number.isInteger(millis) && millis >= MIN_MILLIS && millis <= MAX_MILLIS

const digits = (length: number, width: number, before = "", after = "") =>
  Array.from({ length }, (_, i) => `${before}${String(i).padStart(width, "0")}${after}`)
const HOURS = digits(24, 2)
const MINUTES = digits(60, 2, ":")
const POINTS = digits(60, 2, ":", ".")
const ENDS = digits(60, 2, ":", "Z")
const THREE = digits(1000, 3, "", "Z")

/** `last`: the ending for each second. */
const written = (seconds: number, last: ReadonlyArray<string>, fraction: string): Timestamp => {
  const day = Math.floor(seconds / DAY)
  const second = seconds - day * DAY
  const minute = Math.floor(second / 60)
  const hour = Math.floor(minute / 60)
  // V8 copies strings below 13 characters when they are joined, and makes a tree node for longer ones: only one is
  // made here.
  const time = `${MINUTES[minute - hour * 60]}${last[second - minute * 60]}${fraction}`
  return `${dateOf(day)}${HOURS[hour]}${time}` as Timestamp
}

const offsetMinutes = (zone: string) => Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))

// The times of chat data fall on the same few hundred days, and writing a date takes several times as long as
// everything else.
const DAYS_KNOWN = 1024
const knownDays = new Float64Array(DAYS_KNOWN).fill(Number.NaN)
const knownDates = Array.from({ length: DAYS_KNOWN }, () => "")

/** The date of a day since 1970, followed by `T`. */
const dateOf = (day: number): string => {
  const slot = day & (DAYS_KNOWN - 1)
  if (knownDays[slot] !== day) {
    knownDates[slot] = new Date(day * DAY * 1000).toISOString().slice(0, 11)
    knownDays[slot] = day
  }
  return knownDates[slot] as string
}
