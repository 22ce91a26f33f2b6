import type { Entity, Ids, Leftovers, Timestamp } from "@chatferry/core"
import { type Bag, custom, keep, TOO_DEEP, TOO_DEEP_MESSAGE } from "../bag.ts"
import { declared } from "../consequences.ts"
import { flag, isBlank, isFlag, isText, isUser, isZeroTime, text, userId, type Wire } from "../wire.ts"
import { CID_FIELDS, cidOf } from "./cid.ts"
import { type Context, setAside, setTime } from "./context.ts"
import { person } from "./person.ts"

type Member = Entity.Entity<"member">

/** A member of the channel that it names, or else of the one it stands with. */
export const member = (wire: Wire, context: Context, within = ""): void => {
  const { out } = context
  const found = identity(wire, "member", context, within)
  if (found === undefined) return
  if (!isBlank(wire["deleted_at"])) return out.note(declared.memberDeleted.code)
  const draft: Entity.Draft<Member> = { _tag: "member", ...found }
  setRole(draft, wire)
  let bag: Bag | undefined
  bag = setTime(draft, "inviteAcceptedAt", wire, "invite_accepted_at", bag, "member", context)
  bag = setTime(draft, "inviteRejectedAt", wire, "invite_rejected_at", bag, "member", context)
  const isAnswered = draft.inviteAcceptedAt !== undefined || draft.inviteRejectedAt !== undefined
  const isInvited = flag(wire["invited"])
  if (isInvited !== undefined) draft.isInvited = isInvited && !isAnswered
  const isHidden = flag(wire["hide_channel"] ?? wire["hidden"])
  if (isHidden !== undefined) draft.isChannelHidden = isHidden
  bag = setTime(draft, "hiddenBefore", wire, "hide_messages_before", bag, "member", context)
  bag = setTime(draft, "archivedAt", wire, "archived_at", bag, "member", context)
  bag = setTime(draft, "createdAt", wire, "created_at", bag, "member", context)
  bag = setTime(draft, "updatedAt", wire, "updated_at", bag, "member", context)
  bag = setLastRead(draft, wire, bag, context)
  bag = setBan(wire, found, bag, context)
  bag = context.rest(FIELDS).into(bag, wire)
  if (context.open?.id === found.channelId) context.open.addMember(found.userId)
  if (bag === TOO_DEEP)
    return setAside(context, "member", declared.tooDeep.code, TOO_DEEP_MESSAGE, wire, within)
  if (bag !== undefined) draft.custom = custom(bag)
  out.push(draft)
}

/** What a member has read, which stands beside the members: a record of the same member that says only that. */
export const readState = (wire: Wire, context: Context, within = ""): void => {
  const found = identity(wire, "read", context, within)
  if (found === undefined) return
  const draft: Entity.Draft<Member> = { _tag: "member", ...found }
  let bag = setLastRead(draft, wire, undefined, context)
  bag = context.rest(READ_FIELDS).into(bag, wire)
  if (bag === TOO_DEEP)
    return setAside(context, "read", declared.tooDeep.code, TOO_DEEP_MESSAGE, wire, within)
  if (bag !== undefined) draft.custom = custom(bag)
  context.out.push(draft)
}

// internal

const identity = (wire: Wire, record: "member" | "read", context: Context, within: string) => {
  const id = person(wire["user"], context) ?? userId(wire["user_id"])
  if (id === undefined) {
    setAside(
      context,
      record,
      declared.missingId.code,
      "the member has neither a user nor a user_id",
      wire,
      within
    )
    return undefined
  }
  const channelId: Ids.ChannelId | undefined = cidOf(wire) ?? context.channelId
  if (channelId !== undefined) return { channelId, userId: id }
  const problem = "neither the member nor what stands before it names a channel"
  setAside(context, record, declared.missingChannel.code, problem, wire, within)
  return undefined
}

const setRole = (draft: Entity.Draft<Member>, wire: Wire) => {
  const own = text(wire["channel_role"])
  const legacy = text(wire["role"])
  if (own !== undefined) {
    if (own === "channel_moderator") draft.role = "moderator"
    else if (own === "channel_member") draft.role = "member"
    else draft.customRole = own
    return
  }
  if (flag(wire["is_moderator"]) === true || legacy === "moderator" || legacy === "admin")
    draft.role = "moderator"
  else if (legacy !== undefined || wire["is_moderator"] === false) draft.role = "member"
}

const NEVER = "1970-01-01T00:00:00Z" as Timestamp.Timestamp

const setLastRead = (draft: Entity.Draft<Member>, wire: Wire, bag: Bag | undefined, context: Context) => {
  if (!isZeroTime(wire["last_read"])) {
    return setTime(draft, "lastReadAt", wire, "last_read", bag, "member", context)
  }
  draft.lastReadAt = NEVER
  context.out.note(declared.neverRead.code)
  return bag
}

/** The model knows bans for good, on the channel. Others are kept here, because they must not last longer than they were meant to. */
const setBan = (
  wire: Wire,
  { channelId, userId: id }: Pick<Member, "channelId" | "userId">,
  bag: Bag | undefined,
  context: Context
) => {
  const isBanned = flag(wire["banned"]) === true
  const expires = wire["ban_expires"]
  const isShadow = flag(wire["shadow_banned"]) === true
  if (!isBanned && !isShadow) return bag
  const isPlaced =
    isBanned && isBlank(expires) && context.open?.id === channelId && context.open.addBanned(id)
  if (isPlaced && !isShadow) return bag
  context.out.note(declared.banKeptAsCustom.code)
  let kept = bag
  if (isBanned && !isPlaced) kept = keep(kept, "banned", true)
  if (isShadow) kept = keep(kept, "shadow_banned", true)
  return isBlank(expires) ? kept : keep(kept, "ban_expires", expires)
}

const FIELDS: Leftovers.Fields = {
  kind: "member",
  readable: {
    user: isUser,
    channel_role: isText,
    role: isText,
    is_moderator: isFlag,
    invited: isFlag,
    hide_channel: isFlag,
    hidden: isFlag,
    banned: isFlag,
    shadow_banned: isFlag
  },
  read: [
    "user",
    "user_id",
    ...CID_FIELDS,
    "channel_role",
    "role",
    "is_moderator",
    "invited",
    "invite_accepted_at",
    "invite_rejected_at",
    "hide_channel",
    "hidden",
    "hide_messages_before",
    "archived_at",
    "created_at",
    "updated_at",
    "deleted_at",
    "last_read",
    "banned",
    "shadow_banned",
    "ban_expires"
  ],
  kept: ["ban_from_future_channels", "future_channel_ban_expires", "notifications_muted", "pinned_at"],
  dropped: ["deleted_messages", "status"]
}

const READ_FIELDS: Leftovers.Fields = {
  kind: "read",
  readable: { user: isUser },
  read: ["user", "user_id", ...CID_FIELDS, "last_read"],
  kept: ["last_delivered_at", "last_delivered_message_id", "last_read_message_id"],
  dropped: ["unread_messages"]
}
