import type { Entity, Ids, Leftovers } from "@chatferry/core"
import { type Bag, custom, TOO_DEEP, TOO_DEEP_MESSAGE } from "../bag.ts"
import { declared } from "../consequences.ts"
import {
  flag,
  idOfUser,
  isFlag,
  isListOf,
  isText,
  isUser,
  isWire,
  list,
  text,
  userId,
  type Wire
} from "../wire.ts"
import { type Context, setAside, setNameAndImage, setTime } from "./context.ts"

/** A user on its own, or as another record shows it; `within` says where in that one. */
export const user = (wire: Wire, context: Context, within = ""): void => {
  const { out } = context
  const id = userId(wire["id"])
  if (id === undefined)
    return setAside(context, "user", declared.missingId.code, "id is missing or empty", wire, within)
  const draft: Entity.Draft<Entity.Entity<"user">> = { _tag: "user", id }
  setNameAndImage(draft, wire, context)
  const role = text(wire["role"])
  if (role !== undefined) draft.role = role
  const teams = list(wire["teams"]).flatMap((team) => text(team) ?? [])
  if (teams.length > 0) draft.teams = teams
  const language = text(wire["language"])
  if (language !== undefined) draft.language = language
  const isInvisible = flag(wire["invisible"])
  if (isInvisible !== undefined) draft.isInvisible = isInvisible
  setRelations(draft, wire)
  let bag: Bag | undefined
  bag = setTime(draft, "createdAt", wire, "created_at", bag, "user", context)
  bag = setTime(draft, "updatedAt", wire, "updated_at", bag, "user", context)
  bag = setTime(draft, "lastSeenAt", wire, "last_active", bag, "user", context)
  bag = setTime(draft, "deactivatedAt", wire, "deactivated_at", bag, "user", context)
  bag = setTime(draft, "deletedAt", wire, "deleted_at", bag, "user", context)
  if (draft.deactivatedAt !== undefined) draft.isDeactivated = true
  bag = context.rest(FIELDS).into(bag, wire)
  if (bag === TOO_DEEP)
    return setAside(context, "user", declared.tooDeep.code, TOO_DEEP_MESSAGE, wire, within)
  if (bag !== undefined) draft.custom = custom(bag)
  out.push(draft)
}

// internal

const setRelations = (draft: Entity.Draft<Entity.Entity<"user">>, wire: Wire) => {
  const blocked = list(wire["blocked_user_ids"]).flatMap((one) => idOfUser(one) ?? [])
  if (blocked.length > 0) draft.blockedUserIds = blocked
  const muted = [...list(wire["mutes"]), ...list(wire["user_mutes"])].flatMap((one) => mutedUser(one) ?? [])
  if (muted.length > 0) draft.mutedUserIds = Array.from(new Set(muted))
  const channels = list(wire["channel_mutes"]).flatMap((one) => mutedChannel(one) ?? [])
  if (channels.length > 0) draft.mutedChannelIds = Array.from(new Set(channels))
}

const mutedUser = (value: unknown) =>
  isWire(value) && value["id"] === undefined ? idOfUser(value["target"]) : idOfUser(value)

const mutedChannel = (value: unknown) => {
  const channel = isWire(value) ? value["channel"] : undefined
  const cid = isWire(channel)
    ? channel["cid"]
    : isWire(value)
      ? (value["channel_cid"] ?? value["cid"])
      : value
  return text(cid) as Ids.ChannelId | undefined
}

const FIELDS: Leftovers.Fields = {
  kind: "user",
  readable: {
    name: isText,
    image: isText,
    role: isText,
    language: isText,
    invisible: isFlag,
    teams: isListOf(isText),
    blocked_user_ids: isListOf(isUser),
    mutes: isListOf((one) => mutedUser(one) !== undefined),
    user_mutes: isListOf((one) => mutedUser(one) !== undefined),
    channel_mutes: isListOf((one) => mutedChannel(one) !== undefined)
  },
  read: [
    "id",
    "name",
    "image",
    "role",
    "teams",
    "language",
    "invisible",
    "blocked_user_ids",
    "mutes",
    "user_mutes",
    "channel_mutes",
    "created_at",
    "updated_at",
    "last_active",
    "deactivated_at",
    "deleted_at"
  ],
  kept: [
    "ban_expires",
    "banned",
    "bypass_moderation",
    "privacy_settings",
    "push_preferences",
    "shadow_banned",
    "teams_role"
  ],
  dropped: [
    "anon",
    "app_pk",
    "avg_response_time",
    "channel_last_read_at",
    "devices",
    "last_engaged_at",
    "latest_hidden_channels",
    "notifications_muted",
    "online",
    "pk",
    "push_notifications",
    "revoke_tokens_issued_before",
    "total_unread_count",
    "unread_channels",
    "unread_count",
    "unread_threads",
    "user_pk"
  ]
}
