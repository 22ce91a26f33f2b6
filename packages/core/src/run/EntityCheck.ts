/**
 * Checks whether a value is a canonical entity.
 *
 * For code that reads entities from elsewhere: lines of a file, and rejects that a user
 * has corrected. Problems name fields and never quote their values.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Consequence from "../Consequence.ts"
import { type Entity, kinds, type Kind, schemas } from "../Entity.ts"
import * as Misfit from "../errors/Misfit.ts"
import { isDeeper } from "../internal/json/depth.ts"
import { problemOfEntity } from "../internal/transforms/entityCheck.ts"

/**
 * Why a value is not an entity, without content.
 *
 * @category models
 * @since 0.1.0
 */
export interface Problem {
  readonly kind: Kind | "unknown"
  readonly code: string
  readonly message: string
  /** The value is nested too deeply to be written as JSON. */
  readonly isTooDeep: boolean
}

/**
 * The value as an entity, or why it is not one.
 *
 * @category models
 * @since 0.1.0
 */
export type Checked = { readonly entity: Entity } | { readonly problem: Problem }

/**
 * Checks a value and returns it unchanged: its fields keep their order, so writing it
 * again gives the same bytes.
 *
 * @category operations
 * @since 0.1.0
 */
export const check = (value: unknown, unknownFields: "reject" | "keep" = "reject"): Checked => {
  const isStrict = unknownFields === "reject"
  const kind = kindOf(value)
  // This comes first, because a rejected value is written as JSON too.
  if (isDeeper(value, MOST_LEVELS)) return { problem: tooDeep(kind ?? "unknown") }
  if (kind === undefined) return { problem: unknownKind(value) }
  const { decode, is } = checks[kind]
  // The schema names every problem, but takes several times as long to find that there is none.
  const found = isStrict ? problemOfEntity(value) : is(value) ? undefined : NO_ENTITY
  if (found === undefined) return { entity: value as Entity }
  const decoded = decode(value, isStrict)
  const message = Result.isFailure(decoded) ? Misfit.describe(decoded.failure) : found
  return { problem: problem(kind, declared.invalidEntity.code, message) }
}

const CORRECT = "Correct them in a copy of rejects.ndjson and run again with the option corrections."

/**
 * The consequences of lines and values that are not entities.
 *
 * @category models
 * @since 0.1.0
 */
export const declared = {
  invalidJson: Consequence.make("invalid_json", {
    effect: "lost",
    says: "lines that are not one JSON value",
    action: CORRECT
  }),
  invalidUtf8: Consequence.make("invalid_utf8", {
    effect: "lost",
    says: "lines that are not UTF-8",
    action: CORRECT
  }),
  nestedTooDeeply: Consequence.make("nested_too_deeply", {
    effect: "lost",
    says: "lines that nest more than 500 levels",
    action: CORRECT
  }),
  notAnObject: Consequence.make("not_an_object", {
    effect: "lost",
    says: "lines that hold a JSON value other than an object",
    action: CORRECT
  }),
  unknownKind: Consequence.make("unknown_kind", {
    effect: "lost",
    says: "lines without a _tag, or with one that is not a kind",
    action: CORRECT
  }),
  invalidEntity: Consequence.make("invalid_entity", {
    effect: "lost",
    says: "lines that are not a valid entity of their kind",
    action:
      "Correct the fields that the reject names in a copy of rejects.ndjson and run again with the option corrections."
  })
} as const

// internal

interface Check {
  readonly is: (value: unknown) => value is Entity
  readonly decode: (value: unknown, isStrict: boolean) => Result.Result<unknown, Schema.SchemaError>
}

const makeCheck = (kind: Kind): Check => {
  const schema: Schema.Decoder<Entity> = schemas[kind]
  const decode = Schema.decodeUnknownResult(schema)
  return {
    is: Schema.is(schema),
    decode: (value, isStrict) =>
      decode(value, { errors: "all", onExcessProperty: isStrict ? "error" : "ignore" })
  }
}

const checks: { readonly [K in Kind]: Check } = {
  user: makeCheck("user"),
  channel: makeCheck("channel"),
  member: makeCheck("member"),
  message: makeCheck("message"),
  reaction: makeCheck("reaction"),
  failed_webhook: makeCheck("failed_webhook")
}

const NO_ENTITY = "it is not an entity"

// JSON.stringify recurses and fails at a few thousand levels, depending on the size of the stack.
const MOST_LEVELS = 500

const kindOf = (value: unknown): Kind | undefined =>
  Predicate.hasProperty(value, "_tag") && kinds.includes(value._tag as Kind)
    ? (value._tag as Kind)
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
        `_tag: Expected ${kinds.map((kind) => `"${kind}"`).join(" | ")}`
      )
    : problem("unknown", declared.notAnObject.code, "Expected an object with a _tag")
