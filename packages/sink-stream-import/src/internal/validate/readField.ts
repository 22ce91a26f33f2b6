// Reading fields of items: only this module turns a value of a file into text. `String(value)` and templates would call
// an object's toString, throw if that is not a function, and recurse into arrays.
import { RawValue } from "@chatferry/connector"

/** An object of an item, as JSON.parse made it. */
export type Fields = Readonly<Record<string, unknown>>

export const isFields: (value: unknown) => value is Fields = RawValue.isObject

/** The text of a field; `undefined` if it is absent, empty or not text. */
export const textOf = (item: Fields, name: string): string | undefined => {
  const value = item[name]
  return typeof value === "string" && value !== "" ? value : undefined
}

/** Whether a field has a value of any type. Both dialects treat `null` as absent. */
export const isGiven = (item: Fields, name: string): boolean => {
  const value = item[name]
  return value !== undefined && value !== null
}

/** Go's zero time, which means no time. */
export const isZeroTime = (value: unknown): boolean =>
  typeof value === "string" && value.startsWith("0001-01-01T00:00:00") && ZERO_TIME.test(value)

/** The entries of a list that only has texts; `undefined` for an empty list or any other value. */
export const textsOf = (item: Fields, name: string): ReadonlyArray<string> | undefined => {
  const value = item[name]
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string")
    ? value
    : undefined
}

// internal

const ZERO_TIME = /^0001-01-01T00:00:00(?:\.0+)?(?:Z|[+-]00:00)$/u
