// Maps the parts of an event: its nested records, and changes that the event itself describes.
import { Consequence, Timestamp } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { each, LISTS, type Mapping } from "../reading/lists.ts"
import { channel } from "../records/channel.ts"
import { cidOf, typeOfCid } from "../records/cid.ts"
import { closeChannel, type Context } from "../records/context.ts"
import { member, readState } from "../records/member.ts"
import { message } from "../records/message.ts"
import { nestedUser } from "../records/nestedUser.ts"
import { idOfUser, isBlank, isObject, list, messageId, text, time, type RawObject } from "../records/raw.ts"
import { reaction } from "../records/reaction.ts"
import { user } from "../records/user.ts"

/** Maps the change of an event of one type; `false` if the event does not say what has changed. */
export type Apply = (event: RawObject, context: Context) => boolean

/** Maps users, members and the channel that an event contains besides its change. */
export const nestedRecords = (event: RawObject, context: Context): void => {
  const { channel: of } = event
  const id = cidOf(event)
  const known = isObject(of) ? of : channelFieldsOf(event, id)
  if (id !== undefined && context.recentUsers.isNew(id, known)) {
    channel(known, context, known === of ? ".channel" : "")
    closeChannel(context)
  }
  context.channelId = id
  for (const name of ["user", "created_by", "target_user"]) nestedUser(event[name], context)
  for (const name of ["target_users", "thread_participants"]) {
    for (const one of list(event[name])) nestedUser(one, context)
  }
  each(event["members"], LISTS.get("members") as Mapping, context, ".members")
}

export const applyMessage: Apply = (event, context) => {
  const { message: of } = event
  if (!isObject(of)) return false
  message(of, context, ".message")
  return true
}

export const applyDeletedMessage: Apply = (event, context) => {
  const { message: of } = event
  if (!isObject(of)) return false
  if (event["deleted_for_me"] === true) message({ ...of, deleted_for_me: true }, context, ".message")
  else {
    if (event["hard_delete"] === true) context.out.note(declared.messageRemoved.code)
    const deletedAt = isBlank(of["deleted_at"]) ? event["created_at"] : of["deleted_at"]
    message({ ...of, type: "deleted", deleted_at: deletedAt }, context, ".message")
  }
  return true
}

export const applyReaction: Apply = (event, context) => reactionOf(event, context, {})

export const applyRemovedReaction: Apply = (event, context) =>
  reactionOf(event, context, { deleted_at: event["created_at"] })

export const applyMember: Apply = (event, context) => memberOf(event, context, {})

export const applyRemovedMember: Apply = (event, context) =>
  memberOf(event, context, { deleted_at: event["created_at"] })

/** Maps what a user has read in the channel. The model does not have reads of threads. */
export const applyRead: Apply = (event, context) => {
  const by = userOf(event)
  if (by === undefined || context.channelId === undefined || !isBlank(event["thread"])) return false
  readState(
    {
      user: by,
      last_read: event["created_at"],
      ...given(event, "last_read_message_id")
    },
    context
  )
  context.out.note(declared.readInLog.code)
  return true
}

export const applyDelivered: Apply = (event, context) => {
  const by = userOf(event)
  if (by === undefined || context.channelId === undefined) return false
  readState(
    { user: by, ...given(event, "last_delivered_at"), ...given(event, "last_delivered_message_id") },
    context
  )
  context.out.note(declared.readInLog.code)
  return true
}

/** Maps the channel, with changes that only the event has. */
export const applyChannel =
  (changesOf: (event: RawObject) => RawObject = () => ({})): Apply =>
  (event, context) => {
    const { channel: of } = event
    const id = cidOf(event)
    if (id === undefined) return false
    const known = isObject(of) ? of : channelFieldsOf(event, id)
    const more = withEventFields(known, changesOf(event), event)
    if (more !== undefined) {
      channel(more, context, isObject(of) ? ".channel" : "")
      closeChannel(context)
    }
    if (isObject(event["message"])) message(event["message"], context, ".message")
    return isObject(of) || more !== undefined
  }

/** Maps a member who hides the channel in their own list, or shows it again. */
export const applyHidden =
  (isHidden: boolean): Apply =>
  (event, context) => {
    const by = userOf(event)
    if (by === undefined || context.channelId === undefined) return false
    const isCleared = isHidden && event["clear_history"] === true
    member(
      {
        user: by,
        hidden: isHidden,
        updated_at: event["created_at"],
        ...(isCleared && { hide_messages_before: event["created_at"] })
      },
      context
    )
    return true
  }

