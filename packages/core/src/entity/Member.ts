/**
 * Canonical membership of a user in a channel.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Ids from "../Ids.ts"
import { Timestamp } from "../Timestamp.ts"
import { Custom } from "./Custom.ts"
import { UserSnapshot } from "./User.ts"

/**
 * One user in one channel; the pair is its identity.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Member extends Schema.Opaque<Member>()(
  Schema.Struct({
    _tag: Schema.tag("member"),
    channelId: Ids.ChannelId,
    userId: Ids.UserId,
    /** `moderator` may remove messages and people. Absent when the source does not say. */
    role: Schema.optionalKey(Schema.Literals(["member", "moderator"])),
    /** The source's own role, where it has more than the two above. */
    customRole: Schema.optionalKey(Schema.String),
    /** Asked to join and has not answered. */
    isInvited: Schema.optionalKey(Schema.Boolean),
    inviteAcceptedAt: Schema.optionalKey(Timestamp),
    inviteRejectedAt: Schema.optionalKey(Timestamp),
    /** May not write in the channel. */
    isMuted: Schema.optionalKey(Schema.Boolean),
    /** Wants no notifications of the channel. */
    isChannelMuted: Schema.optionalKey(Schema.Boolean),
    /** The member hid the channel from the own list. */
    isChannelHidden: Schema.optionalKey(Schema.Boolean),
    /** Messages up to this time are hidden from the member. */
    hiddenBefore: Schema.optionalKey(Timestamp),
    archivedAt: Schema.optionalKey(Timestamp),
    createdAt: Schema.optionalKey(Timestamp),
    updatedAt: Schema.optionalKey(Timestamp),
    /** As on the channel: of two records of one membership the newer wins. */
    observedAt: Schema.optionalKey(Timestamp),
    /**
     * When the membership ended, or when the source saw that it had: the membership is not there, unless a newer
     * record says that it is. Other fields tell how it was.
     */
    removedAt: Schema.optionalKey(Timestamp),
    /** Everything up to this time has been read. */
    lastReadAt: Schema.optionalKey(Timestamp),
    userSnapshot: Schema.optionalKey(UserSnapshot),
    custom: Schema.optionalKey(Custom)
  })
) {}
