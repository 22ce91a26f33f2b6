import { RawValue } from "@chatferry/connector"
import { Json } from "@chatferry/core/files"
import * as Limits from "../../StreamImportLimits.ts"
import { notes } from "./consequences.ts"

/** The fields of an object that will be written as JSON. */
export type Fields = Record<string, unknown>

/** A value that does not fit into the import file, and is written to the side file. */
export interface Moved {
  readonly field: string
  /** The value as JSON, which may be large and is written unchanged. */
  readonly json: string
}

/** The changes that encoding made to a record. */
export interface Changes {
  readonly notes: Array<string>
  readonly moved: Array<Moved>
  /** The encoded form cannot be decoded to the record. */
  isOneWay: boolean
}

export const noChanges = (): Changes => ({ notes: [], moved: [], isOneWay: false })

/**
 * The custom data of an object as Stream fields: one field per provider, and
 * `chatferry` for values of the canonical model that Stream does not have. Data
 * that came from Stream becomes separate fields again, unless Stream would read
 * them differently.
 */
export const fields = (
  custom: Readonly<Record<string, Fields>> | undefined,
  own: Fields,
  reserved: ReadonlySet<string>,
  /** Names that custom fields from Stream cannot have. */
  taken: ReadonlySet<string> = reserved
): Fields | undefined => {
  let result: Fields | undefined
  if (custom !== undefined) {
    for (const provider of Object.keys(custom)) {
      const extras = custom[provider]
      if (extras === undefined || isEmpty(extras)) continue
      result ??= {}
      const rest = provider === STREAM ? restoreFields(result, extras, taken, custom) : extras
      if (!isEmpty(rest)) result[freeName(provider, reserved, custom)] = rest
    }
  }
  if (!isEmpty(own)) {
    result ??= {}
    result[OWN] = own
  }
  return result
}

/** The inverse of `fields`, without the fields in `known`. It is exact unless `isOneWay` holds. */
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
 * Whether `custom` cannot restore the custom data: there are fields from Stream
 * beside those of others or without any that shows it, or a field is empty or
 * renamed.
 */
export const isOneWay = (
  custom: Readonly<Record<string, Fields>> | undefined,
  reserved: ReadonlySet<string>
): boolean => {
  if (custom === undefined) return false
  let providers = 0
  for (const provider of Object.keys(custom)) {
    const extras = custom[provider]
    if (++providers > 1 && Object.hasOwn(custom, STREAM)) return true
    if (extras === undefined || isEmpty(extras)) return true
    if (provider !== STREAM) {
      if (reserved.has(provider)) return true
      continue
    }
    const names = Object.keys(extras)
    // Setting it would not create a field.
    if (names.includes("__proto__")) return true
    if (!names.some((name) => reserved.has(name) || isOfStream(name, extras[name]))) return true
  }
  return providers === 0
}

/**
 * Moves out the largest fields until the JSON of the others and `reserve` more
 * bytes are within Stream's limit. Each field of a provider counts separately.
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
    const extras = Object.fromEntries(
      Object.entries(value).filter(([key]) => !gone.has(`${path}${name}.${key}`))
    )
    if (!isEmpty(extras)) kept[name] = extras
  }
  return kept
}

/** Writes a field that only one dialect has. In the other one, it is kept as custom data and counted. */
export type WriteOfOneDialect = (field: string, value: unknown, note: string) => void

export const ofOneDialect =
  (dialect: "has" | "lacks", item: Fields, own: Fields, changes: Changes): WriteOfOneDialect =>
  (field, value, note) => {
    if (dialect === "has") item[field] = value
    // The other dialect reads unknown fields as custom data of that name.
    else keep(own, changes, field, value, note)
  }

/** Keeps a value that Stream has no field for as custom data, and counts it. */
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

/** The name under which sources keep the custom fields of Stream's apps. */
const STREAM = "stream"

/** The name of the field for values of the canonical model that Stream does not have. */
const OWN = "chatferry"

/** Whether a field is a custom field of an app: the field of a provider is always an object. */
const isOfStream = (name: string, value: unknown) => name === STREAM || !RawValue.isObject(value)

const OWN_FIELD = { enumerable: true, configurable: true, writable: true }

/** Makes separate fields of data from Stream, and returns the data that cannot become separate fields. */
const restoreFields = (
  result: Fields,
  extras: Fields,
  taken: ReadonlySet<string>,
  custom: Readonly<Record<string, Fields>>
): Fields => {
  const rest: Fields = {}
  for (const [name, value] of Object.entries(extras)) {
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
  // This ignores a comma or the braces of an object: at worst, one small field too many is moved out.
  return { field, value, bytes: jsonBytes(key ?? name) + 1 + jsonBytes(value) }
}
