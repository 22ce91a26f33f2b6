/**
 * Reads a sequence of large JSON objects, member by member, and some members element by
 * element: `{"messages":[…]}` one after the other with or without whitespace between
 * them, in an array, or in an array that is a member of an object, such as
 * `{"channels":[{"messages":[…]},…]}`.
 *
 * Values, failures and memory are the same as for `JsonElements`. An object itself may
 * have any size; `maxElementBytes` limits one of its members, an element of a member,
 * and a value between the objects.
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
