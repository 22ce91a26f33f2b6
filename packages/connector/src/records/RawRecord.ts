/**
 * Maps a provider's records by tables that name each field once: how it is
 * read, what it becomes, which other names it has, and what happens to a value
 * that cannot be read. Nothing is dropped without being counted.
 *
 * @stability unstable
 * @since 0.1.0
 */
import { Wire } from "@chatferry/core"

/**
 * An object as the provider writes it.
 *
 * @category models
 * @since 0.1.0
 */
export type Raw = Wire.Wire

/**
 * There is a value, and it is not what the field should hold.
 *
 * @category models
 * @since 0.1.0
 */
export const UNREADABLE: typeof Wire.UNREADABLE = Wire.UNREADABLE

/**
 * Reads a value: `undefined` when it says nothing, `UNREADABLE` when it says
 * something that is not understood.
 *
 * @category models
 * @since 0.1.0
 */
export type Read<A> = (value: unknown) => A | undefined | typeof UNREADABLE
