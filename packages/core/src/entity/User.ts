/**
 * Canonical user.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Ids from "../Ids.ts"
import { Timestamp } from "../Timestamp.ts"
import { Custom } from "./Custom.ts"

/**
 * How another record showed a user at the time it was written: the sender of a
 * message, a member of a channel. It may be older than the user itself; sinks
 * use it only for users whom the source does not give.
 *
 * @category schemas
 * @since 0.1.0
 */
export class UserSnapshot extends Schema.Opaque<UserSnapshot>()(
  Schema.Struct({
    name: Schema.optionalKey(Schema.String),
    imageUrl: Schema.optionalKey(Schema.String)
  })
) {}

/**
 * A user of the chat.
 *
 * @category schemas
 * @since 0.1.0
 */
export class User extends Schema.Opaque<User>()(
  Schema.Struct({
    _tag: Schema.tag("user"),
    id: Ids.UserId,
    name: Schema.optionalKey(Schema.String),
    imageUrl: Schema.optionalKey(Schema.String),
    /** App-wide role, in the source's words. */
    role: Schema.optionalKey(Schema.String),
    teams: Schema.optionalKey(Schema.Array(Schema.String)),
    /** Language tag such as `en`. */
    language: Schema.optionalKey(Schema.String),
    isBot: Schema.optionalKey(Schema.Boolean),
    isInvisible: Schema.optionalKey(Schema.Boolean),
    /** The account is switched off; `deactivatedAt` when the source says since when. */
    isDeactivated: Schema.optionalKey(Schema.Boolean),
    blockedUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    mutedUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    mutedChannelIds: Schema.optionalKey(Schema.Array(Ids.ChannelId)),
    createdAt: Schema.optionalKey(Timestamp),
    updatedAt: Schema.optionalKey(Timestamp),
    /** As on the channel: of two records of one user the newer wins. */
    observedAt: Schema.optionalKey(Timestamp),
    lastSeenAt: Schema.optionalKey(Timestamp),
    deactivatedAt: Schema.optionalKey(Timestamp),
    deletedAt: Schema.optionalKey(Timestamp),
    custom: Schema.optionalKey(Custom)
  })
) {}
