import type { Entity, Ids, Leftovers } from "@chatferry/core"
import type * as Schema from "effect/Schema"
import { type Bag, custom, keep, TOO_DEEP, TOO_DEEP_MESSAGE } from "../bag.ts"
import { declared } from "../consequences.ts"
import type { OfChannelContext } from "../rejectContext.ts"
import {
  channelId,
  flag,
  idOfUser,
  isBlank,
  isFlag,
  isText,
  isWire,
  list,
  text,
  time,
  userId,
  type Wire
} from "../wire.ts"
import { type Context, setTime, snapshot } from "./context.ts"

type Member = Entity.Entity<"member">

/** Members of a channel, in both shapes, and operators who are not among them. */
export const members = (wire: Wire, channel: Entity.Entity<"channel">, context: Context): void => {
  const all = list(wire.members)
  const operators = list(wire.operators)
  const receipts = isWire(wire.read_receipt) ? wire.read_receipt : {}
  const home = { channel, isOperator: new Set(operators.map(idOfUser)), receipts, all }
  const seen = new Set<string | undefined>()
  for (const [i, one] of all.entries()) {
    seen.add(member(one, home, `.members[${i}]`, context))
  }
  for (const [i, one] of operators.entries()) {
    const id = idOfUser(one)
    if (id !== undefined && seen.has(id)) continue
    seen.add(member(one, { ...home, isAmongOperators: true }, `.operators[${i}]`, context))
  }
  for (const id in receipts) if (!seen.has(id)) context.out.note(declared.readReceiptWithoutMember.code)
}

/** A member in a list of members of many channels: it names its own. */
export const listedMember = (wire: Wire, context: Context): void => {
  const id = channelId(wire.channel_url)
  if (id === undefined) {
    return context.out.reject("member", declared.missingChannel.code, "channel_url is missing or empty", wire)
  }
  const home = { channel: { id }, isOperator: NOBODY, receipts: {} }
  member(wire, home, "", context, LISTED_FIELDS)
}

/** A member that was set aside, in what is known of its channel. */
export const memberOf = (
  value: unknown,
  { channel, isOperator, operators = [], receipts = {} }: OfChannelContext,
  context: Context
): void => {
  member(
    value,
    { channel, isOperator: new Set(operators), isAmongOperators: isOperator, receipts, all: [] },
    "",
    context
  )
}

// internal

interface Home {
  readonly channel: Pick<Entity.Entity<"channel">, "id" | "createdAt" | "observedAt">
  readonly isOperator: ReadonlySet<string | undefined>
  /** It stands in the list of operators. */
  readonly isAmongOperators?: boolean | undefined
  readonly receipts: Wire
  /** All members of the channel's list; none where a member stands alone and says all itself. */
  readonly all?: ReadonlyArray<unknown>
}

const NOBODY: ReadonlySet<string> = new Set()

const KEPT = ["muted_end_at", "muted_description", "push_trigger_option"]

const FIELDS: Leftovers.Fields = {
  kind: "member",
  readable: {
    nickname: isText,
    name: isText,
    profile_url: isText,
    image: isText,
    role: isText,
    state: isText,
    is_muted: isFlag,
    is_bot: isFlag,
    is_active: isFlag,
    hidden_state: isText
  },
  read: [
    "user_id",
    "nickname",
    "name",
    "profile_url",
    "image",
    "role",
    "state",
    "is_muted",
    "is_bot",
    "is_active",
    "joined_ts",
    "read_ts",
    "hidden_state",
    "ts_message_offset",
    ...KEPT
  ],
  dropped: [
    "metadata",
    "last_seen_at",
    "is_online",
    "delivered_ts",
    "push_enabled",
    "do_not_disturb",
    "is_blocked_by_me",
    "is_blocking_me",
    "friend_name",
    "friend_discovery_key",
    "require_auth_for_profile_image"
  ]
}

const LISTED_FIELDS: Leftovers.Fields = { ...FIELDS, read: [...FIELDS.read, "channel_url"] }

