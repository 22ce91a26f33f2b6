// The context that a rejected record needs to be mapped again. Its line in the rejects file contains it.
import { Ids } from "@chatferry/core"
import * as Schema from "effect/Schema"

/**
 * The kind of the record: `any` is recognised by its fields, like a line; `export` is an exported channel or user with
 * all its records.
 */
export const RecordName = Schema.Literals([
  "any",
  "export",
  "user",
  "channel",
  "member",
  "read",
  "message",
  "reaction"
])
export type RecordName = typeof RecordName.Type

export const RejectContext = Schema.Struct({
  record: RecordName,
  /** The field of an exported channel or user that the record is, or is an element of. */
  member: Schema.optionalKey(Schema.String),
  /** The channel that was named last, and the user of an export of a user. */
  channel: Schema.optionalKey(Ids.ChannelId),
  owner: Schema.optionalKey(Ids.UserId),
  /** The message of a reaction. */
  message: Schema.optionalKey(Schema.Struct({ id: Ids.MessageId, channelId: Ids.ChannelId })),
  /** True if the record is from an export of users, beside exports of channels. */
  isBesideChannels: Schema.optionalKey(Schema.Boolean)
})
export type RejectContext = typeof RejectContext.Type
