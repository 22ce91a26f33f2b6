// Filters and orders of lists, as far as Stream documents them: comparisons of fields, `$and` and `$or`.
import { isFields } from "../items.ts"

/** What a filter or an order sees of a thing. */
export type Row = Readonly<Record<string, string | number | boolean | ReadonlyArray<string> | undefined>>

/** Whether a filter takes a row; or, in words, why it is none. */
export const matches = (filter: unknown, row: Row): boolean | string => {
  if (!isFields(filter)) return "filter_conditions must be an object"
  for (const [field, wanted] of Object.entries(filter)) {
    const found =
      field === "$and" || field === "$or" ? joined(field, wanted, row) : compared(field, wanted, row)
    if (found !== true) return found
  }
  return true
}

/** Compares rows by the fields of an order; or, in words, why it is none. */
export const ordered = (
  sort: unknown,
  known: ReadonlySet<string>
): ((one: Row, other: Row) => number) | string => {
  if (!Array.isArray(sort)) return "sort must be an array"
  const steps: Array<{ readonly field: string; readonly direction: number }> = []
  for (const step of sort as ReadonlyArray<unknown>) {
    const { direction = 1, field } = isFields(step) ? step : {}
    if (typeof field !== "string" || !known.has(field)) return `sort by "${String(field)}" is not supported`
    if (direction !== 1 && direction !== -1) return "sort direction must be 1 or -1"
    steps.push({ field, direction })
  }
  return (one, other) => {
    for (const { direction, field } of steps) {
      const order = comparison(one[field], other[field])
      if (order !== 0) return order * direction
    }
    return 0
  }
}

// internal

type Value = Row[string]

const joined = (operator: "$and" | "$or", parts: unknown, row: Row): boolean | string => {
  if (!Array.isArray(parts) || parts.length === 0) return `${operator} must have filters`
  let isAny = false
  for (const part of parts as ReadonlyArray<unknown>) {
    const found = matches(part, row)
    if (typeof found === "string") return found
    if (!found && operator === "$and") return false
    isAny ||= found
  }
  return isAny
}

const compared = (field: string, wanted: unknown, row: Row): boolean | string => {
  if (!(field in row)) return `field "${field}" cannot be filtered by`
  const value = row[field]
  if (!isFields(wanted)) return isEqual(value, wanted)
  for (const [operator, operand] of Object.entries(wanted)) {
    const found = holds(operator, value, operand)
    if (found !== true) return found
  }
  return true
}

const holds = (operator: string, value: Value, operand: unknown): boolean | string => {
  const order = () => comparison(value, operand)
  switch (operator) {
    case "$eq":
      return isEqual(value, operand)
    case "$ne":
      return !isEqual(value, operand)
    case "$in":
      return Array.isArray(operand) && operand.some((one) => isEqual(value, one))
    case "$nin":
      return Array.isArray(operand) && !operand.some((one) => isEqual(value, one))
    case "$exists":
      return (value !== undefined) === operand
    case "$gt":
      return value !== undefined && order() > 0
    case "$gte":
      return value !== undefined && order() >= 0
    case "$lt":
      return value !== undefined && order() < 0
    case "$lte":
      return value !== undefined && order() <= 0
    default:
      return `operator ${operator} is not supported`
  }
}

const isEqual = (value: Value, operand: unknown): boolean =>
  Array.isArray(value) ? value.includes(operand) : comparison(value, operand) === 0

// Texts of times have fractions of different lengths: without their ends they compare like all others.
const comparison = (one: unknown, other: unknown): number => {
  const [a, b] = [comparable(one), comparable(other)]
  if (a === b) return 0
  if (a === undefined) return -1
  return b === undefined || a > b ? 1 : -1
}

const comparable = (value: unknown): string | number | undefined => {
  if (typeof value === "boolean") return Number(value)
  if (typeof value === "number") return value
  if (typeof value !== "string") return undefined
  return TIME.test(value) ? value.slice(0, -1) : value
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u
