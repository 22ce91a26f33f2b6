/**
 * Reads the elements of arrays in a JSON document that may be larger than memory:
 * `{"messages":[…],"channel":{…}}`, or an array at the top level.
 *
 * Elements are located in the bytes and parsed many at a time by JSON.parse, so the
 * values are those of JSON.parse, with one difference: an integer beyond 2^53 becomes a
 * string with all its digits. An element that is not valid JSON or not valid UTF-8 is a
 * failure of that element. A document with a broken structure is a `JsonSyntaxError`.
 *
 * An element, or another member, above `maxElementBytes` fails with `too large`: it is
 * skipped without being held in memory, its range of bytes is reported, and reading
 * resumes after it. An element within the limit that consists of so many small values
 * that they would take more than three times the limit in memory is not parsed either:
 * `too many values`. So memory is a small multiple of `batchBytes`, or of the largest
 * element that the limit allows, whatever the document holds. A document that ends
 * inside a skipped element is a `JsonSyntaxError`, like any truncated document.
 *
 * The boundaries between parts depend only on the bytes and the options, not on how the
 * bytes arrive.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import { ElementReader } from "../internal/json/elementReader.ts"
import { ElementTooLarge, JsonSyntaxError } from "../internal/json/errors.ts"
import { parseLossless } from "../internal/json/lossless.ts"
import type { Elements, Member, Options, Position } from "../internal/json/parts.ts"
import { damagedFile, elementTooLarge, type SourceErrorReason } from "../SourceError.ts"
import * as Json from "./Json.ts"

export {
  /**
   * The default limit for one record, or for another value that is held in memory as a
   * whole: 8 MiB. Measurements show that any such record is migrated in less than 300
   * MB with a heap of 128 MB.
   *
   * @category configuration
   * @since 0.1.0
   */
  MAX_ELEMENT_BYTES
} from "../internal/json/limits.ts"

export { type Elements, type Member, type Options, Position } from "../internal/json/parts.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Part = Elements | Member

export {
  /**
   * The problem with an element or member that failed.
   *
   * @category models
   * @since 0.1.0
   */
  type ElementProblem,
  /**
   * A member's name is larger than `maxElementBytes`.
   *
   * @category errors
   * @since 0.1.0
   */
  ElementTooLarge,
  /**
   * The document's structure is broken. Has the reason, a sentence about it (`problem`)
   * and its byte offset.
   *
   * @category errors
   * @since 0.1.0
   */
  JsonSyntaxError,
  /**
   * What is wrong with a document's structure.
   *
   * @category errors
   * @since 0.1.0
   */
  type SyntaxReason
} from "../internal/json/errors.ts"

/**
 * Parses a text in the same way as elements: integers beyond 2^53 become strings with
 * all their digits. Throws `Json.InvalidJson`.
 *
 * @category operations
 * @since 0.1.0
 */
export const parse = (text: string): unknown => {
  try {
    return parseLossless(text)
  } catch (cause) {
    throw Json.invalid(cause)
  }
}

/**
 * Reads one document synchronously: push bytes, then take parts until there are none;
 * after the last bytes call `end` and take the rest. `next` throws `JsonSyntaxError` or
 * `ElementTooLarge`, after which the reader cannot be used any more.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reader {
  readonly push: (chunk: Uint8Array) => void
  readonly end: () => void
  readonly next: () => Part | undefined
  /** The value that is being skipped because it is too large: where it begins, and how much of it has been skipped. */
  readonly skipping: { readonly from: number; readonly to: number } | undefined
  /**
   * The data after the document, with `allowTrailing`: its offset, and its bytes pushed
   * so far, which must be copied before the next `push`. Bytes pushed later are
   * ignored.
   */
  readonly trailing: { readonly offset: number; readonly chunks: ReadonlyArray<Uint8Array> } | undefined
}

/**
 * Makes a reader, at the start of a document or at a position in it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options, position?: Position): Reader =>
  // Only sequences of objects give other parts and positions.
  new ElementReader(options, position) as Reader

/**
 * Calls a reader's `next` and turns problems of the document into errors of the source.
 * `location` is the document. `reasonOf` translates other exceptions of `next`, which
 * are defects otherwise.
 *
 * @category operations
 * @since 0.1.0
 */
export const nextPart = <A>(
  next: () => A | undefined,
  location: string,
  maxElementBytes: number,
  reasonOf?: (cause: unknown) => SourceErrorReason | undefined
): Effect.Effect<A | undefined, SourceErrorReason> => {
  try {
    return Effect.succeed(next())
  } catch (cause) {
    if (cause instanceof ElementTooLarge) {
      return Effect.fail(elementTooLarge(`${location} (byte ${cause.offset})`, maxElementBytes))
    }
    if (cause instanceof JsonSyntaxError) {
      return Effect.fail(damagedFile(`${location} (byte ${cause.offset})`, cause.problem))
    }
    const reason = reasonOf?.(cause)
    return reason === undefined ? Effect.die(cause) : Effect.fail(reason)
  }
}
