// How a document is read by element, and what it is given in.
import * as Schema from "effect/Schema"
import type { ElementProblem } from "./errors.ts"

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
   * are no parts of it, `Reader.trailing` tells of it.
   *
   * @default false, it is a `JsonSyntaxError`
   */
  readonly allowTrailing?: boolean
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
