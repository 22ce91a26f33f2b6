import { type ErrorResponse, refusal } from "../../http/answers.ts"
// What the queries of lists ask for.
import type { RawObject } from "../generator/app.ts"

export const invalid = (name: string): ErrorResponse => refusal(400111, `Invalid value: "${name}".`)

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

export const without = (wire: RawObject, hidden: ReadonlySet<string>): RawObject =>
  hidden.size === 0 ? wire : Object.fromEntries(Object.entries(wire).filter(([name]) => !hidden.has(name)))

/** A number of a query, or undefined if it is out of range or no number. */
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

/** How a list goes on, in a form that clients cannot count on. */
export const pageToken = (list: string, offset: number): string =>
  Buffer.from(`${list} ${offset}`).toString("base64url")

/** Where a page begins, or undefined for a token of another list. */
export const offsetOf = (list: string, token: string): number | undefined => {
  if (token === "" || token === "0") return 0
  const [of, offset] = Buffer.from(token, "base64url").toString().split(" ")
  return of === list && /^\d+$/u.test(offset ?? "") ? Number(offset) : undefined
}

/** The number of elements that a page may have, or undefined if it cannot be honoured. */
export const limitOf = (query: URLSearchParams): number | undefined =>
  numberOf(query, "limit", 10, 1, MOST_A_PAGE)

// internal

const MOST_A_PAGE = 100
