/**
 * Reads values of a provider's JSON leniently. The result is a value of the model or
 * `undefined`.
 *
 * This module contains the rules that all providers share. Each provider defines
 * which values are blank, how times and flags are written, and which member
 * contains an id.
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
 * The result for a value that is not a time.
 *
 * @category models
 * @since 0.1.0
 */
export const UNREADABLE = Symbol("unreadable")

/**
 * Reads a time; `undefined` if there is none.
 *
 * @category models
 * @since 0.1.0
 */
export type ReadTime = (value: unknown) => Timestamp.Timestamp | undefined | typeof UNREADABLE

/**
 * Whether a value is an object and not an array.
 *
 * @category guards
 * @since 0.1.0
 */
export const isObject = (value: unknown): value is RawObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * Reads text, and numbers as text; `""`, `null` and other values mean none.
 *
 * @category operations
 * @since 0.1.0
 */
export const text = (value: unknown): string | undefined => {
  if (typeof value === "string") return value === "" ? undefined : value
  return typeof value === "number" ? String(value) : undefined
}

/**
 * Whether `text` reads the value, which includes the empty text.
 *
 * @category guards
 * @since 0.1.0
 */
export const isText = (value: unknown): boolean => typeof value === "string" || typeof value === "number"

/**
 * Reads text as the id of a user.
 *
 * @category operations
 * @since 0.1.0
 */
export const userId = (value: unknown): Ids.UserId | undefined => text(value) as Ids.UserId | undefined

/**
 * Reads an array; any other value is an empty one.
 *
 * @category operations
 * @since 0.1.0
 */
export const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : NONE)

/**
 * Whether `list` reads the value.
 *
 * @category guards
 * @since 0.1.0
 */
export const isList = (value: unknown): boolean => Array.isArray(value)

/**
 * Whether a value is `null`, an empty array or an empty object.
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
