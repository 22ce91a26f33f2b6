import { RawRecord } from "@chatferry/connector"
import type { Entity, Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { attachments, BESIDE } from "./attachments.ts"
import { type Context, noteSwitch, sendbird, NAME_AND_PICTURE, snapshot } from "./context.ts"
import { keepMetaArray } from "./metaArray.ts"
import { pinnedAt } from "./pins.ts"
import { channelId, count, isBlank, isNothing, isObject, UNREADABLE, type RawObject } from "./raw.ts"
import { reactionCounts, reactions } from "./reaction.ts"
import * as Read from "./reads.ts"
import * as spellings from "./spellings.ts"

const { any, field, kept, list, nested } = RawRecord

export interface MessageContext extends Context {
  /** The channel of the file, for messages that do not name one. */
  readonly channel?: Ids.ChannelId | null | undefined
  /** Ids of the pinned messages of the channel, if they are known. */
  readonly pinned?: ReadonlySet<string> | undefined
}

type Sender = Pick<Entity.Entity<"message">, "userId" | "userSnapshot">

const s = sendbird.part<Sender>("sender")

const sender = s.table(
  {
    userId: field(Read.userId, ...spellings.user.id),
    userSnapshot: s.from(NAME_AND_PICTURE, snapshot)
  },
  { dropped: ["metadata"], unknown: "drop" }
)

const idAlone: RawRecord.Read<Sender> = (value) => {
  const userId = Read.userId(value)
  return userId === undefined || userId === UNREADABLE ? UNREADABLE : { userId }
}

/** Types of edited messages come from the websocket, words from the SDKs. */
const TYPES: ReadonlyMap<string, Entity.Entity<"message">["type"]> = new Map([
  ["MESG", "regular"],
  ["MEDI", "regular"],
  ["user", "regular"],
  ["FILE", "regular"],
  ["FEDI", "regular"],
  ["file", "regular"],
  ["ADMM", "system"],
  ["AEDI", "system"],
  ["BRDM", "system"],
  ["admin", "system"]
])

const type: RawRecord.Read<Entity.Entity<"message">["type"]> = (value) => {
  if (isNothing(value)) return undefined
  // The type of a file message may be the MIME type of its file.
  if (typeof value !== "string") return UNREADABLE
  return TYPES.get(value) ?? (value.includes("/") ? "regular" : UNREADABLE)
}

/** States of scheduled messages, and of messages that the SDKs keep for the sender until they are sent. */
const UNSENT = new Set<unknown>(["pending", "scheduled", "failed", "canceled", "removed"])

/** The channel that a message itself names. */
export const channelOf = (raw: RawObject): Ids.ChannelId | undefined =>
  channelId(raw.channel_url) ?? (isObject(raw.channel) ? channelId(raw.channel.channel_url) : undefined)

const MENTIONED = /@\{([^{}]+)\}/gu

const m = sendbird.kind<"message", MessageContext>("message")

/** Maps a message and its reactions. */
export const message: RawRecord.Table<Entity.Entity<"message">, MessageContext> = m.table(
  {
    id: field(Read.messageId, ...spellings.message.id).orReject(
      declared.missingId.code,
      "message_id is missing or 0, or is neither text nor a positive integer"
    ),
    channelId: m
      .always([field(Read.channelId, "channel_url"), any("channel")], (x, url, location) => {
        if (isNothing(location)) return url ?? x.context.channel ?? undefined
        const named = isObject(location) ? channelId(location.channel_url) : undefined
        const isKnown = isObject(location) && Object.keys(location).every((name) => PLACE.has(name))
        if (!isKnown || (url !== undefined && named !== url)) x.keep("channel", location)
        return url ?? named ?? x.context.channel ?? undefined
      })
      .orReject(declared.missingChannel.code, "neither the message nor its file names a channel"),
    type: m
      .always([field(type, ...spellings.message.type)], ({ raw }, found) =>
        UNSENT.has(raw["scheduled_status"]) || UNSENT.has(raw["request_state"])
          ? undefined
          : (found ?? "regular")
      )
      .orReject(declared.notSent.code, "scheduled_status or request_state says that it was not sent"),
    createdAt: field(Read.time, ...spellings.message.createdAt).orReject(
      declared.invalidTime.code,
      "created_at is missing or is not a time"
    ),
    userId: m.always([nested(sender, "user", idAlone), field(Read.userId, "sender_id")], (x, found, id) => {
      const userId = found?.userId ?? id
      if (found !== undefined) {
        if (userId === undefined) x.unreadable("user")
        else if (id !== undefined && id !== userId) x.keep("sender_id", id)
        x.set("userSnapshot", found.userSnapshot)
      }
      // Administrator messages do not have a sender. All other messages must have one.
      if (userId === undefined && x.draft.type === "regular") x.note(declared.missingSender.code)
      return userId
    }),
    text: field(Read.text, "message"),
    attachments: m.always(
      [
        any("file"),
        any("files"),
        any("og_tag"),
        any("thumbnails"),
        field(Read.flag, "require_auth"),
        ...BESIDE.map((name) => any(name))
      ],
      attachments
    ),
    parentId: field(Read.messageId, "parent_message_id"),
    isShownInChannel: m.from([field(Read.yes, ...spellings.message.isReplyShown)], (x, isShown) =>
      x.draft.parentId === undefined ? undefined : isShown
    ),
    isChannelMentioned: m.from([field(Read.oneOf("users", "channel"), "mention_type")], (_, found) =>
      found === "channel" ? true : undefined
    ),
    mentionedUserIds: m.from(
      [list(Read.user, "mentioned_users"), list(Read.user, "mentioned_user_ids")],
      (_, users = [], ids = []) =>
        users.length + ids.length === 0 ? undefined : Array.from(new Set([...users, ...ids]))
    ),
    reactionCounts: m.always([], ({ raw }) => reactionCounts(raw)),
    isSilent: field(Read.yes, "silent"),
    pinnedAt: m.always([], pinnedAt),
    updatedAt: field(Read.time, "updated_at"),
    isDeleted: m.from([field(Read.yes, "is_removed")], (x, isRemoved) => {
      if (isRemoved === true) x.set("deletedAt", x.draft.updatedAt)
      return isRemoved
    })
  },
  {
    kept: [
      kept(spellings.message.data, { isNothing }),
      kept(["custom_type"], { isNothing }),
      kept(["translations"], { isNothing }),
      kept(spellings.message.metaArray, { isNothing }),
      kept(["poll"], { isNothing }),
      "extended_message",
      "extended_message_payload",
      "message_status",
      "priority",
      "notification_event_deadline",
      "plugins",
      "target_langs",
      "review_info",
      "scheduled_message_id",
      "scheduled_at",
      "scheduled_status",
      "request_state",
      "is_continuous_messages",
      "apple_critical_alert_options"
    ],
    also: [
      // Some mentions are only in the template.
      m.from([field(Read.text, "mentioned_message_template")], (x, template) => {
        if (template === undefined) return
        x.keep("mentioned_message_template", template)
        const ids = Array.from(template.matchAll(MENTIONED), ([, id]) => id as Ids.UserId)
        if (ids.length > 0) {
          x.set("mentionedUserIds", Array.from(new Set([...(x.draft.mentionedUserIds ?? []), ...ids])))
        }
      }),
      m.from([any("metaarray"), any("metaarray_key_order")], keepMetaArray),
      m.from([any("message_survival_seconds")], (x, seconds) => {
        if (isBlank(seconds)) return
        x.keep("message_survival_seconds", seconds)
        if ((count(seconds) ?? 0) > 0) noteSwitch(x, "message.message_survival_seconds")
      })
    ],
    dropped: [
      ...spellings.message.requestId,
      "channel_type",
      "is_op_msg",
      "message_events",
      "message_retention_hour",
      "parent_message_info",
      "parent_message_text",
      "thread_info"
    ],
    each: Object.fromEntries(spellings.message.reactions.map((name) => [name, reactions(name)]))
  }
)

// internal

const PLACE = new Set(["channel_url", "channel_type"])
