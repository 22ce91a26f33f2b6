// What a person has changed in a record, changed in the record as it stands in the input or comes to a sink: all that
// its line did not show, such as secrets, stays.
import { written } from "../rejects/originals.ts"

/**
 * What becomes of a value that is not what the line showed: `take` the corrected one, because the line showed a value
 * without its secrets; or `keep` it, because the line shows what several records say together.
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

/** The steps of a path such as `.members[2]`; `undefined` when it is none. */
export const stepsOf = (within: string): ReadonlyArray<string | number> | undefined => {
  const steps: Array<string | number> = []
  let end = 0
  for (const { 0: step, 1: name, 2: index } of within.matchAll(STEP)) {
    steps.push(name ?? Number(index))
    end += step.length
  }
  return end === within.length ? steps : undefined
}

/** A value with another one at a path; `undefined` where nothing is at that path. */
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

/** In the order of the corrected one, because fields that are kept as they are keep their order. */
const mergedObject = (value: Fields, before: Fields, after: Fields, others: Others): Fields => {
  const shown = Object.keys(before)
  // Nothing of what was shown is left: it is another record, and what the old one had besides is none of its own.
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
