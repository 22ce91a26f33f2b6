import { RawRecord } from "@chatferry/connector"
import type { Entity, Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import * as Read from "../reads.ts"
import { isNothing, isText, UNREADABLE } from "../wire.ts"
import { attachments } from "./attachments.ts"
import { type Context, sendbird, SHOWN, snapshot } from "./context.ts"
import { reaction, reactionCounts } from "./reaction.ts"

const { any, field, kept, list, nested } = RawRecord

export interface MessageContext extends Context {
  /** The channel of the file, for messages that do not name theirs. */
  readonly channel?: Ids.ChannelId | null | undefined
}

type Sender = Required<Pick<Entity.Entity<"message">, "userId">> &
  Pick<Entity.Entity<"message">, "userSnapshot">

const s = sendbird.part<Sender>("sender")

const sender = s.table(
  {
    userId: field(Read.userId, "user_id").orReject(declared.missingId.code, "user_id is missing or empty"),
    userSnapshot: s.from(SHOWN, snapshot)
  },
  { dropped: ["metadata"], unknown: "drop" }
)

const idAlone: RawRecord.Read<Sender> = (value) => {
  const userId = Read.userId(value)
  return userId === undefined || userId === UNREADABLE ? UNREADABLE : { userId }
}

const KINDS = new Set<unknown>(["MESG", "FILE", "ADMM"])

/** A file message's type may be that of its file, and one that is not known says something too. */
const otherKind: RawRecord.Read<unknown> = (value) => {
  if (KINDS.has(value) || isNothing(value)) return undefined
  return isText(value) ? value : UNREADABLE
}

const isChannel: RawRecord.Read<true> = (value) => {
  if (!isText(value)) return UNREADABLE
  return value === "channel" ? true : undefined
}

const m = sendbird.kind<"message", MessageContext>("message")

/** A message and its reactions. */
export const message: RawRecord.Table<Entity.Entity<"message">, MessageContext> = m.table(
  {
    id: field(Read.messageId, "message_id", "msg_id").orReject(
      declared.missingId.code,
      "message_id is missing or is no positive integer"
    ),
    channelId: field(Read.channelId, "channel_url")
      .or((context: MessageContext) => context.channel ?? undefined)
      .orReject(declared.missingChannel.code, "neither the message nor its file names a channel"),
    type: m.always([], (x) => (x.raw.type === "ADMM" ? "system" : "regular")),
    createdAt: field(Read.time, "created_at", "ts").orReject(
      declared.invalidTime.code,
      "created_at is missing or is no time"
    ),
    userId: m.always([nested(sender, "user", idAlone)], (x, found) => {
      // Administrators' messages have no sender; any other must have had one.
      if (found === undefined && x.draft.type === "regular") x.note(declared.missingSender.code)
      x.set("userSnapshot", found?.userSnapshot)
      return found?.userId
    }),
    text: field(Read.text, "message"),
    attachments: m.from(
      [any("file"), any("files"), any("og_tag"), any("thumbnails"), field(Read.flag, "require_auth")],
      attachments
    ),
    parentId: field(Read.messageId, "parent_message_id"),
    isShownInChannel: m.from([field(Read.yes, "is_reply_to_channel", "reply_to_channel")], (x, isShown) =>
      x.draft.parentId === undefined ? undefined : isShown
    ),
    isChannelMentioned: field(isChannel, "mention_type"),
    mentionedUserIds: m.from(
      [list(Read.user, "mentioned_users"), list(Read.user, "mentioned_user_ids")],
      (_, users = [], ids = []) =>
        users.length + ids.length === 0 ? undefined : Array.from(new Set([...users, ...ids]))
    ),
    reactionCounts: m.always([], ({ raw }) => reactionCounts(raw.reactions)),
    isSilent: field(Read.yes, "silent"),
    updatedAt: field(Read.time, "updated_at"),
    isDeleted: m.from([field(Read.yes, "is_removed")], (x, isRemoved) => {
      if (isRemoved === true) x.set("deletedAt", x.draft.updatedAt)
      return isRemoved
    })
  },
  {
    kept: [
      kept(["data", "custom"], { isNothing }),
      kept(["custom_type"], { isNothing }),
      kept(["translations"], { isNothing }),
      kept(["sorted_metaarray"], { isNothing }),
      kept(["poll"], { isNothing }),
      kept(["type"], { read: otherKind })
    ],
    dropped: [
      "req_id",
      "channel_type",
      "is_op_msg",
      "message_events",
      "message_survival_seconds",
      "message_retention_hour",
      "extended_message_payload",
      "parent_message_info",
      "parent_message_text",
      "thread_info"
    ],
    each: {
      reactions: (values, of, context) => {
        for (let i = 0; i < values.length; i++) reaction(values[i], of, context, i)
      }
    }
  }
)
