/**
 * Reads values as they stand in a provider's JSON: leniently, and once. What
 * comes out is what the model wants, or nothing.
 *
 * Here is what is the same for every provider. What stands for nothing, how
 * times and flags are written and which member holds an id is the provider's.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type { Ids, Timestamp } from "@chatferry/core"

/**
 * An object as the provider writes it.
 *
 * @category models
 * @since 0.1.0
 */
export type RawObject = { readonly [field: string]: unknown }

/**
 * There is a value, but it is no time.
 *
 * @category models
 * @since 0.1.0
 */
export const UNREADABLE = Symbol("unreadable")

/**
 * Reads a time; `undefined` when there is none.
 *
 * @category models
 * @since 0.1.0
 */
export type ReadTime = (value: unknown) => Timestamp.Timestamp | undefined | typeof UNREADABLE

/**
 * @category guards
 * @since 0.1.0
 */
export const isObject = (value: unknown): value is RawObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * Text, and numbers as text; `""` and `null` mean none.
 *
 * @category operations
 * @since 0.1.0
 */
export const text = (value: unknown): string | undefined => {
  if (typeof value === "string") return value === "" ? undefined : value
  return typeof value === "number" ? String(value) : undefined
}

/**
 * Tells whether `text` reads the value; the empty text counts.
 *
 * @category guards
 * @since 0.1.0
 */
export const isText = (value: unknown): boolean => typeof value === "string" || typeof value === "number"

/**
 * @category operations
 * @since 0.1.0
 */
export const userId = (value: unknown): Ids.UserId | undefined => text(value) as Ids.UserId | undefined

/**
 * An array; an empty one for anything else.
 *
 * @category operations
 * @since 0.1.0
 */
export const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : NONE)

/**
 * Tells whether `list` reads the value.
 *
 * @category guards
 * @since 0.1.0
 */
export const isList = (value: unknown): boolean => Array.isArray(value)

/**
 * `null`, or an array or object with nothing in it.
 *
 * @category guards
 * @since 0.1.0
 */
export const isEmpty = (value: object | null): boolean => {
  if (value === null) return true
  if (Array.isArray(value)) return value.length === 0
  for (const _ in value) return false
  return true
}

// internal

const NONE: ReadonlyArray<unknown> = []
