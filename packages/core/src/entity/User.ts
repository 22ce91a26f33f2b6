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
 * A user as shown in another record when that was written, such as the sender of a
 * message or a member of a channel. It may be older than the record of the user; sinks
 * use it only for users without a record of their own.
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
 * A device for push notifications of a user. The id is the token of the push service:
 * knowing it almost suffices to notify that device.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Device extends Schema.Opaque<Device>()(
  Schema.Struct({
    id: Schema.NonEmptyString,
    /** The push service in Stream's words: `firebase`, `apn`, `huawei`, `xiaomi`; or one it does not have. */
    provider: Schema.String,
    /** The app's name for its configuration of the service, if it has several. */
    providerName: Schema.optionalKey(Schema.String),
    /** The push service rejected it, or the user turned it off. */
    isDisabled: Schema.optionalKey(Schema.Boolean),
    /** The reason, in the source's words. */
    disabledReason: Schema.optionalKey(Schema.String),
    createdAt: Schema.optionalKey(Timestamp)
  })
) {}

/**
 * Bans a user from all channels that someone will create.
 *
 * @category schemas
 * @since 0.1.0
 */
export class FutureChannelBan extends Schema.Opaque<FutureChannelBan>()(
  Schema.Struct({
    /** The creator of these channels. */
    byId: Ids.UserId,
    reason: Schema.optionalKey(Schema.String),
    /** The user is not notified of the ban. */
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
    /** The displayed name, which need not be unique. */
    name: Schema.optionalKey(Schema.String),
    /** The unique name for mentions, without the `@`: `ada` for `@ada`. */
    handle: Schema.optionalKey(Schema.String),
    /** Personal data: a source gives it only if its settings ask for it. */
    email: Schema.optionalKey(Schema.String),
    imageUrl: Schema.optionalKey(Schema.String),
    /** The app-wide role, in the source's words. */
    role: Schema.optionalKey(Schema.String),
    teams: Schema.optionalKey(Schema.Array(Schema.String)),
    /** The user's role in each team. */
    teamRoles: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
    /** A language tag such as `en`. */
    language: Schema.optionalKey(Schema.String),
    isBot: Schema.optionalKey(Schema.Boolean),
    isInvisible: Schema.optionalKey(Schema.Boolean),
    /** The account is deactivated; `deactivatedAt` says since when, if the source does. */
    isDeactivated: Schema.optionalKey(Schema.Boolean),
    blockedUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    mutedUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    mutedChannelIds: Schema.optionalKey(Schema.Array(Ids.ChannelId)),
    futureChannelBans: Schema.optionalKey(Schema.Array(FutureChannelBan)),
    /** What other users can see of the user's activity. */
    privacy: Schema.optionalKey(
      Schema.Struct({
        isTypingShown: Schema.optionalKey(Schema.Boolean),
        isReadShown: Schema.optionalKey(Schema.Boolean),
        isDeliveryShown: Schema.optionalKey(Schema.Boolean)
      })
    ),
    /** Which messages the user wants to be notified of, and until when notifications are off. */
    push: Schema.optionalKey(
      Schema.Struct({
        level: Schema.optionalKey(Schema.Literals(["all", "mentions", "none"])),
        disabledUntil: Schema.optionalKey(Timestamp)
      })
    ),
    devices: Schema.optionalKey(Schema.Array(Device)),
    createdAt: Schema.optionalKey(Timestamp),
    updatedAt: Schema.optionalKey(Timestamp),
    /** As for the channel: of two records of one user, the newer one wins. */
    observedAt: Schema.optionalKey(Timestamp),
    lastSeenAt: Schema.optionalKey(Timestamp),
    deactivatedAt: Schema.optionalKey(Timestamp),
    deletedAt: Schema.optionalKey(Timestamp),
    custom: Schema.optionalKey(Custom)
  })
) {}
