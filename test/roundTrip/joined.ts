/** The content of all records of a source, one entity for each thing. */
import { Entity } from "@chatferry/core"

/** By kind and identity. */
export type Joined = ReadonlyMap<string, Entity.Entity>

/** An entity with fields that can be accessed by name. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * Joins the records of each thing, which may each have a part of it. An app that does not change during the
 * export has only one value for each field: if two records differ, this fails.
 */
export const joined = (records: ReadonlyArray<Entity.Entity>): Joined => {
  const all = new Map<string, Entity.Entity>()
  for (const record of records) {
    const key = keyOf(record)
    const known = all.get(key)
    all.set(key, known === undefined ? record : (both(key, known, record) as unknown as Entity.Entity))
  }
  return all
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

// internal

const keyOf = (entity: Entity.Entity): string => `${entity._tag} ${Entity.key(entity)}`

const both = (location: string, one: object, other: object): Fields => {
  const all: Record<string, unknown> = { ...one }
  for (const [name, value] of Object.entries(other)) {
    const known = all[name]
    if (known === undefined) all[name] = value
    else if (isFields(known) && isFields(value)) all[name] = both(`${location}.${name}`, known, value)
    else if (JSON.stringify(known) !== JSON.stringify(value))
      throw new Error(`${location} has two values of ${name}: ${JSON.stringify([known, value])}`)
  }
  return all
}
