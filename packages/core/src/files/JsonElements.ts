/**
 * Reads the elements of arrays inside a JSON document that may be larger than
 * memory: `{"messages":[…],"channel":{…}}`, or an array at the top.
 *
 * Elements are found in the bytes and parsed many at a time by JSON.parse, so
 * the values are what JSON.parse gives, with one difference: an integer beyond
 * 2^53 comes as a string with all its digits. An element that is no valid JSON
 * or no valid UTF-8 is a failure of that element; a document whose structure is
 * broken is a `JsonSyntaxError`.
 *
 * An element, or another member, above `maxElementBytes` is a failure of its
 * own, `too large`: it is passed over without being held, its range of bytes is
 * reported, and reading resumes behind it. One within the limit that is made of
 * so many small values that they would take more than three times the limit of
 * memory is not parsed either: `too many values`. So memory is a small multiple
 * of `batchBytes`, or of the largest element that the limit allows, whatever the
 * document holds. A document that ends inside an element that is passed over is
 * a `JsonSyntaxError`, as any that is cut off.
 *
 * Where one part ends and the next begins depends on the bytes and the options
 * alone, not on how the bytes arrive.
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
   * Most bytes of one record, or of another value that is held in memory as a
   * whole, unless a setting says otherwise: 8 MiB. Measured: whatever such a
   * record consists of, it is migrated in less than 300 MB and with a heap of
   * 128 MB.
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
   * What is wrong with an element or member that failed.
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
   * The document's structure is broken: what is wrong and at which byte.
   *
   * @category errors
   * @since 0.1.0
   */
  JsonSyntaxError
} from "../internal/json/errors.ts"

/**
 * Parses a text as elements are parsed: integers beyond 2^53 come as strings
 * with all their digits. Throws `Json.InvalidJson`.
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
 * Reads one document. Synchronous: push bytes, then take parts until there are
 * none; after the last bytes call `end` and take the rest. `next` throws
 * `JsonSyntaxError` or `ElementTooLarge`, after which the reader is of no use.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reader {
  readonly push: (chunk: Uint8Array) => void
  readonly end: () => void
  readonly next: () => Part | undefined
  /** The value that is being passed over because it is too large: where it began, and how far it has been passed over. */
  readonly skipping: { readonly from: number; readonly to: number } | undefined
  /**
   * What stands behind the document, with `allowTrailing`: its offset, and the bytes of
   * it that have been pushed so far, to copy before the next `push`. What is
   * pushed afterwards is passed over.
   */
  readonly trailing: { readonly offset: number; readonly chunks: ReadonlyArray<Uint8Array> } | undefined
}

/**
 * Makes a reader, at the start of a document or at a position of it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options, position?: Position): Reader =>
  // Only a sequence of objects gives other parts and positions.
  new ElementReader(options, position) as Reader

/**
 * Calls a reader's `next` and gives what is wrong with the document as an error
 * of the source. `place` is the document; `reasonOf` tells what else `next` may
 * throw, which is a defect otherwise.
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
