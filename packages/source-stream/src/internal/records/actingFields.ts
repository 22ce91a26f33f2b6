// Fields that Stream acts on and the model lacks. They are kept as custom data, on which nothing acts, so they are counted.
import { RawRecord } from "@chatferry/connector"
import { Consequence } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { declared } from "../consequences.ts"
import type { Context } from "./context.ts"
import { isBlank, isObject, time } from "./raw.ts"

/** Keeps these fields, and counts each one with a value. `label` is the label of the table. */
export const acting = <E, T>(
  kit: RawRecord.Kit<E, Context, T>,
  label: string,
  names: ReadonlyArray<string>
): ReadonlyArray<RawRecord.Field<unknown, Context>> =>
  names.map((name) => {
    const code = Consequence.codeOf(declared.keptAsCustom, `${label}.${name}`)
    return kit.from([RawRecord.any(name)], (x, value) => {
      if (isBlank(value)) return
      x.keep(name, withTimes(name, value))
      x.note(code)
    })
  })

/** Keeps fields that contain times and on which nothing acts. */
export const keptTimes = <E, T>(
  kit: RawRecord.Kit<E, Context, T>,
  names: ReadonlyArray<string>
): ReadonlyArray<RawRecord.Field<unknown, Context>> =>
  names.map((name) =>
    kit.from([RawRecord.any(name)], (x, value) => {
      if (!isBlank(value)) x.keep(name, withTimes(name, value))
    })
  )

/**
 * Converts the times in a value of Stream's own fields to text. Some exports have them in nanoseconds, as numbers that
 * few programs read without losing digits.
 */
export const withTimes = (name: string, value: unknown): unknown =>
  // The record is nested too deep, and is rejected for that.
  Json.isDeeper(value, Json.MAX_DEPTH) ? value : timed(name, value)

/** Keeps and counts an unknown value of a field that the table reads. */
export const unknownValue = (
  x: Pick<RawRecord.X<unknown, unknown>, "keep" | "note">,
  label: string,
  name: string,
  value: unknown
): void => {
  x.keep(name, value)
  x.note(Consequence.codeOf(declared.unknownValue, `${label}.${name}`))
}

// internal

const timed = (name: string, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((one: unknown) => timed(name, one))
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([inner, of]) => [inner, timed(inner, of)]))
  if (!TIMES.test(name) || !isNanoseconds(value)) return value
  const found = time(value)
  return typeof found === "string" ? found : value
}

const TIMES = /(?:_at|_before|_until|expires)$/u

const isNanoseconds = (value: unknown) =>
  typeof value === "number" ? value >= 1e17 : typeof value === "string" && /^\d{18,20}$/u.test(value)
