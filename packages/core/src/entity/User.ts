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
    imageUrl: Schema.optionalKey(Schema.String),
    isBot: Schema.optionalKey(Schema.Boolean)
  })
) {}

/**
 * Where a user gets push notifications. The id is the token of the push
 * service: whoever knows it is close to being able to notify that device.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Device extends Schema.Opaque<Device>()(
  Schema.Struct({
    id: Schema.NonEmptyString,
    /** The push service in Stream's words: `firebase`, `apn`, `huawei`, `xiaomi`; or one it does not have. */
    provider: Schema.String,
    /** What the app calls its set-up of the service, where it has more than one. */
    providerName: Schema.optionalKey(Schema.String),
    /** The push service refused it, or the user switched it off. */
    isDisabled: Schema.optionalKey(Schema.Boolean),
    /** In the source's words. */
    disabledReason: Schema.optionalKey(Schema.String),
    createdAt: Schema.optionalKey(Timestamp)
  })
) {}

/**
 * Keeps a user out of every channel that someone will make.
 *
 * @category schemas
 * @since 0.1.0
 */
export class FutureChannelBan extends Schema.Opaque<FutureChannelBan>()(
  Schema.Struct({
    /** Whose channels. */
    byId: Ids.UserId,
    reason: Schema.optionalKey(Schema.String),
    /** The user is not told. */
    isShadow: Schema.optionalKey(Schema.Boolean),
    createdAt: Schema.optionalKey(Timestamp)
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
    /** What is shown; many may have the same. */
    name: Schema.optionalKey(Schema.String),
    /** The unique name by which others call the user, without the `@`: `ada` of `@ada`. */
    handle: Schema.optionalKey(Schema.String),
    /** Personal: a source gives it only where a setting of its own asks for it. */
    email: Schema.optionalKey(Schema.String),
    imageUrl: Schema.optionalKey(Schema.String),
    /** App-wide role, in the source's words. */
    role: Schema.optionalKey(Schema.String),
    teams: Schema.optionalKey(Schema.Array(Schema.String)),
    /** Team to the user's role in it. */
    teamRoles: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
    /** Language tag such as `en`. */
    language: Schema.optionalKey(Schema.String),
    isBot: Schema.optionalKey(Schema.Boolean),
    isInvisible: Schema.optionalKey(Schema.Boolean),
    /** The account is switched off; `deactivatedAt` when the source says since when. */
    isDeactivated: Schema.optionalKey(Schema.Boolean),
    blockedUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    mutedUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    mutedChannelIds: Schema.optionalKey(Schema.Array(Ids.ChannelId)),
    futureChannelBans: Schema.optionalKey(Schema.Array(FutureChannelBan)),
    /** What others are told of the user. */
    privacy: Schema.optionalKey(
      Schema.Struct({
        isTypingShown: Schema.optionalKey(Schema.Boolean),
        isReadShown: Schema.optionalKey(Schema.Boolean),
        isDeliveryShown: Schema.optionalKey(Schema.Boolean)
      })
    ),
    /** Which messages the user wants to be notified of, and until when of none. */
    push: Schema.optionalKey(
      Schema.Struct({
        level: Schema.optionalKey(Schema.Literals(["all", "mentions", "none"])),
        disabledUntil: Schema.optionalKey(Timestamp)
      })
    ),
    devices: Schema.optionalKey(Schema.Array(Device)),
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
