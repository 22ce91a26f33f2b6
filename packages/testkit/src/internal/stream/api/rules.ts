// Rules for the value of a field.
import { isFields } from "./items.ts"
import { isTime } from "./times.ts"

/** Says what is wrong with a value, in the server's wording without its prefix. */
export type Rule = (value: unknown, field: string) => string | undefined

export const text =
  (most?: number, pattern?: RegExp): Rule =>
  (value, field) => {
    if (typeof value !== "string") return `"${field}" must be a string`
    if (most !== undefined && Buffer.byteLength(value) > most)
      return `max "${field}" length exceeded (${most})`
    return pattern?.test(value) === false ? `"${field}" ${wrong(value)}` : undefined
  }

export const flag: Rule = (value, field) =>
  typeof value === "boolean" ? undefined : `"${field}" must be a boolean`

export const time: Rule = (value, field) =>
  isTime(value) ? undefined : `parsing time ${JSON.stringify(value)} of "${field}"`

export const orNull =
  (rule: Rule): Rule =>
  (value, field) =>
    value === null ? undefined : rule(value, field)

export const texts =
  (least = 0, pattern?: RegExp): Rule =>
  (value, field) =>
    Array.isArray(value) &&
    value.length >= least &&
    (value as ReadonlyArray<unknown>).every(
      (one) => typeof one === "string" && one !== "" && pattern?.test(one) !== false
    )
      ? undefined
      : `"${field}" must be a list of strings`

export const among =
  (...values: ReadonlyArray<string>): Rule =>
  (value, field) =>
    values.some((one) => one === value) ? undefined : `"${field}" ${wrong(value)}`

/** An object with only these fields, some of which are required. */
export const object =
  (fields: Readonly<Record<string, Rule>>, required: ReadonlyArray<string> = []): Rule =>
  (value, field) => {
    if (!isFields(value)) return `"${field}" must be an object`
    const missing = required.find((name) => value[name] === undefined)
    if (missing !== undefined) return `"${field}.${missing}" required`
    return first(Object.entries(value), ([name, one]) => {
      const rule = fields[name]
      return rule === undefined ? `'${name}' is not a valid field` : rule(one, `${field}.${name}`)
    })
  }

export const whole: Rule = (value, field) =>
  Number.isInteger(value) ? undefined : `"${field}" must be a whole number`

/** An object with arbitrary names and values of one kind. */
export const byName =
  (rule: Rule): Rule =>
  (value, field) =>
    isFields(value)
      ? first(Object.entries(value), ([name, one]) => rule(one, `${field}.${name}`))
      : `"${field}" must be an object`

export const list =
  (rule: Rule, most: number): Rule =>
  (value, field) => {
    if (!Array.isArray(value)) return `"${field}" must be a list`
    if (value.length > most) return `max "${field}" length exceeded (${most})`
    return first(value as ReadonlyArray<unknown>, (one) => rule(one, field))
  }

// internal

const wrong = (value: unknown): string => `'${JSON.stringify(value)}' is not a valid field`

/** The first error. */
const first = <A>(all: ReadonlyArray<A>, problem: (one: A) => string | undefined): string | undefined => {
  for (const one of all) {
    const found = problem(one)
    if (found !== undefined) return found
  }
  return undefined
}
