// Checks entities. Compiled from the schemas, because decoding takes several times as long.
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { type Entity, type Kind, kinds, schemas } from "../../Entity.ts"
import { given } from "./failure.ts"

/**
 * Describes the problem with an entity that was made from `original`, without content;
 * `undefined` if it is valid. Texts, numbers and flags that are equal to the original's
 * are not checked again. Lists and objects are checked completely, because they may
 * have been changed in place. The kind and the ids must be the original's.
 */
export const problemOfChanged = (value: unknown, original: Entity): string | undefined => {
  if (!isPlain(value)) return `expected an entity, got ${given(value)}`
  const kind = (value as Fields)["_tag"]
  if (kind === original._tag) return CHECKS[original._tag](value, original)?.slice(1)
  return isKind(kind) ? `_tag: the kind must stay the same, got ${kind}` : problemOfKind(kind)
}

/** The same for an entity without a known original. */
export const problemOfEntity = (value: unknown): string | undefined => {
  if (!isPlain(value)) return `expected an entity, got ${given(value)}`
  const kind = (value as Fields)["_tag"]
  return isKind(kind) ? CHECKS[kind](value, undefined)?.slice(1) : problemOfKind(kind)
}

/** True if a value can be written as JSON and reads back the same. */
export const isJson = (value: unknown, levels = MOST_LEVELS): boolean => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true
    case "number":
      return Number.isFinite(value)
    case "object": {
      if (value === null) return true
      if (levels === 0) return false
      if (Array.isArray(value)) {
        // By index, because an array may have holes.
        for (let i = 0; i < value.length; i++) if (!isJson(value[i], levels - 1)) return false
        return true
      }
      if (!isPlain(value)) return false
      for (const name in value) if (!isJson((value as Fields)[name], levels - 1)) return false
      return true
    }
    default:
      return false
  }
}

/** True for an object without a class. */
export const isPlain = (value: unknown): value is object => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

// internal

type Fields = Readonly<Record<string, unknown>>

/** Returns the path within the value and the problem there: `.custom: expected …`. */
type Check = (value: unknown, original?: unknown) => string | undefined

/** The ids by which a sink identifies a record; only `renameIds` changes them together with their references. */
const IDENTITY: { readonly [K in Kind]: ReadonlyArray<string> } = {
  user: ["id"],
  channel: ["id"],
  member: ["channelId", "userId"],
  message: ["id"],
  reaction: ["messageId", "userId"],
  failed_webhook: ["id"]
}

/** Matches names of the model; other names may be content. */
const NAME = /^[A-Za-z_]\w{0,40}$/u
const NO_FIELD = ": there is no such field; data without a field in the model belongs in custom"

const isKind = (value: unknown): value is Kind => kinds.includes(value as Kind)

const problemOfKind = (value: unknown) =>
  `_tag: expected ${kinds.map((kind) => JSON.stringify(kind)).join(" or ")}, got ${given(value)}`

/** JSON.stringify recurses, and fails at a few thousand levels. */
const MOST_LEVELS = 500

const expected =
  (what: string, test: (value: unknown) => boolean, got: (value: unknown) => string = given): Check =>
  (value) =>
    test(value) ? undefined : `: expected ${what}, got ${got(value)}`

const isText = (value: unknown) => typeof value === "string"
const json = expected(
  "JSON: texts, finite numbers, true, false, null, and lists and plain objects of them",
  (value) => isJson(value)
)

const compile = (ast: AST.AST): Check => {
  if (ast === Schema.Json.ast) return json
  switch (ast._tag) {
    case "String":
      return compileText(ast)
    case "Number":
      return expected("a finite number", Number.isFinite)
    case "Boolean":
      return expected("true or false", (value) => typeof value === "boolean")
    case "Literal":
      return oneOf([ast.literal])
    case "Union":
      return oneOf(ast.types.map((type) => (type as AST.Literal).literal))
    case "Arrays":
      return list(compile(ast.rest[0] as AST.AST))
    case "Objects":
      return ast.indexSignatures[0] === undefined
        ? inner(struct(ast))
        : record(compile(ast.indexSignatures[0].type))
    default:
      throw new Error(`entities have no ${ast._tag}`)
  }
}

