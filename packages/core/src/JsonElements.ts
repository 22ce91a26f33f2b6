/**
 * Reads the elements of arrays inside a JSON document that may be larger than
 * memory: `{"messages":[…],"channel":{…}}`, or an array at the top.
 *
 * Elements are found in the bytes and parsed many at a time by JSON.parse, so
 * the values are what JSON.parse gives, with one difference: an integer beyond
 * 2^53 comes as a string with all its digits. An element that is no valid JSON
 * or no valid UTF-8 is a failure of that element; a document whose structure is
 * broken is a `JsonSyntaxError`. Memory is a small multiple of `batchBytes`, or
 * of the largest element.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ElementReader } from "./internal/elementReader.ts"
import { ElementTooLarge, JsonSyntaxError } from "./internal/jsonErrors.ts"
import { parseLossless } from "./internal/losslessJson.ts"
import * as Json from "./Json.ts"
import { damagedFile, elementTooLarge, type SourceErrorReason } from "./SourceError.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Which members of the top-level object are read element by element, if they are arrays. Others are given whole. */
  readonly arrays: (member: string) => boolean
  /** About how many bytes are parsed at once; 48 KiB. More is slower: V8 keeps larger strings elsewhere. */
  readonly batchBytes?: number
  /** Largest element or other member; 64 MiB. */
  readonly maxElementBytes?: number
}

/**
 * Where reading goes on: give the reader the document's bytes from `offset`.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Position extends Schema.Opaque<Position>()(
  Schema.Struct({
    offset: Schema.Finite,
    /** In an array of elements, or between members of the top-level object. */
    within: Schema.Literals(["elements", "members"]),
    /** The member whose array it is; `null` for an array at the top. */
    member: Schema.NullOr(Schema.String),
    /** Elements read so far in this array; 1 between members when a comma comes next, else 0. */
    index: Schema.Finite
  })
) {}

/**
 * Some elements of one array. `textOf`, `bytesOf` and `offsetOf` look into the
 * reader's buffer: call them before the next `push` or `next`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Elements<P = Position> {
  readonly _tag: "elements"
  /** The member whose array it is; `undefined` for an array at the top. */
  readonly member: string | undefined
  /** `undefined` where an element failed. */
  readonly values: ReadonlyArray<unknown>
  /** Position of `values[0]` in its array. */
  readonly first: number
  /** What is wrong with elements that failed, by index in `values`. */
  readonly failures: ReadonlyMap<number, string>
  readonly position: P
  /** The bytes of `values[i]` as they stand in the document. */
  readonly bytesOf: (i: number) => Uint8Array
  /** Byte offset of `values[i]` in the document. */
  readonly offsetOf: (i: number) => number
}

/**
 * A member of the top-level object that is not read by element.
 *
 * @category models
 * @since 0.1.0
 */
export interface Member<P = Position> {
  readonly _tag: "member"
  readonly name: string
  /** `undefined` when it failed. */
  readonly value: unknown
  readonly failure: string | undefined
  readonly offset: number
  readonly position: P
}

/**
 * @category models
 * @since 0.1.0
 */
export type Part = Elements | Member

export {
  /**
   * An element or member is larger than `maxElementBytes`.
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
} from "./internal/jsonErrors.ts"

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
  place: string,
  maxElementBytes: number,
  reasonOf?: (cause: unknown) => SourceErrorReason | undefined
): Effect.Effect<A | undefined, SourceErrorReason> => {
  try {
    return Effect.succeed(next())
  } catch (cause) {
    if (cause instanceof ElementTooLarge) {
      return Effect.fail(elementTooLarge(`${place} (byte ${cause.offset})`, maxElementBytes))
    }
    if (cause instanceof JsonSyntaxError) {
      return Effect.fail(damagedFile(`${place} (byte ${cause.offset})`, cause.problem))
    }
    const reason = reasonOf?.(cause)
    return reason === undefined ? Effect.die(cause) : Effect.fail(reason)
  }
}
