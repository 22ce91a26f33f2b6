import type { Entity, Ids, Leftovers } from "@chatferry/core"
import { type Bag, custom, keep, TOO_DEEP, TOO_DEEP_MESSAGE } from "../bag.ts"
import { declared } from "../consequences.ts"
import {
  channelId,
  flag,
  idOfUser,
  isFlag,
  isList,
  isListOf,
  isNothing,
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
import { attachments, isFile, isThumbnails } from "./attachments.ts"
import { type Context, setTime, snapshot } from "./context.ts"
import { reaction } from "./reaction.ts"

type Message = Entity.Entity<"message">

/** A message and its reactions. `fallback`: the channel of the file, for messages that do not name theirs. */
export const message = (wire: Wire, fallback: Ids.ChannelId | undefined, context: Context): void => {
  const { out } = context
  const id = messageId(wire.message_id ?? wire.msg_id)
  if (id === undefined) {
    return out.reject(
      "message",
      declared.missingId.code,
      "message_id is missing or is no positive integer",
      wire
    )
  }
  const channel = channelId(wire.channel_url) ?? fallback
  if (channel === undefined) {
    return out.reject(
      "message",
      declared.missingChannel.code,
      "neither the message nor its file names a channel",
      wire
    )
  }
  const createdAt = time(wire.created_at ?? wire.ts)
  if (createdAt === undefined || createdAt === UNREADABLE) {
    return out.reject("message", declared.invalidTime.code, "created_at is missing or is no time", wire)
  }
  const type = wire.type === "ADMM" ? "system" : "regular"
  const draft: Entity.Draft<Message> = {
    _tag: "message",
    id,
    channelId: channel,
    type,
    createdAt
  }
  let bag: Bag | undefined
  setSender(draft, wire.user, context)
  const body = text(wire.message)
  if (body !== undefined) draft.text = body
  const carried = carriesSomething(wire) ? attachments(wire, context) : NONE
  if (carried === undefined) bag = TOO_DEEP
  else if (carried.length > 0) draft.attachments = carried
  setThread(draft, wire)
  setMentions(draft, wire)
  if (flag(wire.silent) === true) draft.isSilent = true
  bag = setTime(draft, "updatedAt", wire, "updated_at", bag, "message", context)
  if (flag(wire.is_removed) === true) {
    draft.isDeleted = true
    if (draft.updatedAt !== undefined) draft.deletedAt = draft.updatedAt
  }
  bag = keepOwn(bag, wire)
  bag = context.rest(FIELDS).into(bag, wire)
  if (bag === TOO_DEEP) return out.reject("message", declared.tooDeep.code, TOO_DEEP_MESSAGE, wire)
  if (bag !== undefined) draft.custom = custom(bag, "message", out)
  out.push(draft)
  if (wire.reactions === undefined) return
  const reactions = list(wire.reactions)
  for (let i = 0; i < reactions.length; i++) reaction(reactions[i], draft, context, i)
}

// internal

const NONE: ReadonlyArray<never> = []

const FIELDS: Leftovers.Fields = {
  kind: "message",
  readable: {
    message: isText,
    channel_url: (value) => channelId(value) !== undefined,
    user: isUser,
    is_removed: isFlag,
    silent: isFlag,
    parent_message_id: (value) => messageId(value) !== undefined,
    is_reply_to_channel: isFlag,
    reply_to_channel: isFlag,
    mention_type: isText,
    mentioned_users: isListOf(isUser),
    mentioned_user_ids: isListOf(isUser),
    file: isFile,
    files: isListOf(isFile),
    // Without a file there is nothing they could be pictures of.
    thumbnails: (value, { file }) => isThumbnails(value) && isFile(file) && isNothing(file.thumbnails),
    require_auth: isFlag,
    og_tag: isWire,
    reactions: isList
  },
  read: [
    "message_id",
    "msg_id",
    "channel_url",
    "type",
    "user",
    "message",
    "created_at",
    "ts",
    "updated_at",
    "is_removed",
    "silent",
    "parent_message_id",
    "is_reply_to_channel",
    "reply_to_channel",
    "mention_type",
    "mentioned_users",
    "mentioned_user_ids",
    "file",
    "files",
    "thumbnails",
    "require_auth",
    "og_tag",
    "reactions",
    "data",
    "custom",
    "custom_type",
    "translations",
    "sorted_metaarray",
    "poll"
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
  ]
}

const SENDER: Leftovers.Fields = {
  kind: "sender",
  read: ["user_id", "nickname", "profile_url"],
  dropped: ["metadata"]
}
const KINDS = new Set(["MESG", "FILE", "ADMM"])

const setSender = (draft: Entity.Draft<Message>, sender: unknown, context: Context) => {
  const id = idOfUser(sender)
  if (id === undefined) {
    // Administrators' messages have no sender; any other must have had one.
    if (draft.type === "regular") context.out.note(declared.missingSender.code)
    return
  }
  draft.userId = id
  if (!isWire(sender)) return
  const shown = snapshot(sender, context)
  if (shown !== undefined) draft.userSnapshot = shown
  context.rest(SENDER).drop(sender)
}

const carriesSomething = (wire: Wire) =>
  !isNothing(wire.file) || !isNothing(wire.files) || !isNothing(wire.og_tag)

const setThread = (draft: Entity.Draft<Message>, wire: Wire) => {
  const parentId = messageId(wire.parent_message_id)
  if (parentId === undefined) return
  draft.parentId = parentId
  if (flag(wire.is_reply_to_channel ?? wire.reply_to_channel) === true) draft.isShownInChannel = true
}

const setMentions = (draft: Entity.Draft<Message>, wire: Wire) => {
  if (wire.mention_type === "channel") draft.isChannelMentioned = true
  const users = list(wire.mentioned_users)
  const ids = list(wire.mentioned_user_ids)
  if (users.length === 0 && ids.length === 0) return
  const mentioned = new Set<Ids.UserId>()
  for (const user of users) {
    const id = idOfUser(user)
    if (id !== undefined) mentioned.add(id)
  }
  for (const value of ids) {
    const id = userId(value)
    if (id !== undefined) mentioned.add(id)
  }
  if (mentioned.size > 0) draft.mentionedUserIds = Array.from(mentioned)
}

/** Fields that the model has no place for and that are worth keeping when there is something in them. */
const keepOwn = (bag: Bag | undefined, wire: Wire): Bag | undefined => {
  let kept = bag
  const own = wire.data ?? wire.custom
  if (!isNothing(own)) kept = keep(kept, "data", own)
  if (!isNothing(wire.custom_type)) kept = keep(kept, "custom_type", wire.custom_type)
  if (!isNothing(wire.translations)) kept = keep(kept, "translations", wire.translations)
  if (!isNothing(wire.sorted_metaarray)) kept = keep(kept, "sorted_metaarray", wire.sorted_metaarray)
  if (!isNothing(wire.poll)) kept = keep(kept, "poll", wire.poll)
  const type = wire.type
  if (type !== undefined && !KINDS.has(type as string) && !isNothing(type)) kept = keep(kept, "type", type)
  return kept
}
