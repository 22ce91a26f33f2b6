// Judges entities that a transform made. Compiled from the schemas, because decoding takes several times as long.
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { type Entity, type Kind, kinds, schemas } from "../../Entity.ts"
import { given } from "./failure.ts"

/**
 * Says what is wrong with an entity that was made of `original`, without content;
 * `undefined` when nothing is. Values that are the original's own are not looked
 * at: those have been judged. The kind and the ids must be the original's.
 */
export const problemOfChanged = (value: unknown, original: Entity): string | undefined => {
  if (value === original) return undefined
  const kind = kinds.find((kind) => isPlain(value) && (value as Fields)["_tag"] === kind)
  if (kind !== undefined && kind !== original._tag) return `_tag: the kind must stay what it is, got ${kind}`
  const problem = problemOfEntity(value, original)
  if (problem !== undefined) return problem
  for (const field of IDENTITY[original._tag]) {
    if ((value as Fields)[field] !== (original as unknown as Fields)[field]) {
      return `${field}: it must stay what it is; Transform.renameIds changes ids, so that references follow`
    }
  }
  return undefined
}

/** The same for an entity of which no original is known. */
export const problemOfEntity = (value: unknown, original?: Entity): string | undefined => {
  if (!isPlain(value)) return `expected an entity, got ${given(value)}`
  const kind = (value as Fields)["_tag"]
  const check = typeof kind === "string" && Object.hasOwn(CHECKS, kind) ? CHECKS[kind as Kind] : undefined
  if (check === undefined) return `_tag: expected ${KINDS}, got ${given(kind)}`
  const problem = check(value, original?._tag === kind ? original : undefined)
  return problem?.startsWith(".") === true ? problem.slice(1) : problem
}

/** Tells whether a value can be written as JSON and read back the same. */
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
      if (Array.isArray(value)) return value.every((inner) => isJson(inner, levels - 1))
      return isPlain(value) && Object.values(value).every((inner) => isJson(inner, levels - 1))
    }
    default:
      return false
  }
}

// internal

type Fields = Readonly<Record<string, unknown>>

/** Gives the path within the value and what is wrong there: `.custom: expected …`. */
type Check = (value: unknown, original: unknown) => string | undefined

/** What a sink takes for the same record; references follow only through `renameIds`. */
const IDENTITY: { readonly [K in Kind]: ReadonlyArray<string> } = {
  user: ["id"],
  channel: ["id"],
  member: ["channelId", "userId"],
  message: ["id"],
  reaction: ["messageId", "userId"],
  failed_webhook: ["id"]
}

/** What names of the model look like; others may be content. */
const NAME = /^[A-Za-z_]\w{0,40}$/u
const NO_FIELD = "there is no such field; what the model has no field for belongs in custom"

const KINDS = kinds.map((kind) => JSON.stringify(kind)).join(" or ")

/** JSON.stringify recurses, and fails at some thousand levels. */
const MOST_LEVELS = 500

const isPlain = (value: unknown): value is object => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const expected =
  (what: string, test: (value: unknown) => boolean): Check =>
  (value) =>
    test(value) ? undefined : `: expected ${what}, got ${given(value)}`

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
      return ast.indexSignatures[0] === undefined ? struct(ast) : record(compile(ast.indexSignatures[0].type))
    default:
      throw new Error(`entities have no ${ast._tag}`)
  }
}

const compileText = (ast: AST.String): Check => {
  if (ast.checks === undefined) return expected("a text", isText)
  const test = Schema.is(Schema.make(ast))
  const isPattern = String(ast.checks[0].annotations?.expected).includes("RegExp")
  return expected(isPattern ? "a time in UTC such as 2020-08-04T16:00:00Z" : "a text that is not empty", test)
}

const oneOf = (literals: ReadonlyArray<unknown>): Check => {
  const known = new Set(literals)
  const test = (value: unknown) => known.has(value)
  const check = expected(literals.map((one) => JSON.stringify(one)).join(" or "), test)
  return (value, original) =>
    typeof value === "string" && !known.has(value)
      ? check(value, original)?.replace("got a text", "got another text")
      : check(value, original)
}

const list =
  (element: Check): Check =>
  (value, original) => {
    if (!Array.isArray(value)) return `: expected a list, got ${given(value)}`
    const before: ReadonlyArray<unknown> = Array.isArray(original) ? original : []
    for (const [i, one] of (value as ReadonlyArray<unknown>).entries()) {
      const problem = i < before.length && one === before[i] ? undefined : element(one, before[i])
      if (problem !== undefined) return `.${i}${problem}`
    }
    return undefined
  }

// Names of fields are not the model's here, and may be content.
const record =
  (field: Check): Check =>
  (value, original) => {
    if (!isPlain(value)) return `: expected an object, got ${given(value)}`
    const before = isPlain(original) ? (original as Fields) : {}
    for (const name of Object.keys(value)) {
      const own = (value as Fields)[name]
      const was = Object.hasOwn(before, name) ? before[name] : undefined
      const problem = was !== undefined && own === was ? undefined : field(own, was)
      if (problem !== undefined) return `.?${problem}`
    }
    return undefined
  }

const struct = (ast: AST.Objects): Check => {
  const checks = new Map<string, Check>()
  const required: Array<string> = []
  for (const { name, type } of ast.propertySignatures) {
    const check = compile(type)
    const isOptional = AST.isOptional(type)
    if (!isOptional) required.push(String(name))
    checks.set(
      String(name),
      isOptional ? (value, original) => (value === undefined ? undefined : check(value, original)) : check
    )
  }
  return (value, original) => {
    if (!isPlain(value)) return `: expected an object, got ${given(value)}`
    const fields = value as Fields
    const before = original as Fields | undefined
    for (const name in fields) {
      const field = fields[name]
      const was = before === undefined ? undefined : before[name]
      if (field === was && was !== undefined) continue
      const check = checks.get(name)
      if (check === undefined) return `.${NAME.test(name) ? name : "?"}: ${NO_FIELD}`
      const problem = check(field, was)
      if (problem !== undefined) return `.${name}${problem}`
    }
    for (const name of required) if (fields[name] === undefined) return `.${name}: it is missing`
    return undefined
  }
}

const CHECKS: { readonly [K in Kind]: Check } = {
  user: compile(schemas.user.ast),
  channel: compile(schemas.channel.ast),
  member: compile(schemas.member.ast),
  message: compile(schemas.message.ast),
  reaction: compile(schemas.reaction.ast),
  failed_webhook: compile(schemas.failed_webhook.ast)
}
