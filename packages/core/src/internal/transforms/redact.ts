import * as AST from "effect/SchemaAST"
import { type Entity, type Kind, kinds, schemas } from "../../Entity.ts"
import { problemOfName } from "./code.ts"
import { given } from "./failure.ts"
import type { Transform } from "./model.ts"
import type { Redactions } from "./options.ts"
import { each } from "./perRecord.ts"

export const redact = (
  fields: Redactions,
  { name = "redact" }: { readonly name?: string | undefined }
): Transform => {
  const problem = problemOfName(name) ?? problemOf(fields)
  const trees = new Map<string, Tree>()
  for (const [kind, paths] of problem === undefined ? withSnapshots(fields) : []) {
    trees.set(kind, treeOf(paths))
  }
  const strip = <E extends Entity>(record: E): E => {
    const tree = trees.get(record._tag)
    return tree === undefined ? record : (without(record, tree) as E)
  }
  return {
    name,
    fingerprint: { fields },
    ...(problem !== undefined && { problem }),
    apply: each(name, {}, (record, to) => {
      to.records.push(strip(record))
      return undefined
    }),
    carry: strip
  }
}

// internal

/** The fields to remove, as a tree of names; `null` at the end of a path. */
interface Tree {
  readonly [field: string]: Tree | null
}

/** A snapshot repeats these fields of the user. */
const SHOWN = new Set(["name", "imageUrl", "isBot"])

const withSnapshots = (fields: Redactions): ReadonlyArray<readonly [Kind, ReadonlyArray<string>]> => {
  const shown = (fields.user ?? [])
    .filter((field) => SHOWN.has(field))
    .map((field) => `userSnapshot.${field}`)
  return kinds.map((kind) => {
    const own: ReadonlyArray<string> = fields[kind] ?? []
    return [kind, kind === "member" || kind === "message" ? [...own, ...shown] : own] as const
  })
}

const treeOf = (paths: ReadonlyArray<string>): Tree => {
  const root: Record<string, Tree | null> = Object.create(null)
  for (const path of paths) {
    const names = path.split(".")
    const last = names.pop() ?? ""
    let at: Record<string, Tree | null> | null = root
    for (const name of names) {
      if (at === null) break
      if (at[name] === undefined) at[name] = Object.create(null) as Tree
      at = at[name]
    }
    if (at !== null) at[last] = null
  }
  return root
}

/** The value itself if nothing is removed; `undefined` if nothing is left. */
const without = (value: unknown, tree: Tree): unknown => {
  if (Array.isArray(value)) {
    const left = value.map((one) => without(one, tree))
    return left.every((one, i) => one === value[i]) ? value : left
  }
  if (typeof value !== "object" || value === null) return value
  let left: Record<string, unknown> | undefined
  for (const name in tree) {
    if (!Object.hasOwn(value, name)) continue
    const inner = tree[name]
    const own: unknown = (value as Record<string, unknown>)[name]
    const next = inner === null || inner === undefined ? undefined : without(own, inner)
    if (next !== own) (left ??= {})[name] = next
  }
  if (left === undefined) return value
  // Copied without the removed fields: deleting a field makes an object slow.
  const copy: Record<string, unknown> = {}
  let isEmpty = true
  for (const [name, own] of Object.entries(value)) {
    const next: unknown = Object.hasOwn(left, name) ? left[name] : own
    if (next === undefined) continue
    copy[name] = next
    isEmpty = false
  }
  return isEmpty ? undefined : copy
}

const problemOf = (fields: unknown): string | undefined => {
  if (typeof fields !== "object" || fields === null) return `expected fields by kind, got ${given(fields)}`
  for (const [kind, paths] of Object.entries(fields)) {
    if (!Object.hasOwn(schemas, kind))
      return `there is no kind ${JSON.stringify(kind)}; the kinds are ${kinds.join(", ")}`
    if (!Array.isArray(paths)) return `${kind}: expected a list of fields, got ${given(paths)}`
    for (const path of paths as ReadonlyArray<unknown>) {
      const problem =
        typeof path === "string"
          ? problemOfPath(schemas[kind as Kind].ast, path)
          : `expected a text, got ${given(path)}`
      if (problem !== undefined) return `${kind}: ${problem}`
    }
  }
  return undefined
}

const problemOfPath = (root: AST.AST, path: string): string | undefined => {
  let at = root
  const names = path.split(".")
  if (names.includes("")) return `there is no field ${JSON.stringify(path)}`
  for (const name of names) {
    if (at._tag === "Arrays") at = at.rest[0] as AST.AST
    // Below `custom`, `teamRoles` and `reactionCounts` names are the provider's.
    if (at._tag === "Objects" && at.indexSignatures.length > 0) return undefined
    const found = at._tag === "Objects" ? at.propertySignatures.find((one) => one.name === name) : undefined
    if (found === undefined) return `there is no field ${JSON.stringify(path)}`
    at = found.type
  }
  return AST.isOptional(at) ? undefined : `${JSON.stringify(path)} is required and cannot be removed`
}
