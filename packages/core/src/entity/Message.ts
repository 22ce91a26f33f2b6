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
 * Something a message carries besides its text. `voice` is a recorded message,
 * `link` a preview of a page, `other` a provider's own kind (`customType` is
 * its name).
 *
 * @category schemas
 * @since 0.1.0
 */
export class Attachment extends Schema.Opaque<Attachment>()(
  Schema.Struct({
    type: Schema.Literals(["image", "video", "audio", "voice", "file", "link", "other"]),
    /** What the source calls it, where `type` does not say that: `payment`, `giphy`. */
    customType: Schema.optionalKey(Schema.String),
    /** Where the content is; for a link, the page. */
    url: Schema.optionalKey(Schema.String),
    /** A picture that stands for it. */
    thumbnailUrl: Schema.optionalKey(Schema.String),
    /** File name, or title of a link. */
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
 * A message in one channel. Text is as the source has it. A message without
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
    /** What `text` is written in. `other` is a markup of the source's own; its name is in `custom`. */
    textFormat: Schema.optionalKey(Schema.Literals(["plain", "markdown", "html", "other"])),
    html: Schema.optionalKey(Schema.String),
    attachments: Schema.optionalKey(Schema.Array(Attachment)),
    /** The first message of the thread this one replies in. */
    parentId: Schema.optionalKey(Ids.MessageId),
    /** A reply that is also shown in the channel itself. */
    isShownInChannel: Schema.optionalKey(Schema.Boolean),
    quotedMessageId: Schema.optionalKey(Ids.MessageId),
    mentionedUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    isChannelMentioned: Schema.optionalKey(Schema.Boolean),
    /** Calls whoever is online in the channel. */
    isHereMentioned: Schema.optionalKey(Schema.Boolean),
    /** Calls everyone who has one of these roles. */
    mentionedRoles: Schema.optionalKey(Schema.Array(Schema.String)),
    /**
     * How many reactions of each type there were, where the source counts more than it gives: those that come as
     * records are among them.
     */
    reactionCounts: Schema.optionalKey(Schema.Record(Schema.String, Schema.Finite)),
    isSilent: Schema.optionalKey(Schema.Boolean),
    /** Users who alone may see the message. */
    visibleToUserIds: Schema.optionalKey(Schema.Array(Ids.UserId)),
    pinnedAt: Schema.optionalKey(Timestamp),
    pinnedById: Schema.optionalKey(Ids.UserId),
    pinExpiresAt: Schema.optionalKey(Timestamp),
    createdAt: Timestamp,
    updatedAt: Schema.optionalKey(Timestamp),
    /** Who changed it last, where that may be another one than the author. */
    editedById: Schema.optionalKey(Ids.UserId),
    /** As on the channel: of two records of one message in the same state, the newer wins. */
    observedAt: Schema.optionalKey(Timestamp),
    /**
     * Removed by someone; the source may still have the text. Such a message stays one, with what is left of it: replies
     * to the first message of a thread need it.
     */
    isDeleted: Schema.optionalKey(Schema.Boolean),
    deletedAt: Schema.optionalKey(Timestamp),
    custom: Schema.optionalKey(Custom)
  })
) {}
