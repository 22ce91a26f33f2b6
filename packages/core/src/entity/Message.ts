/**
 * Canonical chat message.
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
 * An attachment of a message. `voice` is a recorded message, `link` a preview of a
 * page, `other` a provider's own kind (`customType` is its name).
 *
 * @category schemas
 * @since 0.1.0
 */
export class Attachment extends Schema.Opaque<Attachment>()(
  Schema.Struct({
    type: Schema.Literals(["image", "video", "audio", "voice", "file", "link", "other"]),
    /** The source's name for it, if `type` does not cover it: `payment`, `giphy`. */
    customType: Schema.optionalKey(Schema.String),
    /** The URL of the content, or of the page for a link. */
    url: Schema.optionalKey(Schema.String),
    /** A preview image. */
    thumbnailUrl: Schema.optionalKey(Schema.String),
    /** The file name, or the title of a link. */
    name: Schema.optionalKey(Schema.String),
    text: Schema.optionalKey(Schema.String),
    mimeType: Schema.optionalKey(Schema.String),
    sizeBytes: Schema.optionalKey(Schema.Finite),
    durationSeconds: Schema.optionalKey(Schema.Finite),
    /** The URL cannot be fetched without the provider's credentials. */
    isAuthRequired: Schema.optionalKey(Schema.Boolean),
    custom: Schema.optionalKey(Custom)
  })
) {}

/**
 * A message in one channel. The text is unchanged from the source. A message without
 * `userId` was written by the system or an administrator.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Message extends Schema.Opaque<Message>()(
  Schema.Struct({
    _tag: Schema.tag("message"),
    id: Ids.MessageId,
    channelId: Ids.ChannelId,
    userId: Schema.optionalKey(Ids.UserId),
    userSnapshot: Schema.optionalKey(UserSnapshot),
    type: Schema.Literals(["regular", "system"]),
    text: Schema.optionalKey(Schema.String),
    /** The format of `text`. `other` is the source's own markup; its name is in `custom`. */
    textFormat: Schema.optionalKey(Schema.Literals(["plain", "markdown", "html", "other"])),
    html: Schema.optionalKey(Schema.String),
    attachments: Schema.optionalKey(Schema.Array(Attachment)),
    /** The first message of the thread that this message is a reply in. */
    parentId: Schema.optionalKey(Ids.MessageId),
    /** A reply that is also shown in the channel itself. */
    isShownInChannel: Schema.optionalKey(Schema.Boolean),
    quotedMessageId: Schema.optionalKey(Ids.MessageId),
    mentionedUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    isChannelMentioned: Schema.optionalKey(Schema.Boolean),
    /** Mentions everyone who is online in the channel. */
    isHereMentioned: Schema.optionalKey(Schema.Boolean),
    /** Mentions everyone with one of these roles. */
    mentionedRoles: Schema.optionalKey(Schema.Array(Schema.String)),
    /**
     * The number of reactions of each type, if the source counts more than it gives as
     * records. The records are included in the counts.
     */
    reactionCounts: Schema.optionalKey(Schema.Record(Schema.String, Schema.Finite)),
    isSilent: Schema.optionalKey(Schema.Boolean),
    /** Only these users may see the message. */
    visibleToUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    pinnedAt: Schema.optionalKey(Timestamp),
    pinnedById: Schema.optionalKey(Ids.UserId),
    pinExpiresAt: Schema.optionalKey(Timestamp),
    createdAt: Timestamp,
    updatedAt: Schema.optionalKey(Timestamp),
    /** The last editor, if that may be someone other than the author. */
    editedById: Schema.optionalKey(Ids.UserId),
    /** As for the channel: of two records of one message in the same state, the newer one wins. */
    observedAt: Schema.optionalKey(Timestamp),
    /**
     * The message was deleted; the source may still have the text. The message is kept
     * with its remaining content, because replies to the first message of a thread need
     * it.
     */
    isDeleted: Schema.optionalKey(Schema.Boolean),
    deletedAt: Schema.optionalKey(Timestamp),
    custom: Schema.optionalKey(Custom)
  })
) {}
