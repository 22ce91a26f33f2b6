// Filters and orders of lists, as Stream documents them: which fields, with which operators and values.
import { isFields } from "../items.ts"
import { comparable, isTime } from "../times.ts"

/** What a filter or an order knows about a record. */
export type Row = Readonly<Record<string, Value>>

export type Value = string | number | boolean | ReadonlyArray<string> | undefined

type Operator = "$eq" | "$in" | "$gt" | "$gte" | "$lt" | "$lte" | "$exists" | "$autocomplete" | "$contains"

/** The filters and orders that a list supports. */
export interface Queryable {
  /** By field. */
  readonly filters: ReadonlyMap<string, FieldRule>
  readonly sortable: ReadonlySet<string>
}

export interface FieldRule {
  readonly holds: "text" | "texts" | "time" | "number" | "flag" | "anything"
  readonly operators: ReadonlyArray<Operator>
}

export const EQUAL = ["$eq"] as const
export const EQUAL_OR_IN = ["$eq", "$in"] as const
export const COMPARED = ["$eq", "$gt", "$gte", "$lt", "$lte"] as const
/** Operators for custom fields. */
export const ALL = [...COMPARED, "$in", "$exists", "$contains"] as const

/** A function that tests a row, or a description of what is wrong with the filter. */
export const matches = (
  filter: unknown,
  row: Row,
  { filters }: Pick<Queryable, "filters">
): boolean | string => {
  if (!isFields(filter)) return "filter_conditions must be an object"
  return every(Object.entries(filter), ([field, wanted]) => {
    if (LOGIC.has(field)) return joined(field, wanted, (part) => matches(part, row, { filters }))
    const rule = filters.get(field)
    return rule === undefined
      ? `field "${field}" cannot be filtered by`
      : compared(field, rule, wanted, row[field])
  })
}

/** A function that compares rows by the fields of an order, or a description of what is wrong with it. */
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

const LOGIC: ReadonlySet<string> = new Set(["$and", "$or", "$nor"])

/** Checks all of them: an error in one counts regardless of the others. */
const every = <A>(parts: ReadonlyArray<A>, holds: (part: A) => boolean | string): boolean | string => {
  const found = parts.map(holds)
  return found.find((one) => typeof one === "string") ?? found.every((one) => one === true)
}

const joined = (
  operator: string,
  parts: unknown,
  holds: (part: unknown) => boolean | string
): boolean | string => {
  if (!Array.isArray(parts) || parts.length === 0) return `${operator} must have filters`
  if (operator === "$and") return every(parts as ReadonlyArray<unknown>, holds)
  const isNone = every(parts as ReadonlyArray<unknown>, (part) => {
    const found = holds(part)
    return typeof found === "string" ? found : !found
  })
  return typeof isNone === "string" ? isNone : isNone === (operator === "$nor")
}

const compared = (field: string, rule: FieldRule, wanted: unknown, value: Value): boolean | string => {
  if (!isFields(wanted)) return operated(field, "$eq", rule, value, wanted)
  return every(Object.entries(wanted), ([operator, operand]) =>
    operated(field, operator, rule, value, operand)
  )
}

const operated = (
  field: string,
  operator: string,
  { holds, operators }: FieldRule,
  value: Value,
  operand: unknown
): boolean | string => {
  const known = operators.find((one) => one === operator)
  if (known === undefined) return `operator ${operator} is not supported for field "${field}"`
  const isList = known === "$in" || (known === "$eq" && holds === "texts")
  const operands: ReadonlyArray<unknown> = isList && Array.isArray(operand) ? operand : [operand]
  if (known === "$in" && !Array.isArray(operand)) return `${operator} of field "${field}" must have a list`
  const wanted = known === "$exists" ? "flag" : holds
  if (!operands.every((one) => FITS[wanted](one))) return `field "${field}" must be compared with a ${wanted}`
  switch (known) {
    case "$eq":
      return isEqual(value, operand)
    case "$in":
      return operands.some((one) => isEqual(value, one))
    case "$exists":
      return (value !== undefined) === operand
    case "$gt":
      return value !== undefined && comparison(value, operand) > 0
    case "$gte":
      return value !== undefined && comparison(value, operand) >= 0
    case "$lt":
      return value !== undefined && comparison(value, operand) < 0
    case "$lte":
      return value !== undefined && comparison(value, operand) <= 0
    case "$contains":
      return Array.isArray(value) && value.includes(operand)
    case "$autocomplete":
      return textsOf(value).some((one) => beginsAWord(one, String(operand)))
  }
}

const FITS: Readonly<Record<FieldRule["holds"], (operand: unknown) => boolean>> = {
  text: (operand) => typeof operand === "string",
  texts: (operand) => typeof operand === "string",
  time: isTime,
  number: (operand) => typeof operand === "number",
  flag: (operand) => typeof operand === "boolean",
  anything: () => true
}

const textsOf = (value: Value): ReadonlyArray<string> =>
  Array.isArray(value) ? (value as ReadonlyArray<string>) : typeof value === "string" ? [value] : []

const beginsAWord = (text: string, part: string): boolean =>
  text
    .toLowerCase()
    .split(/\s+/u)
    .some((word) => word.startsWith(part.toLowerCase()))

// A list equals a list of the same values, and contains each of them.
const isEqual = (value: Value, operand: unknown): boolean => {
  if (!Array.isArray(value)) return comparison(value, operand) === 0
  if (!Array.isArray(operand)) return value.includes(operand)
  return operand.length === value.length && operand.every((one) => value.includes(one))
}

const comparison = (one: unknown, other: unknown): number => {
  const [a, b] = [keyOf(one), keyOf(other)]
  if (a === b) return 0
  if (a === undefined) return -1
  return b === undefined || a > b ? 1 : -1
}

const keyOf = (value: unknown): string | number | undefined => {
  if (typeof value === "boolean") return Number(value)
  if (typeof value === "number") return value
  if (typeof value !== "string") return undefined
  return isTime(value) ? comparable(value) : value
}
