/**
 * Canonical channel.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Ids from "../Ids.ts"
import { Timestamp } from "../Timestamp.ts"
import { Custom } from "./Custom.ts"

/**
 * A place where messages are exchanged.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Channel extends Schema.Opaque<Channel>()(
  Schema.Struct({
    _tag: Schema.tag("channel"),
    id: Ids.ChannelId,
    /**
     * `group`: known members, private by default. `open`: anyone may enter, and only
     * operators are members. `typed`: the source has its own channel types, and `type`
     * names it.
     */
    form: Schema.Literals(["group", "open", "typed"]),
    /** The source's own type of channel: Stream's channel type, Sendbird's `custom_type`. */
    type: Schema.optionalKey(Schema.String),
    name: Schema.optionalKey(Schema.String),
    /** The current topic, as members set it. */
    topic: Schema.optionalKey(Schema.String),
    /** The purpose of the channel. */
    description: Schema.optionalKey(Schema.String),
    imageUrl: Schema.optionalKey(Schema.String),
    team: Schema.optionalKey(Schema.String),
    createdById: Schema.optionalKey(Ids.UserId),
    isPublic: Schema.optionalKey(Schema.Boolean),
    /**
     * The audience, if the source says more than `isPublic`: two users, a group without
     * a channel name, invited users, or everyone. It takes precedence over `isPublic`.
     */
    audience: Schema.optionalKey(Schema.Literals(["direct", "group_direct", "private", "public"])),
    /** There is at most one such channel for a set of members. */
    isDistinct: Schema.optionalKey(Schema.Boolean),
    /** The members that define a distinct channel, if the source gives them with the channel. */
    distinctMemberIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    /** Nobody may write messages. */
    isFrozen: Schema.optionalKey(Schema.Boolean),
    isDisabled: Schema.optionalKey(Schema.Boolean),
    bannedUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    createdAt: Schema.optionalKey(Timestamp),
    updatedAt: Schema.optionalKey(Timestamp),
    /** When the source last saw the channel in this state. Of two records of one channel, the newer one wins. */
    observedAt: Schema.optionalKey(Timestamp),
    /** Archived for everyone; the channel can still be read and restored. */
    archivedAt: Schema.optionalKey(Timestamp),
    /** Messages up to this time are hidden from everyone. */
    truncatedAt: Schema.optionalKey(Timestamp),
    deletedAt: Schema.optionalKey(Timestamp),
    custom: Schema.optionalKey(Custom)
  })
) {}
