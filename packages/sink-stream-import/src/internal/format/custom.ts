import { RawValue } from "@chatferry/connector"
import { Json } from "@chatferry/core/files"
import * as Limits from "../../StreamImportLimits.ts"
import { notes } from "./consequences.ts"

/** An object on its way to JSON. */
export type Fields = Record<string, unknown>

/** A value that does not fit into the import file and goes to the side file. */
export interface Moved {
  readonly field: string
  /** As JSON: it may be large, and is written as it is. */
  readonly json: string
}

/** What changed while one record was encoded. */
export interface Changes {
  readonly notes: Array<string>
  readonly moved: Array<Moved>
  /** What was encoded does not tell what it was made of. */
  isOneWay: boolean
}

export const noChanges = (): Changes => ({ notes: [], moved: [], isOneWay: false })

/**
 * The custom data of an object as Stream fields: one field per provider, and
 * `chatferry` for what the canonical model knows and Stream does not. What came
 * from Stream gets its own fields back, unless Stream reads them otherwise.
 */
export const fields = (
  custom: Readonly<Record<string, Fields>> | undefined,
  own: Fields,
  reserved: ReadonlySet<string>,
  /** Names under which fields from Stream cannot come back. */
  taken: ReadonlySet<string> = reserved
): Fields | undefined => {
  let result: Fields | undefined
  if (custom !== undefined) {
    for (const provider of Object.keys(custom)) {
      const bag = custom[provider]
      if (bag === undefined || isEmpty(bag)) continue
      result ??= {}
      const rest = provider === STREAM ? giveBack(result, bag, taken, custom) : bag
      if (!isEmpty(rest)) result[freeName(provider, reserved, custom)] = rest
    }
  }
  if (!isEmpty(own)) {
    result ??= {}
    result[OWN] = own
  }
  return result
}

/** The custom data that `fields` made these fields of, without those in `known`; holds unless `isOneWay`. */
export const custom = (item: Fields, known: ReadonlySet<string>): Record<string, Fields> | undefined => {
  const found = Object.entries(item).filter(([name]) => name !== OWN && !known.has(name))
  if (found.length === 0) return undefined
  if (!found.some(([name, value]) => isOfStream(name, value)))
    return Object.fromEntries(found) as Record<string, Fields>
  return {
    [STREAM]: Object.fromEntries(
      found.flatMap(([name, value]) => (name === STREAM ? Object.entries(value as Fields) : [[name, value]]))
    )
  }
}

/**
 * Whether `custom` cannot tell custom data again: there are fields from Stream
 * beside those of others or none that shows it, or a field is empty or renamed.
 */
export const isOneWay = (
  custom: Readonly<Record<string, Fields>> | undefined,
  reserved: ReadonlySet<string>
): boolean => {
  if (custom === undefined) return false
  let providers = 0
  for (const provider of Object.keys(custom)) {
    const bag = custom[provider]
    if (++providers > 1 && Object.hasOwn(custom, STREAM)) return true
    if (bag === undefined || isEmpty(bag)) return true
    if (provider !== STREAM) {
      if (reserved.has(provider)) return true
      continue
    }
    const names = Object.keys(bag)
    // To set it would not make a field of it.
    if (names.includes("__proto__")) return true
    if (!names.some((name) => reserved.has(name) || isOfStream(name, bag[name]))) return true
  }
  return providers === 0
}

/**
 * Takes the largest fields out until the JSON of the rest, with `reserve` more
 * bytes, is within Stream's limit. A field of a provider is a field of its own.
 */
export const limit = (custom: Fields, reserve: number, path: string, changes: Changes): Fields => {
  const allowed = Limits.customBytes - reserve
  let bytes = jsonBytes(custom)
  if (bytes <= allowed) return custom
  const candidates = Object.entries(custom)
    .flatMap(([name, value]) =>
      RawValue.isObject(value)
        ? Object.entries(value).map(([key, inner]) => candidate(`${path}${name}.${key}`, name, key, inner))
        : [candidate(`${path}${name}`, name, undefined, value)]
    )
    .toSorted((a, b) => b.bytes - a.bytes || (a.field < b.field ? -1 : 1))
  const gone = new Set<string>()
  for (const { bytes: size, field, value } of candidates) {
    if (bytes <= allowed) break
    gone.add(field)
    move(changes, field, value)
    changes.notes.push(notes.customMoved.code)
    bytes -= size
  }
  const kept: Fields = {}
  for (const [name, value] of Object.entries(custom)) {
    if (!RawValue.isObject(value)) {
      if (!gone.has(`${path}${name}`)) kept[name] = value
      continue
    }
    const bag = Object.fromEntries(
      Object.entries(value).filter(([key]) => !gone.has(`${path}${name}.${key}`))
    )
    if (!isEmpty(bag)) kept[name] = bag
  }
  return kept
}

/** Writes a field that one dialect has; in the other it is kept as custom data, and counted. */
export type WriteOfOneDialect = (field: string, value: unknown, note: string) => void

export const ofOneDialect =
  (dialect: "has" | "lacks", item: Fields, own: Fields, changes: Changes): WriteOfOneDialect =>
  (field, value, note) => {
    if (dialect === "has") item[field] = value
    // The other one takes what it does not know for custom data under that very name.
    else keep(own, changes, field, value, note)
  }

/** Keeps what Stream has no field for as custom data, and counts it. */
export const keep = (own: Fields, changes: Changes, name: string, value: unknown, note: string): void => {
  own[name] = value
  changes.notes.push(note)
}

/** Whether an object has no fields. */
export const isEmpty = (object: object): boolean => {
  for (const _ in object) return false
  return true
}

/** The fields that have a value. */
export const given = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** Moves a value out of a record. */
export const move = (changes: Changes, field: string, value: unknown): void => {
  changes.moved.push({ field, json: Json.write(value) })
}

/** Bytes of a value as JSON. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

// internal

/** The name under which sources keep what Stream's apps made up themselves. */
const STREAM = "stream"

/** The name of what the canonical model knows and Stream does not. */
const OWN = "chatferry"

/** Whether a field is one that an app made up: what providers have is an object each. */
const isOfStream = (name: string, value: unknown) => name === STREAM || !RawValue.isObject(value)

const OWN_FIELD = { enumerable: true, configurable: true, writable: true }

/** Gives what cannot be a field of its own. */
const giveBack = (
  result: Fields,
  bag: Fields,
  taken: ReadonlySet<string>,
  custom: Readonly<Record<string, Fields>>
): Fields => {
  const rest: Fields = {}
  for (const [name, value] of Object.entries(bag)) {
    const to = taken.has(name) || Object.hasOwn(custom, name) ? rest : result
    if (name === "__proto__") Object.defineProperty(to, name, { ...OWN_FIELD, value })
    else to[name] = value
  }
  return rest
}

const freeName = (
  provider: string,
  reserved: ReadonlySet<string>,
  custom: Readonly<Record<string, Fields>>
) => {
  let name = provider
  while (reserved.has(name) || (name !== provider && Object.hasOwn(custom, name))) name += "_custom"
  return name
}

const candidate = (field: string, name: string, key: string | undefined, value: unknown) => {
  // A comma may go as well, or the braces of a bag: at worst one small field too many moves.
  return { field, value, bytes: jsonBytes(key ?? name) + 1 + jsonBytes(value) }
}
