/**
 * Parses JSON without quoting it in errors, and writes it so that every reader sees the
 * same lines.
 *
 * The messages of `JSON.parse` quote a part of the text, which may be a user's name or
 * message. The messages of this module only say where parsing stopped.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { shown } from "../errors/TaggedError.ts"
import { isDeeper as hasMoreLevels } from "../internal/json/nesting.ts"
import { isTooHeavy as isHeavy, mostWeight as most } from "../internal/json/weight.ts"

export {
  /**
   * True if arrays and objects are nested deeper than `levels`.
   *
   * @category guards
   * @since 0.1.0
   */
  isDeeper,
  /**
   * The most levels of arrays and objects in values that are passed on as JSON.
   *
   * @category models
   * @since 0.1.0
   */
  MAX_DEPTH
} from "../internal/json/depth.ts"

/**
 * A text is not valid JSON, or is nested too deeply to be read.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidJson extends Data.TaggedError("InvalidJson")<{
  /** UTF-16 units before the point where parsing stopped; `undefined` if unknown. */
  readonly at: number | undefined
}> {
  static {
    shown(this)
  }

  override get message(): string {
    return this.at === undefined ? "not valid JSON" : `not valid JSON at character ${this.at + 1}`
  }
}

/**
 * Like `JSON.parse`, but throws only `InvalidJson`.
 *
 * @category operations
 * @since 0.1.0
 */
export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalid(cause)
  }
}

/**
 * Like `parse`, but a number that JavaScript would change is returned as text with its
 * digits: an integer that would be rounded, or a value beyond the range of numbers,
 * such as `1e400`. Text that is nested a few thousand levels deep is not read.
 *
 * @category operations
 * @since 0.1.0
 */
export const parseExact = (text: string): unknown => {
  try {
    return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)
  } catch (cause) {
    throw invalid(cause)
  }
}

/**
 * Like `JSON.stringify`, but with U+0085, U+2028 and U+2029 escaped: JSON may contain
 * them unescaped, and many readers, such as Node's `readline`, end a line there.
 *
 * @category operations
 * @since 0.1.0
 */
export const write = (value: unknown, indent?: number): string => {
  const text = JSON.stringify(value, undefined, indent)
  // They are very rare, and searching for a single character is faster than any pattern.
  const isOneLine = !text.includes("\u2028") && !text.includes("\u2029") && !text.includes("\u0085")
  return isOneLine ? text : text.replaceAll(LINE_ENDS, lineEndEscaped)
}

/**
 * Parses a text and decodes the value. Failures name fields and never quote their
 * values.
 *
 * @category operations
 * @since 0.1.0
 */
export const decode = <A, E>(
  schema: Schema.Codec<A, E>,
  options?: { readonly onExcessProperty?: "ignore" | "error" | undefined }
): ((text: string) => Effect.Effect<A, InvalidJson | Schema.SchemaError>) => {
  const decodeValue = Schema.decodeUnknownEffect(schema, options)
  return (text) => Effect.flatMap(Effect.try({ try: () => parse(text), catch: invalid }), decodeValue)
}

/**
 * Like `decode`, for callers that do not need the error.
 *
 * @category operations
 * @since 0.1.0
 */
export const decodeOption = <A, E>(schema: Schema.Codec<A, E>): ((text: string) => Option.Option<A>) => {
  const decodeValue = Schema.decodeUnknownOption(schema)
  return (text) => {
    try {
      return decodeValue(JSON.parse(text))
    } catch {
      return Option.none()
    }
  }
}

/**
 * True if the arrays and objects of JSON are nested deeper than `levels`. Checked
 * before it is parsed.
 *
 * @category guards
 * @since 0.1.0
 */
export const areBytesDeeper = (json: Uint8Array, levels: number): boolean =>
  hasMoreLevels(json, 0, json.length, levels)

/**
 * True if the values of JSON would take more memory than `mostWeight` of the most bytes
 * that the text may have. Checked before it is parsed, because a few bytes can contain
 * very many values.
 *
 * @category guards
 * @since 0.1.0
 */
export const isTooHeavy = (json: Uint8Array, maxBytes: number): boolean =>
  isHeavy(json, 0, json.length, maxBytes)

/**
 * The memory that the values of JSON may take, in bytes: three times the most bytes of
 * the text, but at least 24 MiB.
 *
 * @category operations
 * @since 0.1.0
 */
export const mostWeight = (maxBytes: number): number => most(maxBytes)

/**
 * Turns what `JSON.parse` throws into an error without content.
 *
 * @category constructors
 * @since 0.1.0
 */
export const invalid = (cause: unknown): InvalidJson => {
  if (cause instanceof InvalidJson) return cause
  const at = cause instanceof SyntaxError ? /at position (\d+)/u.exec(cause.message)?.[1] : undefined
  return new InvalidJson({ at: at === undefined ? undefined : Number(at) })
}

// internal

// The third argument is newer than TypeScript's declaration of JSON.parse.
const keepDigits = (_key: string, value: unknown, { source = "" }: { readonly source?: string }) => {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value
  const isChanged = !Number.isFinite(value) || (INTEGER.test(source) && String(value) !== source)
  return isChanged ? source : value
}

const INTEGER = /^-?\d+$/u

/** Characters that end a line for some readers, other than ASCII control characters, which JSON always escapes. */
const LINE_ENDS = /[\u0085\u2028\u2029]/gu

const lineEndEscaped = (character: string) =>
  String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, "0")
