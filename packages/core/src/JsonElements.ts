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
import * as Schema from "effect/Schema"
import { ElementReader } from "./internal/elementReader.ts"
import { type ElementProblem, ElementTooLarge, JsonSyntaxError } from "./internal/jsonErrors.ts"
import { parseLossless } from "./internal/losslessJson.ts"
import * as Json from "./Json.ts"
import { damagedFile, elementTooLarge, type SourceErrorReason } from "./SourceError.ts"

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
} from "./internal/limits.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Which members of the top-level object are read element by element, if they are arrays. Others are given whole. */
  readonly arrays: (member: string) => boolean
  /**
   * About how many bytes are parsed at once, and not more than
   * `maxElementBytes`. More is slower: V8 keeps larger strings elsewhere.
   *
   * @default 49152
   */
  readonly batchBytes?: number
  /**
   * Most bytes of one element or other member, white space around it left out.
   * A larger one is passed over and is a failure.
   *
   * @default MAX_ELEMENT_BYTES, 8 MiB
   */
  readonly maxElementBytes?: number
  /**
   * Whether something may stand behind the document, such as another one: there
   * are no parts of it, `Reader.behind` tells of it.
   *
   * @default false, it is a `JsonSyntaxError`
   */
  readonly mayGoOn?: boolean
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
 * Some elements of one array, or one that is too large. `bytesOf`, `offsetOf`
 * and `endOf` look into the reader's buffer: call them before the next `push` or
 * `next`.
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
  readonly failures: ReadonlyMap<number, ElementProblem>
  readonly position: P
  /** The bytes of `values[i]` as they stand in the document; none when it is too large. */
  readonly bytesOf: (i: number) => Uint8Array
  /** Byte offset of `values[i]` in the document. */
  readonly offsetOf: (i: number) => number
  /** Byte offset behind its last byte. */
  readonly endOf: (i: number) => number
}

/**
 * A member of the top-level object that is not read by element. `bytesOf` looks
 * into the reader's buffer: call it before the next `push` or `next`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Member<P = Position> {
  readonly _tag: "member"
  readonly name: string
  /** `undefined` when it failed. */
  readonly value: unknown
  readonly failure: ElementProblem | undefined
  /** Byte offset of the name. */
  readonly nameOffset: number
  /** Byte offset of the value. */
  readonly offset: number
  /** Byte offset behind its last byte. */
  readonly end: number
  /** The bytes of the value as they stand in the document; none when it is too large. */
  readonly bytesOf: () => Uint8Array
  readonly position: P
}

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
  /** The value that is being passed over because it is too large: where it began, and how far it has been passed over. */
  readonly skipping: { readonly from: number; readonly to: number } | undefined
  /**
   * What stands behind the document, with `mayGoOn`: its offset, and the bytes of
   * it that have been pushed so far, to copy before the next `push`. What is
   * pushed afterwards is passed over.
   */
  readonly behind: { readonly offset: number; readonly chunks: ReadonlyArray<Uint8Array> } | undefined
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
