import { Consequence, type Entity, type Leftovers } from "@chatferry/core"
import { type Bag, custom, keep, TOO_DEEP, TOO_DEEP_MESSAGE } from "../bag.ts"
import { declared } from "../consequences.ts"
import {
  flag,
  idOfUser,
  isBlank,
  isFlag,
  isList,
  isListOf,
  isText,
  isUser,
  isWire,
  list,
  messageId,
  text,
  time,
  UNREADABLE,
  userId,
  type Wire
} from "../wire.ts"
import { attachments } from "./attachments.ts"
import { CID_FIELDS, cidOf } from "./cid.ts"
import { type Context, setAside, setTime } from "./context.ts"
import { people, person } from "./person.ts"
import { reaction } from "./reaction.ts"

type Message = Entity.Entity<"message">

/** A message and its reactions. */
export const message = (wire: Wire, context: Context, within = ""): void => {
  const { out } = context
  if (context.isBesideChannels) return out.note(declared.messageInExportOfUser.code)
  const reject = (code: string, problem: string) => setAside(context, "message", code, problem, wire, within)
  const id = messageId(wire["id"])
  if (id === undefined) return reject(declared.missingId.code, "id is missing or empty")
  const type = wire["type"]
  if (typeof type === "string" && UNSTORED.has(type))
    return out.note(Consequence.codeOf(declared.messageDropped, type))
  const channelId = cidOf(wire) ?? context.channelId
  if (channelId === undefined) {
    return reject(
      declared.missingChannel.code,
      "neither the message nor what stands before it names a channel"
    )
  }
  const createdAt = time(wire["created_at"])
  if (createdAt === undefined || createdAt === UNREADABLE) {
    return reject(declared.invalidTime.code, "created_at is missing or is no time")
  }
  const isSystem = type === "system"
  const draft: Entity.Draft<Message> = {
    _tag: "message",
    id,
    channelId,
    type: isSystem ? "system" : "regular",
    createdAt
  }
  let bag: Bag | undefined
  const author = person(wire["user"], context) ?? userId(wire["user_id"]) ?? context.ownerId
  if (author !== undefined) draft.userId = author
  else if (!isSystem) out.note(declared.missingSender.code)
  const body = text(wire["text"])
  if (body !== undefined) draft.text = body
  const html = text(wire["html"])
  if (html !== undefined) draft.html = html
  const carried = attachments(list(wire["attachments"]), context)
  if (carried === undefined) bag = TOO_DEEP
  else if (carried.length > 0) draft.attachments = carried
  setThread(draft, wire)
  setMentions(draft, wire, context)
  if (flag(wire["silent"]) === true) draft.isSilent = true
  setVisibility(draft, wire, context)
  bag = setPin(draft, wire, bag, context)
  bag = setTime(draft, "updatedAt", wire, "updated_at", bag, "message", context)
  bag = setTime(draft, "deletedAt", wire, "deleted_at", bag, "message", context)
  if (type === "deleted" || draft.deletedAt !== undefined) draft.isDeleted = true
  if (typeof type === "string" && type !== "" && !TYPES.has(type)) bag = keep(bag, "type", type)
  bag = context.rest(FIELDS).into(bag, wire)
  if (bag === TOO_DEEP) return reject(declared.tooDeep.code, TOO_DEEP_MESSAGE)
  if (bag !== undefined) draft.custom = custom(bag)
  out.push(draft)
  reactions(wire, draft, context, within)
}

// internal

/** Stream shows these to one user for a while, or to nobody. */
const UNSTORED = new Set(["ephemeral", "error", "blocked"])
const TYPES = new Set(["regular", "reply", "system", "deleted"])

const setThread = (draft: Entity.Draft<Message>, wire: Wire) => {
  const parentId = messageId(wire["parent_id"])
  if (parentId !== undefined) {
    draft.parentId = parentId
    if (flag(wire["show_in_channel"]) === true) draft.isShownInChannel = true
  }
  const quoted = wire["quoted_message"]
  const quotedId =
    messageId(wire["quoted_message_id"]) ?? (isWire(quoted) ? messageId(quoted["id"]) : undefined)
  if (quotedId !== undefined) draft.quotedMessageId = quotedId
}

const setMentions = (draft: Entity.Draft<Message>, wire: Wire, context: Context) => {
  if (flag(wire["mentioned_channel"]) === true) draft.isChannelMentioned = true
  const mentioned = wire["mentioned_users"] ?? wire["mentioned_users_ids"] ?? wire["mentioned_user_ids"]
  if (!Array.isArray(mentioned) || mentioned.length === 0) return
  const ids = people(mentioned, context)
  if (ids.length > 0) draft.mentionedUserIds = ids
}

