// The options and results of reading a sequence of objects.
import * as Schema from "effect/Schema"
import type { ElementProblem } from "./errors.ts"
import type { Elements, Member, Options as ElementOptions } from "./parts.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options extends ElementOptions {
  /** Selects members that are arrays of objects, which are then read member by member themselves. Not called within such an array. */
  readonly objects: (member: string) => boolean
  /**
   * The most bytes of the next member that is given whole, if less than
   * `maxElementBytes`, for a caller that keeps members until it knows their object. It
   * must depend only on the previous parts.
   */
  readonly memberLimit?: (member: string) => number
}

/**
 * The position to resume from: push the bytes from `offset`.
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
    /** Elements read so far in this array; elsewhere 1 if a comma comes next, otherwise 0. */
    index: Schema.Finite,
    /** What surrounds the object: nothing, an array, or an array that is a member of an object. */
    around: Schema.Literals(["", "[", "{["])
  })
) {}

/**
 * The end of the object whose members came before, at the offset of `position`, which
 * says what surrounded it.
 *
 * @category models
 * @since 0.1.0
 */
export interface End {
  readonly _tag: "end"
  /** Byte offset of the object; `undefined` if reading began inside it. */
  readonly start: number | undefined
  readonly position: Position
}

/**
 * A value between the objects that is not an object.
 *
 * @category models
 * @since 0.1.0
 */
export interface Value {
  readonly _tag: "value"
  /** `undefined` if it failed. */
  readonly value: unknown
  readonly failure: ElementProblem | undefined
  /** Byte offset of the value. */
  readonly offset: number
  /** Byte offset after its last byte. */
  readonly end: number
  /** The value's bytes, as for a member. */
  readonly bytesOf: () => Uint8Array
  readonly position: Position
}

/**
 * @category models
 * @since 0.1.0
 */
export type Part = Elements<Position> | Member<Position> | End | Value

/** Reads a sequence of objects, in the same way as `JsonElements.Reader`.
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
