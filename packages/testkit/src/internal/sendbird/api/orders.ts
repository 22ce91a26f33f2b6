// The four orders of group channels. Each is computed once, when it is first requested.
import { type ErrorResponse, errorResponse } from "../../http/answers.ts"
import type { RawObject } from "../generator/app.ts"
import { invalid } from "./queries.ts"

/** Group channels in the order of a query, or an error. */
export const orders = (
  all: () => Iterable<RawObject>
): ((query: URLSearchParams) => (() => Iterable<RawObject>) | ErrorResponse) => {
  const made = new Map<string, ReadonlyArray<RawObject>>()
  return (query) => {
    const name = query.get("order") ?? "chronological"
    const key = query.get("metadata_order_key") ?? ""
    const order = ORDERS[name]?.(key)
    if (order === undefined) return invalid("order")
    if (name === BY_METADATA && key === "")
      return errorResponse(400105, 'Missing required parameters: "metadata_order_key".')
    return () => {
      const id = JSON.stringify([name, key])
      const found = made.get(id) ?? Array.from(all()).toSorted(order)
      made.set(id, found)
      return found
    }
  }
}

// internal

type Order = (one: RawObject, other: RawObject) => number

const BY_METADATA = "metadata_value_alphabetical"

const numberIn = (record: RawObject, field: string): number => Number(record[field] ?? 0)

const fieldsIn = (record: RawObject, field: string): RawObject => {
  const found = record[field]
  return typeof found === "object" && found !== null ? (found as RawObject) : {}
}

const newest: Order = (one, other) => numberIn(other, "created_at") - numberIn(one, "created_at")

/** Channels without a text come last. */
const alphabetical =
  (textIn: (record: RawObject) => unknown): Order =>
  (one, other) => {
    const [a, b] = [textIn(one), textIn(other)]
    if (typeof a !== "string" || typeof b !== "string")
      return Number(typeof b === "string") - Number(typeof a === "string")
    return a === b ? 0 : a < b ? -1 : 1
  }

/** By time, latest first. */
const ORDERS: Readonly<Record<string, (key: string) => Order>> = {
  chronological: () => newest,
  latest_last_message: () => (one, other) => {
    const [a, b] = [fieldsIn(one, "last_message"), fieldsIn(other, "last_message")]
    return numberIn(b, "created_at") - numberIn(a, "created_at") || newest(one, other)
  },
  channel_name_alphabetical: () => alphabetical(({ name }) => name),
  [BY_METADATA]: (key) => alphabetical((record) => fieldsIn(record, "metadata")[key])
}