const compileText = (ast: AST.String): Check => {
  if (ast.checks === undefined) return expected("a text", isText)
  const checks = ast.checks as ReadonlyArray<AST.Filter<string>>
  // The checks themselves: a parser of the schema takes several times as long.
  const test = (value: unknown) =>
    typeof value === "string" && checks.every((check) => check.run(value, ast, OPTIONS) === undefined)
  const [first] = ast.checks
  const isNonEmpty = first === Schema.NonEmptyString.ast.checks?.[0]
  return expected(isNonEmpty ? "a text that is not empty" : String(first.annotations?.expected), test)
}

const OPTIONS: AST.ParseOptions = {}

const oneOf = (literals: ReadonlyArray<unknown>): Check => {
  const known = new Set(literals)
  return expected(
    literals.map((one) => JSON.stringify(one)).join(" or "),
    (value) => known.has(value),
    (value) => (typeof value === "string" && value !== "" ? "another text" : given(value))
  )
}

const list =
  (element: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return `: expected a list, got ${given(value)}`
    for (let i = 0; i < value.length; i++) {
      const problem = element(value[i])
      if (problem !== undefined) return `.${i}${problem}`
    }
    return undefined
  }

// The names of these fields are not the model's, and may be content.
const record =
  (field: Check): Check =>
  (value) => {
    if (!isPlain(value)) return `: expected an object, got ${given(value)}`
    for (const name in value) {
      const problem = field((value as Fields)[name])
      if (problem !== undefined) return `.?${problem}`
    }
    return undefined
  }

const CHANGED_ID = ": it must not change; use Transform.renameIds, which also changes references"

interface Rule {
  readonly check: Check
  /** The type of which all values are valid: most fields need only this check. */
  readonly enough: "string" | "boolean" | undefined
}

const enoughFor = (ast: AST.AST): Rule["enough"] =>
  ast._tag === "Boolean"
    ? "boolean"
    : ast._tag === "String" && ast.checks === undefined
      ? "string"
      : undefined

/** `fixed` are fields that must be equal to the original's, if there is one. */
const struct = (ast: AST.Objects, fixed: ReadonlyArray<string> = []): Check => {
  const rules = new Map<string, Rule>()
  const required: Array<string> = []
  for (const { name, type } of ast.propertySignatures) {
    const isOptional = AST.isOptional(type)
    if (!isOptional) required.push(String(name))
    const check = isOptional ? optional(compile(type)) : compile(type)
    rules.set(String(name), { check, enough: enoughFor(type) })
  }
  for (const name of fixed) {
    rules.set(name, { check: unchanged((rules.get(name) as Rule).check), enough: undefined })
  }
  const problemOf = (name: string, field: unknown, was: unknown) => {
    const rule = rules.get(name)
    if (rule !== undefined && typeof field === rule.enough) return undefined
    const problem = rule === undefined ? NO_FIELD : rule.check(field, was)
    return problem === undefined ? undefined : `.${NAME.test(name) ? name : "?"}${problem}`
  }
  return (value, original) => {
    if (!isPlain(value)) return `: expected an object, got ${given(value)}`
    const fields = value as Fields
    // Two loops, because looking up missing properties takes longer than everything else.
    if (original === undefined) {
      for (const name in fields) {
        const problem = problemOf(name, fields[name], undefined)
        if (problem !== undefined) return problem
      }
    } else {
      const before = original as Fields
      for (const name in fields) {
        const field = fields[name]
        const was = before[name]
        if (field === was && was !== undefined && typeof was !== "object") continue
        const problem = problemOf(name, field, was)
        if (problem !== undefined) return problem
      }
    }
    for (const name of required) if (fields[name] === undefined) return `.${name}: it is missing`
    return undefined
  }
}

/** Without the original, which a function may have changed inside. */
const inner =
  (check: Check): Check =>
  (value) =>
    check(value)

const optional =
  (check: Check): Check =>
  (value, original) =>
    value === undefined ? undefined : check(value, original)

const unchanged =
  (check: Check): Check =>
  (value, original) =>
    check(value, original) ?? (original === undefined ? undefined : CHANGED_ID)

const CHECKS: { readonly [K in Kind]: Check } = {
  user: struct(schemas.user.ast, IDENTITY.user),
  channel: struct(schemas.channel.ast, IDENTITY.channel),
  member: struct(schemas.member.ast, IDENTITY.member),
  message: struct(schemas.message.ast, IDENTITY.message),
  reaction: struct(schemas.reaction.ast, IDENTITY.reaction),
  failed_webhook: struct(schemas.failed_webhook.ast, IDENTITY.failed_webhook)
}
