// What a rejected record's meaning depends on besides itself, as its line in the rejects file holds it.
import { Ids } from "@chatferry/core"
import * as Schema from "effect/Schema"

/**
 * What it is read as: `any` is told by its fields, as a line is; `export` is an exported channel or user with all of
 * theirs.
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
  /** The member of an exported channel or user that it is, or is an element of. */
  member: Schema.optionalKey(Schema.String),
  /** The channel that was named last, and the user whose export it is. */
  channel: Schema.optionalKey(Ids.ChannelId),
  owner: Schema.optionalKey(Ids.UserId),
  /** The message that a reaction stands with. */
  message: Schema.optionalKey(Schema.Struct({ id: Ids.MessageId, channelId: Ids.ChannelId })),
  /** It is of an export of users, beside exports of channels. */
  isBesideChannels: Schema.optionalKey(Schema.Boolean)
})
export type RejectContext = typeof RejectContext.Type
