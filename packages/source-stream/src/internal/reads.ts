// How tables read Stream's values: as wire.ts does, and what it makes nothing of is unreadable unless it is blank.
import { RawRecord, Reads } from "@chatferry/connector"
import type { Ids, Timestamp } from "@chatferry/core"
import * as Wire from "./wire.ts"

type Read<A> = RawRecord.Read<A>

export const { list, messageId, text, understood, userId } = Reads
export const record: Read<Wire.Wire> = Reads.record

export const flag: Read<boolean> = understood(Wire.flag)
export const count: Read<number> = understood(Wire.count)
export const time: Read<Timestamp.Timestamp> = Wire.time
/** The id of a user that is given as an object or as the id alone. */
export const user: Read<Ids.UserId> = understood(Wire.idOfUser)

/** A user as they are shown, in full or by their id. */
export const shown: Read<unknown> = (value) =>
  Wire.idOfUser(value) === undefined ? RawRecord.UNREADABLE : value

export const yes: Read<true> = Reads.only(true, flag)
