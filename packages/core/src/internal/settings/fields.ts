// Building blocks for fields of settings.
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { SECRET } from "./problems.ts"

/** A schema with a check that have the same description. */
export const checked = <S extends Schema.String | Schema.Number>(
  schema: S,
  expected: string,
  is: (value: S["Type"]) => boolean,
  isSecret = false
): S["Rebuild"] => {
  const annotations = isSecret ? { expected, [SECRET]: true } : { expected }
  return schema.annotate(annotations).check(Schema.makeFilter(is, annotations))
}

export const list = <S extends Schema.Constraint>(
  item: S,
  expected = "a list that is not empty"
): Schema.$Array<S> =>
  Schema.Array(item)
    .annotate({ expected })
    .check(Schema.makeFilter((items) => items.length > 0, { expected }))

export const isPath = (text: string): boolean => text !== "" && !text.includes("\0")

export const PAUSES = "two durations, the first not longer than the second"

export const isBaseUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { hash, password, protocol, search, username } = new URL(text)
  return /^https?:$/u.test(protocol) && search + hash + username + password === ""
}

/** Milliseconds of a duration that is not negative; `undefined` for anything else. */
export const toMillis = (input: unknown): number | undefined => {
  if (typeof input === "number" && Number.isNaN(input)) return undefined
  // Effect treats an object without any unit as zero, and ignores unknown units.
  if (typeof input === "object" && !Duration.isDuration(input) && !Array.isArray(input)) {
    const units = Object.keys(input ?? {})
    if (units.length === 0 || !units.every((unit) => UNITS.has(unit))) return undefined
  }
  const millis = Option.map(Duration.fromInput(input as Duration.Input), Duration.toMillis)
  return Option.getOrUndefined(Option.filter(millis, (found) => found >= 0))
}

const UNITS: ReadonlySet<string> = new Set([
  "weeks",
  "days",
  "hours",
  "minutes",
  "seconds",
  "milliseconds",
  "microseconds",
  "nanoseconds"
])

/** Whole milliseconds since 1970; `undefined` for anything that is not a time. */
export const toEpoch = (input: unknown): number | undefined => {
  const isTime =
    typeof input === "object"
      ? DateTime.isDateTime(input) ||
        input instanceof Date ||
        "year" in (input ?? {}) ||
        "epochMilliseconds" in (input ?? {})
      : typeof input === "number" || typeof input === "string"
  if (!isTime) return undefined
  const time = DateTime.make(input as DateTime.DateTime.Input)
  return Option.getOrUndefined(Option.map(time, (found) => Math.floor(DateTime.toEpochMillis(found))))
}

/** `"a", "b" or "c"`. */
export const wordsOf = (words: ReadonlyArray<string>): string => {
  const quoted = words.map((word) => JSON.stringify(word))
  const last = quoted.pop() ?? ""
  return quoted.length === 0 ? last : `${quoted.join(", ")} or ${last}`
}
