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
 * One user in one channel. The pair identifies the membership.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Member extends Schema.Opaque<Member>()(
  Schema.Struct({
    _tag: Schema.tag("member"),
    channelId: Ids.ChannelId,
    userId: Ids.UserId,
    /** `moderator` may remove messages and members. Absent if the source does not say. */
    role: Schema.optionalKey(Schema.Literals(["member", "moderator"])),
    /** The source's own role, if it has more than these two. */
    customRole: Schema.optionalKey(Schema.String),
    /** The user was invited and has not answered. */
    isInvited: Schema.optionalKey(Schema.Boolean),
    inviteAcceptedAt: Schema.optionalKey(Timestamp),
    inviteRejectedAt: Schema.optionalKey(Timestamp),
    /** The member may not write in the channel. */
    isMuted: Schema.optionalKey(Schema.Boolean),
    /** The member has turned off notifications of the channel. */
    isChannelMuted: Schema.optionalKey(Schema.Boolean),
    /** The member has hidden the channel from their own list. */
    isChannelHidden: Schema.optionalKey(Schema.Boolean),
    /** Messages up to this time are hidden from the member. */
    hiddenBefore: Schema.optionalKey(Timestamp),
    archivedAt: Schema.optionalKey(Timestamp),
    createdAt: Schema.optionalKey(Timestamp),
    updatedAt: Schema.optionalKey(Timestamp),
    /** As for the channel: of two records of one membership, the newer one wins. */
    observedAt: Schema.optionalKey(Timestamp),
    /**
     * When the membership ended, or when the source noticed that. The membership no
     * longer exists, unless a newer record says otherwise. The other fields describe
     * its last state.
     */
    removedAt: Schema.optionalKey(Timestamp),
    /** Everything up to this time has been read. */
    lastReadAt: Schema.optionalKey(Timestamp),
    userSnapshot: Schema.optionalKey(UserSnapshot),
    custom: Schema.optionalKey(Custom)
  })
) {}
