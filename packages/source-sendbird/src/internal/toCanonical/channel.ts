import { type Entity, type Leftovers, Timestamp } from "@chatferry/core"
import { type Bag, custom, keep, TOO_DEEP, TOO_DEEP_MESSAGE } from "../bag.ts"
import { declared } from "../consequences.ts"
import {
  channelId,
  count,
  flag,
  idOfUser,
  isBlank,
  isFlag,
  isList,
  isNothing,
  isText,
  isUser,
  isWire,
  list,
  text,
  time,
  UNREADABLE,
  type Wire
} from "../wire.ts"
import { type Context, setTime, urlOf } from "./context.ts"
import { members } from "./members.ts"

/** A channel and its members. `form`: what kind of list it stands in, `undefined` in a messages file. */
export const channel = (wire: Wire, form: "group" | "open" | undefined, context: Context): void => {
  const { out } = context
  const id = channelId(wire.channel_url)
  if (id === undefined)
    return out.reject("channel", declared.missingId.code, "channel_url is missing or empty", wire)
  const draft: Entity.Draft<Entity.Entity<"channel">> = {
    _tag: "channel",
    id,
    form: form ?? formOf(wire, id) ?? assumeGroup(context)
  }
  let bag: Bag | undefined
  const type = text(wire.custom_type)
  if (type !== undefined) draft.type = type
  const name = text(wire.name)
  if (name !== undefined) draft.name = name
  const imageUrl = urlOf(wire.cover_url, context)
  if (imageUrl !== undefined) draft.imageUrl = imageUrl
  const inviter = idOfUser(wire.inviter)
  const createdById = idOfUser(wire.created_by) ?? inviter
  if (createdById !== undefined) draft.createdById = createdById
  if (inviter !== undefined && inviter !== createdById) bag = keep(bag, "inviter", inviter)
  setFlags(draft, wire)
  bag = setTime(draft, "createdAt", wire, "created_at", bag, "channel", context)
  bag = setTime(draft, "truncatedAt", wire, "message_purge_offset", bag, "channel", context)
  const observedAt = observationOf(wire.last_message, draft.createdAt, form !== undefined)
  if (observedAt !== undefined) draft.observedAt = observedAt
  for (const field of KEPT_FLAGS) {
    const value = flag(wire[field])
    if (value !== undefined) bag = keep(bag, field, value)
    else if (!isNothing(wire[field])) bag = keep(bag, field, wire[field])
  }
  for (const field of KEPT) if (!isBlank(wire[field])) bag = keep(bag, field, wire[field])
  bag = context.rest(FIELDS).into(bag, wire)
  if (bag === TOO_DEEP) out.reject("channel", declared.tooDeep.code, TOO_DEEP_MESSAGE, wire)
  else {
    if (bag !== undefined) draft.custom = custom(bag, "channel", out)
    out.push(draft)
  }
  members(wire, draft, context)
}

// internal

const KEPT_FLAGS = [
  "is_ephemeral",
  "is_super",
  "is_broadcast",
  "is_exclusive",
  "is_discoverable",
  "is_access_code_required",
  "is_dynamic_partitioned"
]
const KEPT = ["data", "metadata", "metacounter", "pinned_message_ids", "ts_message_offset"]

const FIELDS: Leftovers.Fields = {
  kind: "channel",
  readable: {
    custom_type: isText,
    name: isText,
    cover_url: isText,
    created_by: isUser,
    inviter: isUser,
    is_distinct: isFlag,
    is_public: isFlag,
    freeze: isFlag,
    last_message: isWire,
    members: isList,
    operators: isList,
    read_receipt: isWire,
    channel_type: isText
  },
  read: [
    "channel_url",
    "custom_type",
    "name",
    "cover_url",
    "created_by",
    "inviter",
    "is_distinct",
    "is_public",
    "freeze",
    "created_at",
    "message_purge_offset",
    "last_message",
    "members",
    "operators",
    "read_receipt",
    "channel_type",
    ...KEPT_FLAGS,
    ...KEPT
  ],
  dropped: [
    "channel",
    "participant_count",
    "member_count",
    "joined_member_count",
    "unread_message_count",
    "unread_mention_count",
    "max_length_message",
    "message_survival_seconds",
    "disappearing_message",
    "sms_fallback",
    "sms_fallback_wait_seconds",
    "sms_fallback_exclude_user_ids",
    "delivery_receipt",
    "has_bot",
    "has_ai_bot",
    "latest_pinned_message",
    // What follows is true for one user only, and no export is made for one.
    "count_preference",
    "hidden_state",
    "invited_at",
    "is_hidden",
    "is_muted",
    "is_push_enabled",
    "joined_ts",
    "member_state",
    "my_count_preference",
    "my_last_read",
    "my_member_state",
    "my_muted",
    "my_push_trigger_option",
    "my_role",
    "push_trigger_option",
    "user_last_read"
  ]
}

const assumeGroup = (context: Context) => {
  context.out.note(declared.channelFormAssumed.code)
  return "group" as const
}

// A messages file does not say what kind of channel it holds, but only one kind has these fields.
const formOf = (wire: Wire, id: string) => {
  const said = wire.channel_type
  if (said === "open" || said === "open_channels") return "open"
  if (said === "group" || said === "group_channels") return "group"
  if (id.startsWith("sendbird_open_channel_")) return "open"
  if (id.startsWith("sendbird_group_channel_")) return "group"
  if (GROUP_ONLY.some((field) => wire[field] !== undefined)) return "group"
  return wire.participant_count !== undefined || wire.operators !== undefined ? "open" : undefined
}

const GROUP_ONLY = ["members", "member_count", "joined_member_count", "is_distinct"]

// What is off is said, so that an older record where it was on does not bring it back.
const setFlags = (draft: Entity.Draft<Entity.Entity<"channel">>, wire: Wire) => {
  const isPublic = flag(wire.is_public)
  if (isPublic !== undefined) draft.isPublic = isPublic
  const isFrozen = flag(wire.freeze)
  if (isFrozen !== undefined) draft.isFrozen = isFrozen
  const isDistinct = flag(wire.is_distinct)
  if (isDistinct !== undefined) draft.isDistinct = isDistinct
  if (isDistinct !== true) return
  // Large channels list only some of their members.
  const ids = list(wire.members).flatMap((member) => idOfUser(member) ?? [])
  if (ids.length > 0 && ids.length === (count(wire.member_count) ?? ids.length)) draft.distinctMemberIds = ids
}

/** The latest time at which the channel is known to have been in this state, or later. */
const observationOf = (
  last: unknown,
  createdAt: Timestamp.Timestamp | undefined,
  isListed: boolean
): Timestamp.Timestamp | undefined => {
  const lastAt = isWire(last) ? time(last.created_at ?? last.ts) : undefined
  const at = lastAt === undefined || lastAt === UNREADABLE ? createdAt : lastAt
  // A list says less than a messages file that knows of the same last message, so it counts as a little older.
  return at !== undefined && isListed ? Timestamp.fromMillis(Timestamp.toMillis(at) - 1) : at
}
