// Readers for tables, based on raw.ts. A value that raw.ts cannot read is unreadable unless it is blank.
import { RawRecord, Reads } from "@chatferry/connector"
import type { Ids, Timestamp } from "@chatferry/core"
import * as RawValue from "./raw.ts"

type Read<A> = RawRecord.Read<A>

export const { list, messageId, text, understood, userId } = Reads
export const record: Read<RawValue.RawObject> = Reads.record

export const flag: Read<boolean> = understood(RawValue.flag)
export const count: Read<number> = understood(RawValue.count)
export const time: Read<Timestamp.Timestamp> = RawValue.time
/** Reads the id of a user that is given as an object or as an id. */
export const user: Read<Ids.UserId> = understood(RawValue.idOfUser)

/** Reads a user, in full or by id, without a conversion. */
export const userOrId: Read<unknown> = (value) =>
  RawValue.idOfUser(value) === undefined ? RawRecord.UNREADABLE : value

export const yes: Read<true> = Reads.only(true, flag)
