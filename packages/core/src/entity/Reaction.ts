/**
 * Canonical reaction to a message.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Ids from "../Ids.ts"
import { Timestamp } from "../Timestamp.ts"
import { Custom } from "./Custom.ts"

/**
 * One reaction of one user to one message; message, user and type are its
 * identity. Providers that list users per key are unfolded into one row each.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Reaction extends Schema.Opaque<Reaction>()(
  Schema.Struct({
    _tag: Schema.tag("reaction"),
    messageId: Ids.MessageId,
    /** That of the message; absent where the source does not say. */
    channelId: Schema.optionalKey(Ids.ChannelId),
    userId: Ids.UserId,
    type: Schema.NonEmptyString,
    score: Schema.optionalKey(Schema.Finite),
    createdAt: Schema.optionalKey(Timestamp),
    updatedAt: Schema.optionalKey(Timestamp),
    /** When it was taken back, or when the source saw that: it is not there, unless a newer record says that it is. */
    removedAt: Schema.optionalKey(Timestamp),
    custom: Schema.optionalKey(Custom)
  })
) {}
