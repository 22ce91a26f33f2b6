// Readers for tables, based on raw.ts. A value that raw.ts cannot read is unreadable unless it is blank.
import { type RawRecord, Reads } from "@chatferry/connector"
import type { Ids, Timestamp } from "@chatferry/core"
import * as RawValue from "./raw.ts"

type Read<A> = RawRecord.Read<A>

export const { channelId, list, text, userId } = Reads
export const record: Read<RawValue.RawObject> = Reads.record

export const messageId: Read<Ids.MessageId> = Reads.understood(RawValue.messageId)
export const flag: Read<boolean> = Reads.understood(RawValue.flag)
export const count: Read<number> = Reads.understood(RawValue.count)
export const time: Read<Timestamp.Timestamp> = RawValue.time
/** Reads the id of a user that is given as an object or as an id. */
export const user: Read<Ids.UserId> = Reads.understood(RawValue.idOfUser)

export const yes: Read<true> = Reads.only(true, flag)
export const no: Read<false> = Reads.only(false, flag)

/** Reads one of these words. Any other word is unreadable, so that it is never mistaken for one of them. */
export const oneOf =
  <const Word extends string>(...words: ReadonlyArray<Word>): Read<Word> =>
  (value) => {
    if (value === undefined || value === null || value === "") return undefined
    return words.includes(value as Word) ? (value as Word) : RawValue.UNREADABLE
  }