/** Gives the member's id. */
const member = (
  value: unknown,
  home: Home,
  within: string,
  context: Context,
  fields = FIELDS
): Ids.UserId | undefined => {
  const { channel, isAmongOperators, isOperator, receipts } = home
  const { out } = context
  const wire: Wire = isWire(value) ? value : { user_id: value }
  const id = userId(wire.user_id)
  if (id === undefined) {
    out.reject(
      "member",
      declared.missingId.code,
      "user_id is missing or empty",
      value,
      within,
      contextOf(home)
    )
    return undefined
  }
  const draft: Entity.Draft<Member> = { _tag: "member", channelId: channel.id, userId: id }
  let bag: Bag | undefined
  const role = wire.role
  if (role === "operator" || isAmongOperators === true || isOperator.has(id)) draft.role = "moderator"
  else if (role === "" || role === "none") draft.role = "member"
  else if (text(role) !== undefined) draft.customRole = text(role) as string
  setSwitches(draft, wire)
  bag = setTime(draft, "hiddenBefore", wire, "ts_message_offset", bag, "member", context)
  bag = setTime(draft, "createdAt", wire, "joined_ts", bag, "member", context)
  if (channel.observedAt !== undefined) draft.observedAt = channel.observedAt
  const receipt = { read_receipt: Object.hasOwn(receipts, id) ? receipts[id] : undefined }
  bag = setTime(draft, "lastReadAt", wire, "read_ts", bag, "member", context)
  if (draft.lastReadAt === undefined) {
    bag = setTime(draft, "lastReadAt", receipt, "read_receipt", bag, "member", context)
  }
  if (draft.lastReadAt === undefined && (isNever(wire.read_ts) || isNever(receipt.read_receipt))) {
    out.note(declared.neverRead.code)
    // To most readers no time at all means that everything has been read.
    if (channel.createdAt !== undefined) draft.lastReadAt = channel.createdAt
  }
  const shown = snapshot(wire, context)
  if (shown !== undefined) draft.userSnapshot = shown
  if (flag(wire.is_bot) === true) bag = keep(bag, "is_bot", true)
  if (flag(wire.is_active) === false) bag = keep(bag, "is_active", false)
  for (const field of KEPT) if (!isBlank(wire[field])) bag = keep(bag, field, wire[field])
  bag = context.rest(fields).into(bag, wire)
  if (bag === TOO_DEEP) {
    out.reject("member", declared.tooDeep.code, TOO_DEEP_MESSAGE, value, within, contextOf(home, id))
    return id
  }
  if (bag !== undefined) draft.custom = custom(bag, "member", out)
  out.push(draft)
  return id
}

/** What a member alone does not say. Whoever has no id may be any operator and have any receipt that is nobody else's. */
const contextOf = (
  { all, channel, isAmongOperators, isOperator, receipts }: Home,
  id?: string
): OfChannelContext | undefined => {
  if (all === undefined) return undefined
  const { createdAt, observedAt } = channel
  const others = new Set(id === undefined ? all.map(idOfUser) : undefined)
  const isOwn = (one: string | undefined) =>
    one !== undefined && (id === undefined ? !others.has(one as Ids.UserId) : one === id)
  const operators = Array.from(isOperator).filter(isOwn)
  const own = Object.keys(receipts).filter(isOwn)
  return {
    part: "member",
    channel: {
      id: channel.id,
      ...(createdAt !== undefined && { createdAt }),
      ...(observedAt !== undefined && { observedAt })
    },
    ...(isAmongOperators === true && { isOperator: true }),
    ...(operators.length > 0 &&
      isAmongOperators !== true && { operators: operators as ReadonlyArray<string> }),
    ...(own.length > 0 && {
      receipts: Object.fromEntries(own.map((one) => [one, receipts[one] as Schema.Json]))
    })
  }
}

/** 0 in any of its forms, which is another thing than no time being given. */
const isNever = (value: unknown) => isText(value) && value !== "" && time(value) === undefined

// What is off is said, so that an older record where it was on does not bring it back.
const setSwitches = (draft: Entity.Draft<Member>, wire: Wire) => {
  const { hidden_state: hidden, state } = wire
  if (typeof state === "string" && state !== "") draft.isInvited = state === "invited"
  const isMuted = flag(wire.is_muted)
  if (isMuted !== undefined) draft.isMuted = isMuted
  if (typeof hidden === "string" && hidden !== "") draft.isChannelHidden = hidden.startsWith("hidden")
}
