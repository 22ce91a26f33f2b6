import type { Entity, Leftovers } from "@chatferry/core"
import { type Bag, custom, keep, TOO_DEEP, TOO_DEEP_MESSAGE } from "../bag.ts"
import { declared } from "../consequences.ts"
import { OpenChannel } from "../openChannel.ts"
import {
  flag,
  idOfUser,
  isFlag,
  isList,
  isListOf,
  isText,
  isUser,
  isWire,
  list,
  text,
  type Wire
} from "../wire.ts"
import { cidOfChannel, typeOfCid } from "./cid.ts"
import { closeChannel, type Context, setAside, setNameAndImage, setTime } from "./context.ts"
import { member } from "./member.ts"
import { person } from "./person.ts"

/** A channel, which is told once its members have been seen. */
export const channel = (wire: Wire, context: Context, within = ""): void => {
  closeChannel(context)
  context.channelId = cidOfChannel(wire)
  const id = context.channelId
  if (id === undefined) {
    const problem = "the channel has neither a cid nor a type and an id"
    return setAside(context, "channel", declared.missingId.code, problem, wire, within)
  }
  const draft: Entity.Draft<Entity.Entity<"channel">> = {
    _tag: "channel",
    id,
    form: "typed",
    type: text(wire["type"]) ?? typeOfCid(id)
  }
  setNameAndImage(draft, wire, context)
  const team = text(wire["team"])
  if (team !== undefined) draft.team = team
  const createdById = person(wire["created_by"], context) ?? idOfUser(wire["created_by_id"])
  if (createdById !== undefined) draft.createdById = createdById
  // What is off is said, so that an older record where it was on does not bring it back.
  const isFrozen = flag(wire["frozen"])
  if (isFrozen !== undefined) draft.isFrozen = isFrozen
  const isDisabled = flag(wire["disabled"])
  if (isDisabled !== undefined) draft.isDisabled = isDisabled
  const banned = list(wire["banned_users"]).flatMap((one) => person(one, context) ?? [])
  if (banned.length > 0) draft.bannedUserIds = Array.from(new Set(banned))
  let bag: Bag | undefined
  bag = setTime(draft, "createdAt", wire, "created_at", bag, "channel", context)
  bag = setTime(draft, "updatedAt", wire, "updated_at", bag, "channel", context)
  bag = setTime(draft, "truncatedAt", wire, "truncated_at", bag, "channel", context)
  bag = setTime(draft, "deletedAt", wire, "deleted_at", bag, "channel", context)
  const truncatedById = person(wire["truncated_by"], context) ?? idOfUser(wire["truncated_by_id"])
  if (truncatedById !== undefined) bag = keep(bag, "truncated_by_id", truncatedById)
  bag = context.rest(FIELDS).into(bag, wire)
  if (bag === TOO_DEEP) setAside(context, "channel", declared.tooDeep.code, TOO_DEEP_MESSAGE, wire, within)
  else {
    if (bag !== undefined) draft.custom = custom(bag)
    context.open = new OpenChannel(
      draft,
      context.at(),
      list(wire["member_ids"]).flatMap((one) => idOfUser(one) ?? [])
    )
  }
  for (const [i, one] of list(wire["members"]).entries()) {
    const place = `${within}.members[${i}]`
    if (isWire(one)) member(one, context, place)
    else if (one !== null)
      setAside(context, "member", declared.notAnObject.code, "a record must be an object", one, place)
  }
}

// internal

const FIELDS: Leftovers.Fields = {
  kind: "channel",
  readable: {
    name: isText,
    image: isText,
    team: isText,
    created_by: isUser,
    truncated_by: isUser,
    frozen: isFlag,
    disabled: isFlag,
    banned_users: isListOf(isUser),
    members: isList
  },
  read: [
    "id",
    "cid",
    "type",
    "name",
    "image",
    "team",
    "created_by",
    "created_by_id",
    "frozen",
    "disabled",
    "banned_users",
    "member_ids",
    "members",
    "created_at",
    "updated_at",
    "truncated_at",
    "truncated_by",
    "truncated_by_id",
    "deleted_at"
  ],
  kept: [
    "auto_translation_enabled",
    "auto_translation_language",
    "blocked",
    "config_overrides",
    "cooldown",
    "filter_tags"
  ],
  dropped: [
    "app_pk",
    "config",
    "created_by_pk",
    "hidden",
    "hide_messages_before",
    "invites",
    "joined",
    "last_message_at",
    "last_updated",
    "member_count",
    "message_count",
    "mute_expires_at",
    "muted",
    "own_capabilities",
    "pk"
  ]
}
