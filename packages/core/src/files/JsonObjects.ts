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
import { ElementReader } from "../internal/json/elementReader.ts"
import type { Options, Position, Reader } from "../internal/json/objectParts.ts"

export {
  type End,
  type Options,
  type Part,
  Position,
  type Reader,
  type Value
} from "../internal/json/objectParts.ts"

/**
 * Makes a reader, at the start of the objects or at a position among them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options, position?: Position): Reader => new ElementReader(options, position)
