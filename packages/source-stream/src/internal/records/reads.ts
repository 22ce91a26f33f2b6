// How tables read Stream's values: as wire.ts does, and what it makes nothing of is unreadable unless it is blank.
import { RawRecord, Reads } from "@chatferry/connector"
import type { Ids, Timestamp } from "@chatferry/core"
import * as RawValue from "./raw.ts"

type Read<A> = RawRecord.Read<A>

export const { list, messageId, text, understood, userId } = Reads
export const record: Read<RawValue.RawObject> = Reads.record

export const flag: Read<boolean> = understood(RawValue.flag)
export const count: Read<number> = understood(RawValue.count)
export const time: Read<Timestamp.Timestamp> = RawValue.time
/** The id of a user that is given as an object or as the id alone. */
export const user: Read<Ids.UserId> = understood(RawValue.idOfUser)

/** A user as they are shown, in full or by their id. */
export const shown: Read<unknown> = (value) =>
  RawValue.idOfUser(value) === undefined ? RawRecord.UNREADABLE : value

export const yes: Read<true> = Reads.only(true, flag)
