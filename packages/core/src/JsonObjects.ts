/**
 * Reads a sequence of large JSON objects, each by its members and some of those
 * by element: `{"messages":[…]}` one after the other with or without space
 * between them, in an array, or in an array that is a member of an object, such
 * as `{"channels":[{"messages":[…]},…]}`.
 *
 * What `JsonElements` says of values, failures and memory holds here too. An
 * object itself may be of any size; `maxElementBytes` is the most of one of its
 * members, of an element of those, and of a value among the objects.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Schema from "effect/Schema"
import { ElementReader } from "./internal/elementReader.ts"
import type * as JsonElements from "./JsonElements.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options extends JsonElements.Options {
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
  readonly failure: JsonElements.ElementProblem | undefined
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
export type Part = JsonElements.Elements<Position> | JsonElements.Member<Position> | End | Value

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
  readonly skipping: JsonElements.Reader["skipping"]
}

/**
 * Makes a reader, at the start of the objects or at a position among them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options, position?: Position): Reader => new ElementReader(options, position)
