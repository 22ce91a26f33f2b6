// Finds the fields of a record that a sink does not hold.
import type { Entity, Kind } from "../../Entity.ts"
import type { Fields } from "./model.ts"

/** The fields of one kind that the sink holds: whole, or only some inner fields. */
type Taken = ReadonlyMap<string, "whole" | ReadonlySet<string>>

/**
 * Calls `lose` for each field with a value that a sink with these fields does not hold;
 * `undefined` for a sink that holds all fields of its kinds.
 */
export const makeLosses = (fields: Fields) => {
  const byKind = new Map<Kind, Taken>()
  for (const [kind, paths] of Object.entries(fields)) {
    if (typeof paths !== "string") byKind.set(kind as Kind, takenOf(paths))
  }
  if (byKind.size === 0) return undefined
  return (record: Entity, lose: (path: string) => void): void => {
    const taken = byKind.get(record._tag)
    if (taken === undefined) return
    for (const name in record) {
      const how = taken.get(name)
      if (how === "whole") continue
      const value = (record as unknown as Readonly<Record<string, unknown>>)[name]
      if (how === undefined) {
        if (!isEmptyValue(value)) lose(`${record._tag}.${name}`)
      } else within(value, how, (inner) => lose(`${record._tag}.${name}.${inner}`))
    }
  }
}

// internal

const takenOf = (paths: ReadonlyArray<string>): Taken => {
  const taken = new Map<string, "whole" | Set<string>>([["_tag", "whole"]])
  for (const path of paths) {
    const [head = "", ...rest] = path.split(".")
    const before = taken.get(head)
    if (rest.length === 0) taken.set(head, "whole")
    else if (before !== "whole") taken.set(head, new Set([...(before ?? []), rest.join(".")]))
  }
  return taken
}

/** Calls `lose` once for each field of an object, or of the objects of a list. */
const within = (value: unknown, taken: ReadonlySet<string>, lose: (name: string) => void) => {
  const lost = new Set<string>()
  for (const one of Array.isArray(value) ? value : [value]) {
    if (typeof one !== "object" || one === null) continue
    for (const [name, inner] of Object.entries(one)) {
      if (!taken.has(name) && !isEmptyValue(inner)) lost.add(name)
    }
  }
  lost.forEach(lose)
}

const isEmptyValue = (value: unknown): boolean =>
  value === undefined ||
  value === false ||
  (typeof value === "object" && (value === null || Object.keys(value).length === 0))
