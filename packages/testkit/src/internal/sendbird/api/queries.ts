// Query parameters of lists.
import { type ErrorResponse, errorResponse } from "../../http/answers.ts"
import type { RawObject } from "../generator/app.ts"

export const invalid = (name: string): ErrorResponse => errorResponse(400111, `Invalid value: "${name}".`)

export const isOn = (query: URLSearchParams, name: string) => query.get(name) === "true"

export const listOf = (query: URLSearchParams, name: string): ReadonlySet<string> | undefined => {
  const list = query.get(name)
  return list === null ? undefined : new Set(list.split(","))
}

export const hiddenBy = (
  query: URLSearchParams,
  switches: Readonly<Record<string, string>>
): ReadonlySet<string> =>
  new Set(Object.keys(switches).filter((field) => !isOn(query, switches[field] ?? "")))

export const without = (record: RawObject, hidden: ReadonlySet<string>): RawObject =>
  hidden.size === 0
    ? record
    : Object.fromEntries(Object.entries(record).filter(([name]) => !hidden.has(name)))

/** A number in a query, or undefined if it is invalid or out of range. */
export const numberOf = (
  query: URLSearchParams,
  name: string,
  otherwise: number,
  least: number,
  most: number
) => {
  const given = query.get(name)
  if (given === null) return otherwise
  const value = Number(given)
  return /^\d+$/u.test(given) && value >= least && value <= most ? value : undefined
}

/** A page token, in a form that clients cannot interpret. */
export const pageToken = (list: string, offset: number): string =>
  Buffer.from(`${list} ${offset}`).toString("base64url")

/** Where a page begins, or undefined for a token of another list. */
export const offsetOf = (list: string, token: string): number | undefined => {
  if (token === "" || token === "0") return 0
  const [of, offset] = Buffer.from(token, "base64url").toString().split(" ")
  return of === list && /^\d+$/u.test(offset ?? "") ? Number(offset) : undefined
}

/** The maximum number of elements of a page, or undefined if it is invalid. */
export const limitOf = (query: URLSearchParams): number | undefined =>
  numberOf(query, "limit", 10, 1, MOST_A_PAGE)

// internal

const MOST_A_PAGE = 100
