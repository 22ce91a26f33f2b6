// How tables read Stream's values: as wire.ts does, and what it makes nothing of is unreadable unless it is blank.
import { RawRecord } from "@chatferry/connector"
import type { Ids, Timestamp } from "@chatferry/core"
import * as Wire from "./wire.ts"

type Read<A> = RawRecord.Read<A>

export const understood =
  <A>(read: (value: unknown) => A | undefined): Read<A> =>
  (value) =>
    read(value) ?? RawRecord.UNREADABLE

/** The empty text says nothing. */
export const text: Read<string> = understood(Wire.text)
export const userId: Read<Ids.UserId> = understood(Wire.userId)
export const messageId: Read<Ids.MessageId> = understood(Wire.messageId)
export const flag: Read<boolean> = understood(Wire.flag)
export const count: Read<number> = understood(Wire.count)
export const time: Read<Timestamp.Timestamp> = Wire.time
/** The id of a user that is given as an object or as the id alone. */
export const user: Read<Ids.UserId> = understood(Wire.idOfUser)
export const list: Read<ReadonlyArray<unknown>> = understood((value) =>
  Wire.isList(value) ? (value as ReadonlyArray<unknown>) : undefined
)
export const record: Read<Wire.Wire> = understood((value) => (Wire.isWire(value) ? value : undefined))

/** A user as they are shown, in full or by their id. */
export const shown: Read<unknown> = (value) =>
  Wire.idOfUser(value) === undefined ? RawRecord.UNREADABLE : value

/** What is off says nothing. */
export const yes: Read<true> = (value) => {
  const found = flag(value)
  return found === false ? undefined : found
}
