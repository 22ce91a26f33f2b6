import { type Ids } from "@chatferry/core"
import { type Read, UNREADABLE } from "../internal/records/field.ts"
/**
 * How the tables of `RawRecord` read values: what makes nothing of a value says
 * `UNREADABLE`, so that the value is kept and counted.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as RawValue from "./RawValue.ts"

/**
 * Makes a `Read` of a function that gives `undefined` for what it does not
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
 * A text, or a number as text; the empty text says nothing.
 *
 * @category reads
 * @since 0.1.0
 */
export const text: Read<string> = understood(RawValue.text)

/**
 * The same as an id.
 *
 * @category reads
 * @since 0.1.0
 */
export const userId: Read<Ids.UserId> = text as Read<Ids.UserId>

/**
 * @category reads
 * @since 0.1.0
 */
export const channelId: Read<Ids.ChannelId> = text as Read<Ids.ChannelId>

/**
 * @category reads
 * @since 0.1.0
 */
export const messageId: Read<Ids.MessageId> = text as Read<Ids.MessageId>

/**
 * An array of whatever.
 *
 * @category reads
 * @since 0.1.0
 */
export const list: Read<ReadonlyArray<unknown>> = understood((value) =>
  RawValue.isList(value) ? (value as ReadonlyArray<unknown>) : undefined
)

/**
 * An object.
 *
 * @category reads
 * @since 0.1.0
 */
export const record: Read<RawValue.RawObject> = understood((value) =>
  RawValue.isObject(value) ? value : undefined
)

/**
 * A switch of which only one state is worth saying: the other says nothing.
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
