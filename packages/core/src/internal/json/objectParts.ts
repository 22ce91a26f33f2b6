// How a sequence of objects is read, and what it is given in.
import * as Schema from "effect/Schema"
import type { ElementProblem } from "./errors.ts"
import type { Elements, Member, Options as ElementOptions } from "./parts.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options extends ElementOptions {
  /** Which members of an object hold objects that are read by member themselves, if they are arrays. Not asked within such an array. */
  readonly objects: (member: string) => boolean
  /**
   * Most bytes of the next member that is given whole, where that is less than
   * `maxElementBytes`: for a caller who keeps members until it knows what their
   * object is. It must depend on the parts before alone.
   */
  readonly room?: (member: string) => number
}

/**
 * Where reading goes on: give the reader the bytes from `offset`.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Position extends Schema.Opaque<Position>()(
  Schema.Struct({
    offset: Schema.Finite,
    /** In an array of elements, between members of an object, or between objects. */
    within: Schema.Literals(["elements", "members", "objects"]),
    /** The member whose array it is. */
    member: Schema.NullOr(Schema.String),
    /** Elements read so far in this array; elsewhere 1 when a comma comes next, else 0. */
    index: Schema.Finite,
    /** What the object stands in: nothing, an array, or an array that is a member of an object. */
    around: Schema.Literals(["", "[", "{["])
  })
) {}

/**
 * The object whose members came before ends here, at the offset of its
 * `position`, which tells what it stood in.
 *
 * @category models
 * @since 0.1.0
 */
export interface End {
  readonly _tag: "end"
  /** Byte offset of the object; `undefined` when reading began inside it. */
  readonly start: number | undefined
  readonly position: Position
}

/**
 * A value among the objects that is not an object.
 *
 * @category models
 * @since 0.1.0
 */
export interface Value {
  readonly _tag: "value"
  /** `undefined` when it failed. */
  readonly value: unknown
  readonly failure: ElementProblem | undefined
  /** Byte offset of the value. */
  readonly offset: number
  /** Byte offset behind its last byte. */
  readonly end: number
  /** The value's bytes, as of a member. */
  readonly bytesOf: () => Uint8Array
  readonly position: Position
}

/**
 * @category models
 * @since 0.1.0
 */
export type Part = Elements<Position> | Member<Position> | End | Value

/**
 * As `JsonElements.Reader`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reader {
  readonly push: (chunk: Uint8Array) => void
  readonly end: () => void
  readonly next: () => Part | undefined
  /** As in `JsonElements.Reader`. */
  readonly skipping: { readonly from: number; readonly to: number } | undefined
}
