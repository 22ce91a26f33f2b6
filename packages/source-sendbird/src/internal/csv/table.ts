// Recognises a file by its header and knows what to make of its rows.
import { CsvRows } from "@chatferry/connector"
import { isObject, type RawObject } from "../records/raw.ts"
import { isSecret, type OnSecret, withoutSecretText } from "../records/secrets.ts"
import { reader, type ReadCell } from "./cells.ts"
import { type Column, type Columns, type Kind, ONLY_GROUP, ONLY_OPEN, tables } from "./columns.ts"

export interface Table {
  readonly kind: Kind
  /** What the header, or failing that the path, says of all channels. */
  readonly form: "group" | "open" | undefined
  /** What the path says of users who do not say it themselves. */
  readonly isInactive: boolean
  /** There is a column of secrets: a row whose cells are not in their places may have them anywhere. */
  readonly hasSecrets: boolean
  /**
   * The record as JSON has it. All rows of a table give the same fields in the
   * same order, `undefined` where the cell is empty: that keeps them one shape.
   */
  readonly wireOf: (cells: ReadonlyArray<string>) => RawObject
  /** The cells of a row that `originalOf` gave; `undefined` when it has another column, or what is no text. */
  readonly cellsOf: (original: object) => ReadonlyArray<string> | undefined
  /** The column that holds a field of the record. */
  readonly columnOf: (field: string) => number | undefined
  /** The row as it is, for a reject, without secrets. */
  readonly originalOf: (cells: ReadonlyArray<string>, onSecret: OnSecret) => Record<string, string>
}

/** `undefined` when these are not the columns of an export. `path` is asked where the columns do not tell. */
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
    wireOf: assembler(columns),
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
  /** As it stands in the file, made unique. */
  readonly title: string
  /** In JSON; `undefined` for a column that is not known. */
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
    // Of two columns for one field the first is read; the other is kept by its name.
    if (column === undefined || (secret === undefined && taken.has(key))) {
      return { index, title, field: undefined, parent: undefined, read: reader(undefined) }
    }
    taken.add(key)
    return { index, title, field: column.field, parent: column.within, read: reader(column) }
  })
  // Under a name that the mapping reads it would take the place of the first one.
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
    const wire: Record<string, unknown> = {}
    for (const { field, index, read } of own) set(wire, field, read(cells[index] as string))
    for (const group of inner) wire[group.parent] = joined(wire[group.parent], group.columns, cells)
    return wire
  }
}

/** Secrets are in no reject, so their cells are empty. */
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

/** The object that a cell holds, and what only columns of their own say of it. */
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

const set = (wire: Record<string, unknown>, field: string, value: unknown) => {
  if (field === "__proto__") {
    Object.defineProperty(wire, field, { value, enumerable: true, configurable: true, writable: true })
  } else wire[field] = value
}
