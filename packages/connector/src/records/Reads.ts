/**
 * Reads values for the tables of `RawRecord`. A value that is not understood is
 * `UNREADABLE`, so that it is kept and counted.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { type Ids } from "@chatferry/core"
import { type Read, UNREADABLE } from "../internal/records/field.ts"
import * as RawValue from "./RawValue.ts"

/**
 * Makes a `Read` from a function that returns `undefined` for values that it does not
 * understand. Blank values never count as unreadable.
 *
 * @category constructors
 * @since 0.1.0
 */
export const understood =
  <A>(read: (value: unknown) => A | undefined): Read<A> =>
  (value) =>
    read(value) ?? UNREADABLE

/**
 * Reads a text, or a number as text. The empty text is unreadable unless it is blank.
 *
 * @category reads
 * @since 0.1.0
 */
export const text: Read<string> = understood(RawValue.text)

/**
 * Reads a text as the id of a user.
 *
 * @category reads
 * @since 0.1.0
 */
export const userId: Read<Ids.UserId> = text as Read<Ids.UserId>

/**
 * Reads a text as the id of a channel.
 *
 * @category reads
 * @since 0.1.0
 */
export const channelId: Read<Ids.ChannelId> = text as Read<Ids.ChannelId>

/**
 * Reads a text as the id of a message.
 *
 * @category reads
 * @since 0.1.0
 */
export const messageId: Read<Ids.MessageId> = text as Read<Ids.MessageId>

/**
 * Reads an array with any elements.
 *
 * @category reads
 * @since 0.1.0
 */
export const list: Read<ReadonlyArray<unknown>> = understood((value) =>
  RawValue.isList(value) ? (value as ReadonlyArray<unknown>) : undefined
)

/**
 * Reads an object.
 *
 * @category reads
 * @since 0.1.0
 */
export const record: Read<RawValue.RawObject> = understood((value) =>
  RawValue.isObject(value) ? value : undefined
)

/**
 * Reads a flag of which only one state is kept. The other state means no value.
 *
 * @category reads
 * @since 0.1.0
 */
export const only =
  <const State extends boolean>(state: State, flag: Read<boolean>): Read<State> =>
  (value) => {
    const found = flag(value)
    return typeof found === "boolean" ? (found === state ? state : undefined) : found
  }
