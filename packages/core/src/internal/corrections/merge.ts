// Applies a user's changes of a line to the record as it is in the input or as a sink receives it. Parts that the
// line did not show, such as secrets, are kept.
import { written } from "../rejects/originals.ts"

/**
 * How to handle a value that differs from the one in the line: `take` the corrected
 * value, because the line showed it without secrets, or `keep` the value, because the
 * line shows several records merged.
 */
export type Others = "take" | "keep"

export const merged = (value: unknown, before: unknown, after: unknown, others: Others = "take"): unknown => {
  if (isSame(before, after)) return value
  if (isObject(value) && isObject(before) && isObject(after))
    return mergedObject(value, before, after, others)
  if (Array.isArray(value) && Array.isArray(before) && Array.isArray(after)) {
    if (value.length === before.length && before.length === after.length) {
      return after.map((one, i) => merged(value[i], before[i], one, others))
    }
  }
  return others === "take" || isSame(value, before) ? after : value
}

/** The steps of a path such as `.members[2]`; `undefined` if the text is not a path. */
export const stepsOf = (within: string): ReadonlyArray<string | number> | undefined => {
  const steps: Array<string | number> = []
  let end = 0
  for (const { 0: step, 1: name, 2: index } of within.matchAll(STEP)) {
    steps.push(name ?? Number(index))
    end += step.length
  }
  return end === within.length ? steps : undefined
}

/** A value with the part at a path replaced; `undefined` if nothing is at that path. */
export const replacedAt = (
  value: unknown,
  steps: ReadonlyArray<string | number>,
  replace: (found: unknown) => unknown
): unknown => {
  const [step, ...rest] = steps
  if (step === undefined) return replace(value)
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined
  const inner = replacedAt((value as Record<string | number, unknown>)[step], rest, replace)
  if (inner === undefined) return undefined
  return Array.isArray(value)
    ? value.map((one: unknown, i) => (i === step ? inner : one))
    : Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, name === step ? inner : one] as const)
      )
}

// internal

const STEP = /\.([^.[\]]+)|\[(\d+)\]/gu

type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isSame = (one: unknown, other: unknown) => written(one) === written(other)

/** The fields have the order of the corrected value, because unchanged fields keep their order. */
const mergedObject = (value: Fields, before: Fields, after: Fields, others: Others): Fields => {
  const shown = Object.keys(before)
  // No shown field is left: it is another record, so hidden fields of the old one do not belong to it.
  if (others === "take" && shown.length > 0 && !shown.some((name) => Object.hasOwn(after, name))) return after
  const entries: Array<readonly [name: string, value: unknown]> = []
  for (const [name, one] of Object.entries(after)) {
    if (!Object.hasOwn(before, name)) entries.push([name, one])
    else if (Object.hasOwn(value, name)) entries.push([name, merged(value[name], before[name], one, others)])
    else if (others === "take") entries.push([name, one])
  }
  let at = 0
  for (const [name, one] of Object.entries(value)) {
    const index = entries.findIndex(([taken]) => taken === name)
    if (index >= 0) at = index + 1
    else if (!Object.hasOwn(before, name) || (others === "keep" && !isSame(one, before[name]))) {
      entries.splice(at, 0, [name, one])
      at++
    }
  }
  return Object.fromEntries(entries)
}