const setVisibility = (draft: Entity.Draft<Message>, wire: Wire, context: Context) => {
  const ids = list(wire["restricted_visibility"]).flatMap((one) => idOfUser(one) ?? [])
  if (ids.length > 0) draft.visibleToUserIds = Array.from(new Set(ids))
  if (flag(wire["shadowed"]) !== true) return
  // Its author was banned without being told and is the only one to see it.
  context.out.note(declared.shadowedMessage.code)
  if (draft.userId !== undefined) draft.visibleToUserIds = [draft.userId]
}

const setPin = (draft: Entity.Draft<Message>, wire: Wire, bag: Bag | undefined, context: Context) => {
  // Who had pinned it says nothing once it is pinned no more.
  if (isBlank(wire["pinned_at"]) || flag(wire["pinned"]) === false) return bag
  const kept = setTime(draft, "pinnedAt", wire, "pinned_at", bag, "message", context)
  if (draft.pinnedAt === undefined) return kept
  const by = person(wire["pinned_by"], context) ?? idOfUser(wire["pinned_by_id"])
  if (by !== undefined) draft.pinnedById = by
  return setTime(draft, "pinExpiresAt", wire, "pin_expires", kept, "message", context)
}

/** An export shows the latest ten reactions of a message and the own ones, and how many of each type there are. */
const reactions = (wire: Wire, of: Message, context: Context, within: string) => {
  const told = new Set<string>()
  for (const field of SHOWN) {
    const shown = wire[field]
    if (!Array.isArray(shown)) continue
    for (const [i, one] of shown.entries()) {
      const place = `${within}.${field}[${i}]`
      if (!isWire(one)) {
        if (one !== null) {
          const problem = "a record must be an object"
          setAside(context, "reaction", declared.notAnObject.code, problem, one, place, {
            message: { id: of.id, channelId: of.channelId }
          })
        }
        continue
      }
      const key = reaction(one, of, context, place, (found) => told.has(found))
      if (key !== undefined) told.add(key)
    }
  }
  const missing = countOf(wire) - told.size
  if (missing > 0) context.out.note(declared.reactionsNotExported.code, missing)
}

const SHOWN = ["latest_reactions", "own_reactions", "reactions"]

const countOf = (wire: Wire) => {
  const counts = wire["reaction_counts"]
  let sum = 0
  if (isWire(counts) && !isBlank(counts)) {
    for (const type in counts) sum += countOr0(counts[type])
    return sum
  }
  const groups = wire["reaction_groups"]
  if (isWire(groups)) {
    for (const type in groups) {
      const group = groups[type]
      sum += countOr0(isWire(group) ? group["count"] : group)
    }
  }
  return sum
}

const countOr0 = (value: unknown) => (typeof value === "number" && value > 0 ? Math.floor(value) : 0)

const FIELDS: Leftovers.Fields = {
  kind: "message",
  readable: {
    user: isUser,
    text: isText,
    html: isText,
    attachments: isList,
    show_in_channel: isFlag,
    mentioned_channel: isFlag,
    mentioned_users: isListOf(isUser),
    mentioned_users_ids: isListOf(isUser),
    mentioned_user_ids: isListOf(isUser),
    restricted_visibility: isListOf(isUser),
    silent: isFlag,
    shadowed: isFlag,
    pinned: isFlag,
    parent_id: isText,
    quoted_message_id: isText,
    quoted_message: isWire,
    latest_reactions: isList,
    own_reactions: isList,
    reactions: isList,
    reaction_counts: isWire,
    reaction_groups: isWire
  },
  read: [
    "id",
    "type",
    ...CID_FIELDS,
    "user",
    "user_id",
    "text",
    "html",
    "attachments",
    "parent_id",
    "show_in_channel",
    "quoted_message_id",
    "quoted_message",
    "mentioned_channel",
    "mentioned_users",
    "mentioned_users_ids",
    "mentioned_user_ids",
    "restricted_visibility",
    "silent",
    "shadowed",
    "pinned",
    "pinned_at",
    "pinned_by",
    "pinned_by_id",
    "pin_expires",
    "created_at",
    "updated_at",
    "deleted_at",
    "latest_reactions",
    "own_reactions",
    "reactions",
    "reaction_counts",
    "reaction_groups"
  ],
  kept: [
    "args",
    "before_message_send_failed",
    "command",
    "created_by_campaign_id",
    "i18n",
    "image_labels",
    "mentioned_group_ids",
    "mentioned_here",
    "mentioned_roles",
    "message_text_updated_at",
    "mml",
    "moderation",
    "moderation_details",
    "poll",
    "poll_id",
    "shared_location"
  ],
  dropped: [
    "command_info",
    "deleted_for_me",
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
