/**
 * Points in time as RFC 3339 text in UTC.
 *
 * Text rather than `Date`, because providers write up to nine fractional digits
 * and a `Date` keeps three. Two timestamps with the same number of fractional
 * digits compare as strings.
 *
 * @stability unstable
 * @since 0.1.0
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
      /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/u
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
  if (!Number.isInteger(millis) || millis < MIN_MILLIS || millis > MAX_MILLIS) return undefined
  const day = Math.floor(millis / DAY)
  if (day !== cachedDay) {
    cachedDate = new Date(day * DAY).toISOString().slice(0, 11)
    cachedDay = day
  }
  let rest = millis - day * DAY
  const hours = Math.floor(rest / 3_600_000)
  rest -= hours * 3_600_000
  const minutes = Math.floor(rest / 60_000)
  rest -= minutes * 60_000
  const seconds = Math.floor(rest / 1000)
  return `${cachedDate}${TWO[hours]}:${TWO[minutes]}:${TWO[seconds]}.${THREE[rest - seconds * 1000]}Z` as Timestamp
}

/**
 * Writes seconds since 1970 without fractional digits. Returns `undefined`
 * unless the value is an integer in the years 0001 to 9999.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromSeconds = (seconds: number): Timestamp | undefined => {
  const text = fromMillis(seconds * 1000)
  return text === undefined ? undefined : (`${text.slice(0, 19)}Z` as Timestamp)
}

/**
 * Reads date and time text with an offset (`Z`, `+hh:mm`, `+hhmm`; none means
 * UTC) and a `T` or a space between them, and keeps its fractional digits up to
 * nine. Returns `undefined` for anything else, and for days that do not exist.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromText = (text: string): Timestamp | undefined => {
  const match = DATE_TIME.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second)
  )
  // Date.UTC rolls over (31 June becomes 1 July): what does not read back the same does not exist.
  if (new Date(local).toISOString().slice(0, 19) !== `${year}-${month}-${day}T${hour}:${minute}:${second}`) {
    return undefined
  }
  const offset = zone === "Z" ? 0 : (zone.startsWith("-") ? -1 : 1) * offsetMinutes(zone)
  const utc = fromSeconds((local - offset * 60_000) / 1000)
  if (utc === undefined || fraction === "") return utc
  return `${utc.slice(0, 19)}.${fraction.slice(0, 9)}Z` as Timestamp
}

/**
 * Milliseconds since 1970, fractions below a millisecond cut off.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toMillis = (timestamp: Timestamp): number => Date.parse(timestamp)

/**
 * Writes a timestamp as text that sorts like time whatever fractional digits it
 * has: without `Z` and trailing zeros. No timestamp sorts first.
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

const SECONDS = "2020-01-01T00:00:00".length
const ZERO = "0".charCodeAt(0)

const DAY = 86_400_000
const MIN_MILLIS = -62_135_596_800_000
const MAX_MILLIS = 253_402_300_799_999
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?\s*(Z|[+-]\d{2}:?[0-5]\d)?$/u

const digits = (length: number, width: number) =>
  Array.from({ length }, (_, i) => String(i).padStart(width, "0"))
const TWO = digits(60, 2)
const THREE = digits(1000, 3)

const offsetMinutes = (zone: string) => Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))

// Chat data comes in runs of one day; formatting only the time of day is some fifteen times toISOString.
let cachedDay = Number.NaN
let cachedDate = ""