/** Maps the user of the event, with changes that only the event has. */
export const applyUser =
  (changesOf: (event: RawObject) => RawObject = () => ({})): Apply =>
  (event, context) => {
    const of = isObject(event["me"]) ? event["me"] : event["user"]
    if (!isObject(of)) return false
    const isMe = of === event["me"]
    const more = withEventFields(of, changesOf(event), event)
    if (more !== undefined || isMe) user(more ?? of, context, isMe ? ".me" : ".user")
    return true
  }

/** Maps a ban. A ban from the app belongs to the user, and a ban from a channel to the list of the channel, unless it is a temporary or a shadow ban. */
export const applyBan: Apply = (event, context) => {
  const by = idOfUser(event["user"])
  if (by === undefined) return false
  const { expiration, shadow } = event
  if (context.channelId === undefined) {
    const ban = { banned: shadow !== true, shadow_banned: shadow === true, ban_expires: expiration }
    user({ ...(event["user"] as RawObject), ...ban }, context, ".user")
    return true
  }
  if (!isBlank(expiration) || shadow === true) return false
  const { channelId: id } = context
  context.out.push({ _tag: "channel", id, form: "typed", type: typeOfCid(id), bannedUserIds: [by] })
  context.out.note(Consequence.codeOf(declared.partialList, "channel.bannedUserIds"))
  return true
}

/** Maps mutes of users. One event may have one or several of them. */
export const applyMute: Apply = (event, context) => {
  const by = idOfUser(event["user"])
  const ids = [event["target_user"], ...list(event["target_users"])].flatMap((one) => idOfUser(one) ?? [])
  if (by === undefined || ids.length === 0) return false
  context.out.push({ _tag: "user", id: by, mutedUserIds: Array.from(new Set(ids)) })
  context.out.note(Consequence.codeOf(declared.partialList, "user.mutedUserIds"))
  return true
}

export const applyChannelMute: Apply = (event, context) => {
  const mutes = [event["mute"], ...list(event["mutes"])].filter(isObject)
  const by =
    idOfUser(event["user"]) ?? mutes.map((one) => idOfUser(one["user"])).find((id) => id !== undefined)
  const isEnding = mutes.some((one) => !isBlank(one["expires"]))
  const ids = mutes.map(cidOf).filter((id) => id !== undefined)
  if (by === undefined || ids.length === 0 || isEnding) return false
  context.out.push({ _tag: "user", id: by, mutedChannelIds: Array.from(new Set(ids)) })
  context.out.note(Consequence.codeOf(declared.partialList, "user.mutedChannelIds"))
  return true
}

// internal

/** The channel of an event that does not contain it as an object. */
const channelFieldsOf = (event: RawObject, id: string | undefined): RawObject => ({
  cid: id,
  type: id === undefined ? undefined : typeOfCid(id),
  ...given(event, "team"),
  ...(isObject(event["channel_custom"]) && { custom: event["channel_custom"] })
})

/** Adds the changes of an event to its record, which was last changed at the time of the event or later. */
const withEventFields = (
  known: RawObject,
  changes: RawObject,
  { created_at: at }: RawObject
): RawObject | undefined => {
  const more = Object.entries(changes).filter(([name, value]) => value === null || isBlank(known[name]))
  return more.length === 0
    ? undefined
    : { ...known, updated_at: laterOf(known["updated_at"], at), ...Object.fromEntries(more) }
}

const laterOf = (known: unknown, at: unknown): unknown => {
  const [before, then] = [time(known), time(at)]
  if (typeof then !== "string") return known
  return typeof before === "string" && Timestamp.sortable(before) > Timestamp.sortable(then) ? known : at
}

const userOf = (event: RawObject): unknown =>
  isObject(event["user"]) ? event["user"] : text(event["user_id"])

const given = (event: RawObject, name: string): RawObject =>
  event[name] === undefined ? {} : { [name]: event[name] }

const reactionOf = (event: RawObject, context: Context, changes: RawObject): boolean => {
  const { message: around, reaction: of } = event
  if (isObject(around)) message(around, context, ".message")
  if (!isObject(of)) return false
  const id = messageId(of["message_id"]) ?? messageId(event["message_id"])
  const { channelId } = context
  const owner = id === undefined || channelId === undefined ? undefined : { id, channelId }
  reaction({ ...changes, ...of }, owner, context, ".reaction")
  return true
}

const memberOf = (event: RawObject, context: Context, changes: RawObject): boolean => {
  const of = isObject(event["member"]) ? event["member"] : { user: event["user"] }
  if (context.channelId === undefined || (idOfUser(of["user"]) ?? of["user_id"]) === undefined) return false
  const left = isBlank(of["deleted_at"]) ? changes : {}
  member({ ...of, ...left }, context, isObject(event["member"]) ? ".member" : ".user")
  return true
}
