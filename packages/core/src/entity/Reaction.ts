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
 * One reaction of one user to one message. Message, user and type identify it. A
 * provider's list of users per type becomes one record for each user.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Reaction extends Schema.Opaque<Reaction>()(
  Schema.Struct({
    _tag: Schema.tag("reaction"),
    messageId: Ids.MessageId,
    /** The channel of the message; absent if the source does not say. */
    channelId: Schema.optionalKey(Ids.ChannelId),
    userId: Ids.UserId,
    type: Schema.NonEmptyString,
    score: Schema.optionalKey(Schema.Finite),
    createdAt: Schema.optionalKey(Timestamp),
    updatedAt: Schema.optionalKey(Timestamp),
    /** When it was removed, or when the source noticed that. The reaction no longer exists, unless a newer record says otherwise. */
    removedAt: Schema.optionalKey(Timestamp),
    custom: Schema.optionalKey(Custom)
  })
) {}
