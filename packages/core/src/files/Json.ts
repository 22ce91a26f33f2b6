/**
 * Parses JSON without quoting it in errors, and writes it so that a line is a
 * line for every reader.
 *
 * The messages of `JSON.parse` hold a piece of the text, which is somebody's
 * name or message; those of this module say where parsing stopped and nothing
 * else.
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
   * Tells whether arrays and objects are nested deeper than `levels`.
   *
   * @category guards
   * @since 0.1.0
   */
  isDeeper,
  /**
   * Most levels of arrays and objects in what goes on as JSON.
   *
   * @category models
   * @since 0.1.0
   */
  MAX_DEPTH
} from "../internal/json/depth.ts"

/**
 * A text is not valid JSON, or is nested more deeply than can be read.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidJson extends Data.TaggedError("InvalidJson")<{
  /** UTF-16 units before the place where parsing stopped; `undefined` when that is not known. */
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
 * What `JSON.parse` gives. Throws `InvalidJson` and nothing else.
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
 * As `parse`, but a number that JavaScript would change comes as a text with its
 * digits: an integer that would be rounded, and what is larger than any number,
 * such as `1e400`. What is nested some thousands of levels deep is not read.
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
 * What `JSON.stringify` gives, with U+0085, U+2028 and U+2029 as escapes: JSON may
 * hold them as they are, and many readers, such as Node's `readline`, end a line
 * there.
 *
 * @category operations
 * @since 0.1.0
 */
export const write = (value: unknown, indent?: number): string => {
  const text = JSON.stringify(value, undefined, indent)
  // Hardly any text holds one, and looking for a single character is quicker than any pattern.
  const isOneLine = !text.includes("\u2028") && !text.includes("\u2029") && !text.includes("\u0085")
  return isOneLine ? text : text.replaceAll(LINE_ENDS, lineEndEscaped)
}

/**
 * Parses a text and decodes the value. Failures name fields and never quote what
 * is in them.
 *
 * @category operations
 * @since 0.1.0
 */
export const decode = <A, E>(
  schema: Schema.Codec<A, E>,
  options?: { readonly onExcessProperty?: "ignore" | "error" }
): ((text: string) => Effect.Effect<A, InvalidJson | Schema.SchemaError>) => {
  const decodeValue = Schema.decodeUnknownEffect(schema, options)
  return (text) => Effect.flatMap(Effect.try({ try: () => parse(text), catch: invalid }), decodeValue)
}

/**
 * The same where it does not matter what is wrong.
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
 * Tells JSON whose arrays and objects are nested deeper than so many levels,
 * before it is parsed.
 *
 * @category guards
 * @since 0.1.0
 */
export const areBytesDeeper = (json: Uint8Array, levels: number): boolean =>
  hasMoreLevels(json, 0, json.length, levels)

/**
 * Tells JSON whose values would take more memory than `mostWeight` of the most
 * bytes that the text may have, before it is parsed: a few bytes can be very many
 * values.
 *
 * @category guards
 * @since 0.1.0
 */
export const isTooHeavy = (json: Uint8Array, maxBytes: number): boolean =>
  isHeavy(json, 0, json.length, maxBytes)

/**
 * Bytes of memory that the values of JSON may take: three times what the text may
 * have, and 24 MiB where that is more.
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

/** What ends a line for some readers and is no control character of ASCII, which JSON always escapes. */
const LINE_ENDS = /[\u0085\u2028\u2029]/gu

const lineEndEscaped = (character: string) =>
  String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, "0")
