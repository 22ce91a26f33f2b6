// Meta arrays of messages: a list of keys and values or, in the old form, an object and the order of its keys.
import type { RawRecord } from "@chatferry/connector"
import type { Entity } from "@chatferry/core"
import type { Context } from "./context.ts"
import { isBlank, isList, isObject, list, text, type RawObject } from "./raw.ts"
import * as spellings from "./spellings.ts"

interface Meta {
  readonly key: string
  readonly value: unknown
}

/** Returns the first value of a key, in any form. */
export const metaOf = (message: RawObject | undefined, key: string): unknown => {
  if (message === undefined) return undefined
  for (const name of spellings.message.metaArray) {
    for (const meta of list(message[name])) {
      if (isObject(meta) && meta.key === key) return list(meta.value)[0]
    }
  }
  const { metaarray } = message
  return isObject(metaarray) && Object.hasOwn(metaarray, key) ? list(metaarray[key])[0] : undefined
}

/** Keeps the old form under the name and in the shape of the new one. */
export const keepMetaArray = (
  x: RawRecord.X<Entity.Entity<"message">, Context>,
  values: unknown,
  order: unknown
): void => {
  if (!isObject(values)) {
    x.unreadable("metaarray")
    if (!isBlank(order)) x.keep("metaarray_key_order", order)
    return
  }
  if (isBlank(values)) return
  if (!isList(order)) x.unreadable("metaarray_key_order")
  const [name] = spellings.message.metaArray
  const sorted = sortedOf(values, list(order))
  if (!x.isKept(name)) x.keep(name, sorted)
  else if (!hasAll(list(x.raw[name]), sorted)) x.keep("metaarray", values)
}

// internal

/** Sorts by the order, or by name without one, as the SDKs do. Keys missing from the order come last. */
const sortedOf = (values: RawObject, order: ReadonlyArray<unknown>): ReadonlyArray<Meta> => {
  const named = order.flatMap((key) => text(key) ?? []).filter((key) => Object.hasOwn(values, key))
  const keys = new Set([...named, ...Object.keys(values).toSorted()])
  return Array.from(keys, (key) => ({ key, value: values[key] }))
}

const hasAll = (all: ReadonlyArray<unknown>, some: ReadonlyArray<Meta>): boolean => {
  const texts = new Set(all.map((one) => (isObject(one) ? JSON.stringify([one.key, one.value]) : undefined)))
  return some.every(({ key, value }) => texts.has(JSON.stringify([key, value])))
}
