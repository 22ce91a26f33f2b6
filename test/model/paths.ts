/** The fields of the canonical model by their names, such as `attachments.url`. */
import { Entity } from "@chatferry/core"
import { SchemaAST } from "effect"

/** Each field of a kind except `_tag`, with a dot for nested records; `custom` and free keys are one field. */
export const pathsOf = (kind: Entity.Kind): ReadonlyArray<string> =>
  Array.from(below(Entity.schemas[kind].ast, "")).filter((path) => path !== "_tag")

/** The fields of an entity. */
export const pathsIn = (entity: Entity.Entity, paths: ReadonlyArray<string>): ReadonlyArray<string> =>
  paths.filter((path) => valuesAt(entity, path).length > 0)

/** The values of an entity's field, which may be in several nested records. */
export const valuesAt = (entity: Entity.Entity, path: string): ReadonlyArray<unknown> =>
  Array.from(within(entity, path.split(".")))

/** An entity without one of its fields. */
export const without = <A>(value: A, path: string): A => cut(value, path.split(".")) as A

// internal

function* below(ast: SchemaAST.AST, path: string): Generator<string> {
  if (SchemaAST.isArrays(ast)) {
    for (const element of ast.rest) yield* below(element, path)
  } else if (SchemaAST.isObjects(ast) && ast.propertySignatures.length > 0) {
    for (const { name, type } of ast.propertySignatures) {
      yield* below(type, path === "" ? String(name) : `${path}.${String(name)}`)
    }
  } else yield path
}

type Names = ReadonlyArray<string>

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

function* within(value: unknown, [name, ...rest]: Names): Generator {
  if (name === undefined) {
    if (value !== undefined) yield value
  } else if (Array.isArray(value)) {
    for (const one of value) yield* within(one, [name, ...rest])
  } else if (isObject(value)) yield* within(value[name], rest)
}

const cut = (value: unknown, [name, ...rest]: Names): unknown => {
  if (name === undefined || !isObject(value)) return value
  if (Array.isArray(value)) return value.map((one: unknown) => cut(one, [name, ...rest]))
  const { [name]: inner, ...others } = value
  return rest.length === 0 || inner === undefined ? others : { ...others, [name]: cut(inner, rest) }
}
