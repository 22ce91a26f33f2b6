/**
 * Settings that users give in code: each configuration is a `Schema.Struct`.
 *
 * `decode` checks a value of any type with such a schema and fills in defaults. It
 * reports all unknown and invalid settings in one `InvalidConfig`, each with its path,
 * its expected values and its actual value. For an optional setting, `undefined` is the
 * same as leaving it out. Values are quoted in short form, and values of secrets never.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaParser from "effect/SchemaParser"
import { InvalidConfig } from "../internal/errors/invalidConfig.ts"
import { problemsOf } from "../internal/settings/problems.ts"
import * as Fingerprint from "./Fingerprint.ts"

/**
 * Checks settings and fills in defaults.
 *
 * @category running
 * @since 0.1.0
 */
export const decode = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  settings: unknown
): Effect.Effect<S["Type"], InvalidConfig> =>
  Effect.suspend(() => Effect.fromResult(result(schema, settings)))

/**
 * Like `decode`, without an effect.
 *
 * @category running
 * @since 0.1.0
 */
export const result = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  settings: unknown
): Result.Result<S["Type"], InvalidConfig> =>
  Result.mapError(SchemaParser.decodeUnknownResult(schema)(settings, STRICT), (issue) => {
    const [first, ...more] = problemsOf(issue, settings)
    return new InvalidConfig({
      ...(first ?? { setting: "the configuration", problem: "is not valid" }),
      ...(more.length > 0 && { more })
    })
  })

/**
 * The fingerprint of decoded settings: all except `incidental` ones, with secrets and
 * functions as hashes.
 *
 * @category operations
 * @since 0.1.0
 */
export const fingerprint = <F extends Schema.Struct.Fields>(
  { fields }: Schema.Struct<F>,
  decoded: Schema.Struct.Type<F>
): Fingerprint.Fingerprint =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([setting, { ast }]) => {
      if (ast.context?.annotations?.[INCIDENTAL] === true) return []
      const value = toJson((decoded as Readonly<Record<string, unknown>>)[setting])
      return value === undefined ? [] : [[setting, value]]
    })
  )

/**
 * One setting of a configuration, for documentation.
 *
 * @category models
 * @since 0.1.0
 */
export interface Described {
  readonly setting: string
  /** The default as a user would write it; `undefined` if there is none. */
  readonly default: unknown
}

/**
 * Lists the settings of a configuration and their defaults.
 *
 * @category operations
 * @since 0.1.0
 */
export const describe = ({ fields }: { readonly fields: Schema.Struct.Fields }): ReadonlyArray<Described> =>
  Object.entries(fields).map(([setting, { ast }]) => ({
    setting,
    default: ast.context?.annotations?.[DEFAULT]
  }))

/**
 * The setting `name` of a configuration that may be invalid, for errors about it.
 *
 * @category operations
 * @since 0.1.0
 */
export const nameOf = (settings: unknown, otherwise: string): string => {
  const name: unknown =
    typeof settings === "object" && settings !== null && "name" in settings ? settings.name : undefined
  return typeof name === "string" && name !== "" ? name : otherwise
}

/**
 * An optional setting with a default, given as a user would write it.
 *
 * @category fields
 * @since 0.1.0
 */
export const withDefault = <S extends Schema.Top>(
  schema: S,
  value: S["Encoded"]
): Schema.withDecodingDefault<S> =>
  schema.pipe(Schema.withDecodingDefault(Effect.succeed(value)), Schema.annotateKey({ [DEFAULT]: value }))

/**
 * An optional setting.
 *
 * @category fields
 * @since 0.1.0
 */
export const optional = <S extends Schema.Constraint>(schema: S): Schema.optional<S> =>
  Schema.optional(schema)

/**
 * Makes some fields optional, for code that takes the settings of a source but does
 * less with them.
 *
 * @category fields
 * @since 0.1.0
 */
export const partly = <F extends Schema.Struct.Fields, const Names extends ReadonlyArray<keyof F & string>>(
  fields: F,
  names: Names
): Partly<F, Names[number]> => {
  const left = Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => names.includes(name))
      .map(([name, schema]) => [name, optional(schema)])
  )
  return { ...fields, ...left } as unknown as Partly<F, Names[number]>
}

/**
 * The result of `partly`.
 *
 * @category models
 * @since 0.1.0
 */
export type Partly<F extends Schema.Struct.Fields, K extends keyof F> = Omit<F, K> & {
  readonly [Name in K]: Schema.optional<F[Name]>
}

/**
 * A setting that does not change the output, such as a timeout or a folder. It is not
 * part of fingerprints.
 *
 * @category fields
 * @since 0.1.0
 */
export const incidental = <S extends Schema.Top>(schema: S): S["Rebuild"] =>
  schema.annotateKey({ ...schema.ast.context?.annotations, [INCIDENTAL]: true })

/**
 * Rules about several settings. Each problem names the path of a setting and continues
 * a sentence that begins with it, such as `must be later than from`. They are checked
 * once each setting is valid by itself.
 *
 * @category fields
 * @since 0.1.0
 */
export const rules = <A>(
  broken: (settings: A) => Iterable<readonly [path: ReadonlyArray<PropertyKey>, problem: string]>
): SchemaAST.Filter<A> =>
  Schema.makeFilter((settings: A) =>
    Array.from(broken(settings), ([path, problem]) => ({ path, issue: problem }))
  )

// internal

const STRICT = { errors: "all", onExcessProperty: "error", reportInput: false } as const

const DEFAULT = "~@chatferry/core/Settings/default"
const INCIDENTAL = "~@chatferry/core/Settings/incidental"

const toJson = (value: unknown): Schema.Json | undefined => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value
    case "number":
      return Number.isFinite(value) ? value : String(value)
    case "function":
      return Fingerprint.ofFunction(value as (...args: never) => unknown)
    case "object":
      return value === null ? null : objectToJson(value)
    default:
      return undefined
  }
}

const objectToJson = (value: object): Schema.Json => {
  if (Redacted.isRedacted(value)) return Fingerprint.ofSecret(value as Redacted.Redacted)
  if (Array.isArray(value)) return value.map((item) => toJson(item) ?? null)
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, of]) => {
      const json = toJson(of)
      return json === undefined ? [] : [[key, json]]
    })
  )
}
