// Recognises a CSV file by its header and converts its rows to raw records.
import { CsvRows } from "@chatferry/connector"
import { isObject, type RawObject } from "../records/raw.ts"
import { isSecret, type OnSecret, withoutSecretText } from "../records/secrets.ts"
import { reader, type ReadCell } from "./cells.ts"
import { type Column, type Columns, type Kind, ONLY_GROUP, ONLY_OPEN, tables } from "./columns.ts"

export interface Table {
  readonly kind: Kind
  /** The form of all channels, from the header or otherwise from the path. */
  readonly form: "group" | "open" | undefined
  /** True if the path marks its users as inactive. It applies to users whose rows do not say. */
  readonly isInactive: boolean
  /** True if a column holds secrets. A row with misaligned cells may then have secrets in any of them. */
  readonly hasSecrets: boolean
  /**
   * Makes the record that JSON has for a row. All rows give the same fields in the
   * same order, `undefined` for an empty cell, so the objects share one shape.
   */
  readonly rawOf: (cells: ReadonlyArray<string>) => RawObject
  /** Restores the cells from a result of `originalOf`; `undefined` if it has an unknown column or a value that is not text. */
  readonly cellsOf: (original: object) => ReadonlyArray<string> | undefined
  /** The column that holds a field of the record. */
  readonly columnOf: (field: string) => number | undefined
  /** The row for a reject, without secrets. */
  readonly originalOf: (cells: ReadonlyArray<string>, onSecret: OnSecret) => Record<string, string>
}

/** Returns `undefined` if these are not the columns of an export. `path` is used if the columns are not conclusive. */
export const tableOf = (header: ReadonlyArray<string>, path: string): Table | undefined => {
  const names = header.map(normal)
  const found = tables().find(
    ({ all, any }) =>
      all.every((spellings) => spellings.some((name) => isAmong(name, names))) &&
      any.some((name) => isAmong(name, names))
  )
  if (found === undefined) return undefined
  const columns = placed(header, names, found)
  const has = (fields: ReadonlyArray<string>) =>
    columns.some(({ parent, field }) => parent === undefined && fields.includes(field))
  return {
    kind: found.kind,
    form: has(["channel_type"]) ? undefined : formOf(has(ONLY_GROUP), has(ONLY_OPEN), path),
    isInactive: /(?:inactive|deactivated)/iu.test(path),
    hasSecrets: columns.some(({ field }) => isSecret(field)),
    rawOf: assembler(columns),
    cellsOf: (original) => cellsOf(original, columns),
    columnOf: (name) => columns.find(({ field, parent }) => parent === undefined && field === name)?.index,
    originalOf: (cells, onSecret) =>
      Object.fromEntries(
        columns.flatMap(({ field, index, title }) => {
          const cell = cells[index] ?? ""
          if (!isSecret(field)) return [[title, withoutSecretText(cell, onSecret)]]
          if (cell !== "" && cell !== "[]") onSecret(field)
          return []
        })
      )
  }
}

// internal

interface Placed {
  readonly index: number
  /** The title in the file, made unique. */
  readonly title: string
  /** Name of the field in JSON; `undefined` for an unknown column. */
  readonly field: string | undefined
  readonly parent: "user" | "file" | undefined
  readonly read: ReadCell
}

type Named = Placed & { readonly field: string }

const normal = (name: string) => name.toLowerCase().replaceAll(/[\s_.-]/gu, "")

const isAmong = (field: string, names: ReadonlyArray<string>) => names.includes(normal(field))

const formOf = (isGroup: boolean, isOpen: boolean, path: string) => {
  if (isGroup !== isOpen) return isGroup ? "group" : "open"
  const [, hint] = /(?:^|[/_-])(group|open)_?channel/iu.exec(path) ?? []
  return hint === undefined ? undefined : hint.toLowerCase() === "group" ? "group" : "open"
}

const SECRETS = [
  { ending: /accesstokens?$/u, field: "access_token" },
  { ending: /sessiontokens?$/u, field: "session_tokens" }
]

const placed = (
  header: ReadonlyArray<string>,
  names: ReadonlyArray<string>,
  of: Columns
): ReadonlyArray<Named> => {
  const known = new Map<string, Column>()
  for (const column of of.columns) {
    const spellings = column.within === undefined ? [column.field, ...(column.aliases ?? [])] : column.aliases
    for (const name of spellings ?? []) if (!known.has(normal(name))) known.set(normal(name), column)
  }
  const taken = new Set<string>()
  const found = CsvRows.titlesOf(header).map((title, index): Placed => {
    const name = names[index] ?? ""
    const secret = SECRETS.find(({ ending }) => ending.test(name))?.field
    const column = secret === undefined ? known.get(name) : { field: secret, reading: "json" as const }
    const key = `${column?.within ?? ""}.${column?.field}`
    // If two columns have the same field, the first one is read and the other is kept under its own name.
    if (column === undefined || (secret === undefined && taken.has(key))) {
      return { index, title, field: undefined, parent: undefined, read: reader(undefined) }
    }
    taken.add(key)
    return { index, title, field: column.field, parent: column.within, read: reader(column) }
  })
  // A name that the mapping reads would replace the first one.
  const fields = new Set(
    of.columns.flatMap(({ aliases, field, within }) => [within ?? field, ...(aliases ?? [])])
  )
  return found.map(({ field, index, parent, read, title }) => ({
    index,
    title,
    parent,
    read,
    field: field ?? CsvRows.unique(title, fields)
  }))
}

const assembler = (columns: ReadonlyArray<Named>) => {
  const own = columns.filter(({ parent }) => parent === undefined)
  const inner = (["user", "file"] as const)
    .map((parent) => ({ parent, columns: columns.filter((column) => column.parent === parent) }))
    .filter((group) => group.columns.length > 0)
  return (cells: ReadonlyArray<string>): RawObject => {
    const raw: Record<string, unknown> = {}
    for (const { field, index, read } of own) set(raw, field, read(cells[index] as string))
    for (const group of inner) raw[group.parent] = joined(raw[group.parent], group.columns, cells)
    return raw
  }
}

/** Rejects do not contain secrets, so their cells are empty. */
const cellsOf = (original: object, columns: ReadonlyArray<Named>): ReadonlyArray<string> | undefined => {
  const left = new Map<string, unknown>(Object.entries(original))
  const cells: Array<string> = columns.map(() => "")
  for (const { index, title } of columns) {
    const cell = left.get(title) ?? ""
    left.delete(title)
    if (typeof cell !== "string" && typeof cell !== "number" && typeof cell !== "boolean") return undefined
    cells[index] = String(cell)
  }
  return left.size === 0 ? cells : undefined
}

/** Merges the object of a cell with the separate columns of its fields. */
const joined = (given: unknown, columns: ReadonlyArray<Named>, cells: ReadonlyArray<string>): unknown => {
  if (given !== undefined && !isObject(given)) return given
  let built: Record<string, unknown> | undefined
  for (const { field, index, read } of columns) {
    const value = read(cells[index] as string)
    if (value === undefined) continue
    built ??= {}
    built[field] = value
  }
  return given === undefined ? built : built === undefined ? given : { ...built, ...given }
}

const set = (raw: Record<string, unknown>, field: string, value: unknown) => {
  if (field === "__proto__") {
    Object.defineProperty(raw, field, { value, enumerable: true, configurable: true, writable: true })
  } else raw[field] = value
}
