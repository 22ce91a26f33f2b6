// How judges read fields of items: a value from a file becomes text here or nowhere. `String(value)` and templates run
// what an object has as toString, throw where that is no function, and recurse into arrays.
import { RawValue } from "@chatferry/connector"

/** An object of an item, as JSON.parse made it. */
export type Fields = Readonly<Record<string, unknown>>

export const isFields: (value: unknown) => value is Fields = RawValue.isObject

/** The text of a field; `undefined` when it is absent, empty or anything but text. */
export const textOf = (item: Fields, name: string): string | undefined => {
  const value = item[name]
  return typeof value === "string" && value !== "" ? value : undefined
}

/** Whether a field has a value, of whatever type. The dialects treat `null` as an absent value. */
export const isGiven = (item: Fields, name: string): boolean => {
  const value = item[name]
  return value !== undefined && value !== null
}

/** What Go writes for no time, and its readers take for none. */
export const isZeroTime = (value: unknown): boolean =>
  typeof value === "string" && value.startsWith("0001-01-01T00:00:00") && ZERO_TIME.test(value)

/** The texts of a list that has nothing else in it; `undefined` for anything but such a list, and for an empty one. */
export const textsOf = (item: Fields, name: string): ReadonlyArray<string> | undefined => {
  const value = item[name]
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string")
    ? value
    : undefined
}

// internal

const ZERO_TIME = /^0001-01-01T00:00:00(?:\.0+)?(?:Z|[+-]00:00)$/u
