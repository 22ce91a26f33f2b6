// The options and results of reading a document element by element.
import * as Schema from "effect/Schema"
import type { ElementProblem } from "./errors.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Selects the members of the top-level object that are read element by element, if they are arrays. Others are given whole. */
  readonly arrays: (member: string) => boolean
  /**
   * The approximate number of bytes parsed at once, at most `maxElementBytes`. More is
   * slower: V8 allocates larger strings elsewhere.
   *
   * @default 49152
   */
  readonly batchBytes?: number
  /**
   * The most bytes of one element or other member, without surrounding whitespace. A
   * larger one is skipped and is a failure.
   *
   * @default MAX_ELEMENT_BYTES, 8 MiB
   */
  readonly maxElementBytes?: number
  /**
   * Whether other data, such as another document, may follow the document. It does not
   * become parts; `Reader.trailing` gives it.
   *
   * @default false, it is a `JsonSyntaxError`
   */
  readonly allowTrailing?: boolean
}

/**
 * The position to resume from: push the document's bytes from `offset`.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Position extends Schema.Opaque<Position>()(
  Schema.Struct({
    offset: Schema.Finite,
    /** In an array of elements, or between members of the top-level object. */
    within: Schema.Literals(["elements", "members"]),
    /** The member whose array it is; `null` for an array at the top level. */
    member: Schema.NullOr(Schema.String),
    /** Elements read so far in this array; between members 1 if a comma comes next, otherwise 0. */
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
  /** The member whose array it is; `undefined` for an array at the top level. */
  readonly member: string | undefined
  /** `undefined` for an element that failed. */
  readonly values: ReadonlyArray<unknown>
  /** Index of `values[0]` in its array. */
  readonly first: number
  /** The problems of elements that failed, by index in `values`. */
  readonly failures: ReadonlyMap<number, ElementProblem>
  readonly position: P
  /** The bytes of `values[i]` as they are in the document; none if it is too large. */
  readonly bytesOf: (i: number) => Uint8Array
  /** Byte offset of `values[i]` in the document. */
  readonly offsetOf: (i: number) => number
  /** Byte offset behind its last byte. */
  readonly endOf: (i: number) => number
}

/**
 * A member of the top-level object that is not read element by element. `bytesOf` looks
 * into the reader's buffer: call it before the next `push` or `next`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Member<P = Position> {
  readonly _tag: "member"
  readonly name: string
  /** `undefined` if it failed. */
  readonly value: unknown
  readonly failure: ElementProblem | undefined
  /** Byte offset of the name. */
  readonly nameOffset: number
  /** Byte offset of the value. */
  readonly offset: number
  /** Byte offset behind its last byte. */
  readonly end: number
  /** The bytes of the value as they are in the document; none if it is too large. */
  readonly bytesOf: () => Uint8Array
  readonly position: P
}

/**
 * What an integer beyond 2^53 becomes. `text`: always its digits. `exact`: a number if
 * that number is written with the same digits, otherwise its digits.
 */
export type Integers = "text" | "exact"
