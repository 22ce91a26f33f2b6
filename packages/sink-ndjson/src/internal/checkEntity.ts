import { Entity } from "@chatferry/core"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { declared } from "./consequences.ts"

/** Why a value is no entity, without its content. */
interface Problem {
  readonly kind: Entity.Kind | "unknown"
  readonly code: string
  readonly message: string
  /** The value nests so deep that it cannot be written as JSON. */
  readonly isTooDeep: boolean
}

export type Checked = { readonly entity: Entity.Entity } | { readonly problem: Problem }

/**
 * Judges a value and gives it as it is: its fields stay in the order in which
 * they came, so that writing it again gives the same bytes.
 */
export const checkEntity = (value: unknown, isStrict: boolean): Checked => {
  const kind = kindOf(value)
  // First, because a rejected value is written as JSON too.
  if (isDeeper(value, MOST_LEVELS)) return { problem: tooDeep(kind ?? "unknown") }
  if (kind === undefined) return { problem: unknownKind(value) }
  const check = checks[kind]
  if (check.is(value) && !(isStrict && check.hasUnknownField(value))) return { entity: value }
  return { problem: problem(kind, declared.invalidEntity.code, describe(check.decode(value, isStrict))) }
}

interface Check {
  readonly is: (value: unknown) => value is Entity.Entity
  readonly hasUnknownField: (value: object) => boolean
  readonly decode: (value: unknown, isStrict: boolean) => Result.Result<unknown, Schema.SchemaError>
}

const makeCheck = (kind: Entity.Kind): Check => {
  const schema: Schema.Decoder<Entity.Entity> & { readonly fields: object } = Entity.schemas[kind]
  const decode = Schema.decodeUnknownResult(schema)
  return {
    is: Schema.is(schema),
    hasUnknownField: unknownField(schema.fields),
    decode: (value, isStrict) =>
      decode(value, { errors: "all", onExcessProperty: isStrict ? "error" : "ignore" })
  }
}

/** Finds fields that a struct and the structs in it do not know; the schema itself takes three times as long to. */
const unknownField = (fields: object): ((value: object) => boolean) => {
  const known = new Set(Object.keys(fields))
  const nested = Object.entries(fields).flatMap(([name, schema]) => {
    const inner = innerFields(schema)
    return inner === undefined ? [] : [[name, unknownField(inner)] as const]
  })
  return (value) => {
    for (const name in value) if (!known.has(name)) return true
    for (const [name, hasUnknown] of nested) {
      const inner: unknown = (value as Record<string, unknown>)[name]
      if (Array.isArray(inner) ? inner.some(hasUnknown) : Predicate.isObject(inner) && hasUnknown(inner))
        return true
    }
    return false
  }
}

/** Fields of a struct, also of one that is optional or the element of an array. */
const innerFields = (schema: unknown): object | undefined => {
  if (Predicate.hasProperty(schema, "fields") && Predicate.isObject(schema.fields)) return schema.fields
  if (Predicate.hasProperty(schema, "schema")) return innerFields(schema.schema)
  return Predicate.hasProperty(schema, "value") ? innerFields(schema.value) : undefined
}

const checks: { readonly [K in Entity.Kind]: Check } = {
  user: makeCheck("user"),
  channel: makeCheck("channel"),
  member: makeCheck("member"),
  message: makeCheck("message"),
  reaction: makeCheck("reaction"),
  failed_webhook: makeCheck("failed_webhook")
}

// JSON.stringify recurses and fails at some thousand levels, depending on what is on the stack.
const MOST_LEVELS = 500

const isDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some((inner) => isDeeper(inner, levels - 1))
  for (const name in value) if (isDeeper((value as Record<string, unknown>)[name], levels - 1)) return true
  return false
}

const kindOf = (value: unknown): Entity.Kind | undefined =>
  Predicate.hasProperty(value, "_tag") && Entity.kinds.includes(value._tag as Entity.Kind)
    ? (value._tag as Entity.Kind)
    : undefined

const problem = (kind: Problem["kind"], code: string, message: string): Problem => ({
  kind,
  code,
  message,
  isTooDeep: false
})

const tooDeep = (kind: Problem["kind"]): Problem => ({
  kind,
  code: declared.nestedTooDeeply.code,
  message: `it is nested more than ${MOST_LEVELS} levels deep`,
  isTooDeep: true
})

const unknownKind = (value: unknown): Problem =>
  Predicate.isObject(value) && !Array.isArray(value)
    ? problem(
        "unknown",
        declared.unknownKind.code,
        `_tag: Expected ${Entity.kinds.map((kind) => `"${kind}"`).join(" | ")}`
      )
    : problem("unknown", declared.notAnObject.code, "Expected an object with a _tag")

const format = SchemaIssue.makeFormatterStandardSchemaV1()
const MOST_ISSUES = 8

const describe = (result: Result.Result<unknown, Schema.SchemaError>): string => {
  if (Result.isSuccess(result)) return "Expected no unknown field"
  const { issues } = format(result.failure.issue)
  const shown = issues.slice(0, MOST_ISSUES).map(({ message, path }) => `${showPath(path ?? [])}: ${message}`)
  const more = issues.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ")
}

/** Names of the model's fields and what looks like one; below `custom` names may be content. */
const showPath = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>): string => {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part))
  const custom = keys.indexOf("custom")
  return (custom < 0 ? keys : keys.slice(0, custom + 1))
    .map((key) => (typeof key === "number" || (typeof key === "string" && NAME.test(key)) ? key : "?"))
    .join(".")
}

const NAME = /^[A-Za-z_]\w{0,40}$/u
