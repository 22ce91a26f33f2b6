import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity, type Timestamp } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { acting, keptTimes, unknownValue } from "./actingFields.ts"
import { attachments } from "./attachments.ts"
import { CID_FIELDS, cidOf } from "./cid.ts"
import { type Context, setAside, stream } from "./context.ts"
import { customFields } from "./customFields.ts"
import { nestedChannel } from "./nestedChannel.ts"
import { nestedUser, nestedUsers } from "./nestedUser.ts"
import { keptPoll } from "./poll.ts"
import { isBlank, isObject, list as listOf, messageId, type RawObject } from "./raw.ts"
import { keyOf, reaction } from "./reaction.ts"
import * as Read from "./reads.ts"

const { field, list } = RawRecord

type Message = Entity.Entity<"message">

/** Maps a message and its reactions. */
export const message = (raw: RawObject, context: Context, within = ""): void => {
  const { out } = context
  if (context.isBesideChannels) return out.note(declared.messageInExportOfUser.code)
  const { type } = raw
  if (typeof type === "string" && UNSTORED.has(type) && messageId(raw["id"]) !== undefined)
    return out.note(Consequence.codeOf(declared.messageDropped, type))
  if (raw["channel"] !== undefined) nestedChannel(raw, context, within)
  const found = table.read(raw, context)
  if (found instanceof RawRecord.Rejection) {
    return setAside(context, "message", found.code, found.message, raw, within)
  }
  out.push(found)
  reactions(raw, found, context, within)
}

// internal

/** Stream shows messages of these types to one user for a while, or to nobody. */
const UNSTORED = new Set(["ephemeral", "error", "blocked"])
const TYPES = new Set(["regular", "reply", "system", "deleted"])

const m = stream.kind<"message">("message")

/** Assumes the time of a pin: the message was last changed when it was pinned or later. */
const pinAssumed = (x: RawRecord.X<Message, Context>): Timestamp.Timestamp | undefined => {
  x.note(declared.pinAssumed.code)
  const changed = Read.time(x.raw["updated_at"])
  return typeof changed === "string" ? changed : x.draft.createdAt
}

/** Counts the remains of a pin that was removed. */
const formerly = (
  x: Pick<RawRecord.X<Message, Context>, "note">,
  name: string,
  value: unknown
): undefined => {
  if (value !== undefined) x.note(Consequence.codeOf(RawRecord.declared.fieldDropped, `message.${name}`))
}

const table: RawRecord.Table<Message, Context> = m.table(
  {
    id: field(Read.messageId, "id").orReject(declared.missingId.code, "id is missing or empty"),
    channelId: m
      .always([], (x) => cidOf(x.raw) ?? x.context.channelId)
      .orReject(declared.missingChannel.code, "neither the message nor a record before it names a channel"),
    type: m.always([], ({ raw }) => (raw["type"] === "system" ? "system" : "regular")),
    createdAt: field(Read.time, "created_at").orReject(
      declared.invalidTime.code,
      "created_at is missing or is not a time"
    ),
    userId: m.always([field(Read.userOrId, "user"), field(Read.userId, "user_id")], (x, user, id) => {
      const author = nestedUser(user, x.context) ?? id ?? x.context.ownerId
      if (author === undefined && x.draft.type === "regular") x.note(declared.missingSender.code)
      return author
    }),
    text: field(Read.text, "text"),
    html: field(Read.text, "html"),
    attachments: m.from([field(Read.list, "attachments")], attachments),
    parentId: field(Read.messageId, "parent_id"),
    isShownInChannel: m.from([field(Read.yes, "show_in_channel")], (x, isShown) =>
      x.draft.parentId === undefined ? undefined : isShown
    ),
    quotedMessageId: m.from(
      [field(Read.messageId, "quoted_message_id"), field(Read.record, "quoted_message")],
      (_, id, quoted) => id ?? messageId(quoted?.["id"])
    ),
    isChannelMentioned: field(Read.yes, "mentioned_channel"),
    isHereMentioned: field(Read.yes, "mentioned_here"),
    mentionedRoles: list(Read.text, "mentioned_roles"),
    mentionedUserIds: m.from(
      [
        list(Read.userOrId, "mentioned_users"),
        list(Read.userOrId, "mentioned_users_ids"),
        list(Read.userOrId, "mentioned_user_ids")
      ],
      (x, users = [], ids = [], others = []) => nestedUsers([...users, ...ids, ...others], x.context)
    ),
    reactionCounts: m.from(
      [field(Read.record, "reaction_counts"), field(Read.record, "reaction_groups")],
      ({ raw, context }) => {
        const counts = countsOf(raw)
        const sum = sumOf(counts)
        // Most messages list all reactions, each once.
        if (REACTION_LISTS.some((name) => sum <= listOf(raw[name]).length)) return undefined
        return sum > listedIn(raw, context) ? Object.fromEntries(counts) : undefined
      }
    ),
    isSilent: field(Read.yes, "silent"),
    visibleToUserIds: m.from(
      [list(Read.user, "restricted_visibility"), field(Read.flag, "shadowed")],
      (x, ids, isShadowed) => {
        // Only the author, who has a shadow ban, sees the message.
        if (isShadowed === true) x.note(declared.shadowedMessage.code)
        if (isShadowed === true && x.draft.userId !== undefined) return [x.draft.userId]
        return ids === undefined ? undefined : Array.from(new Set(ids))
      }
    ),
    pinnedAt: m.from([field(Read.time, "pinned_at"), field(Read.flag, "pinned")], (x, at, isPinned) => {
      if (isPinned === false) return formerly(x, "pinned_at", at)
      return at ?? (isPinned === true ? pinAssumed(x) : undefined)
    }),
    // The user who pinned a message is irrelevant once it is no longer pinned.
    pinnedById: m.from([field(Read.userOrId, "pinned_by"), field(Read.user, "pinned_by_id")], (x, by, id) => {
      const byId = nestedUser(by, x.context) ?? id
      return x.draft.pinnedAt === undefined ? formerly(x, "pinned_by", byId) : byId
    }),
    pinExpiresAt: m.from([field(Read.time, "pin_expires")], (x, at) =>
      x.draft.pinnedAt === undefined ? formerly(x, "pin_expires", at) : at
    ),
    updatedAt: field(Read.time, "updated_at"),
    // A message that a viewer deleted only for themselves appears as deleted to that viewer.
    deletedAt: m.from(
      [field(Read.time, "deleted_at"), field(Read.flag, "deleted_for_me")],
      (x, at, isForOne) => {
        if (isForOne === true) x.note(declared.deletedForOne.code)
        return isForOne === true ? undefined : at
      }
    ),
    isDeleted: m.always([], ({ draft, raw }) =>
      (raw["type"] === "deleted" && raw["deleted_for_me"] !== true) || draft.deletedAt !== undefined
        ? true
        : undefined
    )
  },
  {
    kept: [
      "args",
      "before_message_send_failed",
      "command",
      "created_by_campaign_id",
      "image_labels",
      "mml",
      "poll_id"
    ],
    // The mapping of reactions reads the last three fields.
    also: [
      m.from([field(Read.text, "type")], (x, type) => {
        if (type !== undefined && !TYPES.has(type)) unknownValue(x, "message", "type", type)
      }),
      ...keptTimes(m, ["message_text_updated_at", "moderation", "moderation_details"]),
      keptPoll(m),
      ...acting(m, "message", ["i18n", "mentioned_group_ids", "shared_location"]),
      field(Read.list, "latest_reactions"),
      field(Read.list, "own_reactions"),
      field(Read.list, "reactions")
    ],
    elsewhere: [...CID_FIELDS, "custom"],
    unknown: customFields("message"),
    dropped: [
      "command_info",
      "deleted_reply_count",
      "draft",
      "member",
      "mentioned_groups",
      "parent_message",
      "reaction_scores",
      "reminder",
      "reply_count",
      "thread_participants",
      "tmp_id"
    ]
  }
)

/** Maps the reactions of a message. An export lists the latest ten, those of the viewer, and the number of each type. */
const reactions = (raw: RawObject, of: Message, context: Context, within: string) => {
  const seen = new Set<string>()
  for (const field of REACTION_LISTS) {
    const listed = raw[field]
    if (!Array.isArray(listed)) continue
    for (const [i, one] of listed.entries()) {
      const location = `${within}.${field}[${i}]`
      if (!isObject(one)) {
        if (one !== null) {
          const problem = "a record must be an object"
          setAside(context, "reaction", declared.notAnObject.code, problem, one, location, {
            message: { id: of.id, channelId: of.channelId }
          })
        }
        continue
      }
      const key = reaction(one, of, context, location, (found) => seen.has(found))
      if (key !== undefined) seen.add(key)
    }
  }
  const missing = sumOf(countsOf(raw)) - seen.size
  if (missing > 0) context.out.note(declared.reactionsNotExported.code, missing)
}

const REACTION_LISTS = ["latest_reactions", "own_reactions", "reactions"]

/** Returns the number of different reactions that a message lists. */
const listedIn = (raw: RawObject, context: Context): number => {
  const keys = REACTION_LISTS.flatMap((name) =>
    listOf(raw[name]).map((one) => (isObject(one) ? keyOf(one, context) : undefined))
  )
  return new Set(keys.filter((key) => key !== undefined)).size
}

/** Returns the number of reactions of each type. */
const countsOf = (raw: RawObject): ReadonlyMap<string, number> => {
  const counts = raw["reaction_counts"]
  const groups = raw["reaction_groups"]
  const all = isObject(counts) && !isBlank(counts) ? counts : isObject(groups) ? groups : {}
  const found = Object.entries(all).map(
    ([type, of]) => [type, countOr0(isObject(of) ? of["count"] : of)] as const
  )
  return new Map(found.filter(([, count]) => count > 0))
}

const sumOf = (counts: ReadonlyMap<string, number>): number => {
  let sum = 0
  for (const count of counts.values()) sum += count
  return sum
}

const countOr0 = (value: unknown) => (typeof value === "number" && value > 0 ? Math.floor(value) : 0)
