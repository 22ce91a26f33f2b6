import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity, type Ids } from "@chatferry/core"
import type * as Schema from "effect/Schema"
import { declared } from "../consequences.ts"
import * as Read from "../reads.ts"
import type { OfChannelContext } from "../rejectContext.ts"
import { channelId, idOfUser, isBlank, isText, isWire, list, time, UNREADABLE, type Wire } from "../wire.ts"
import { type Context, sendbird, SHOWN, snapshot } from "./context.ts"

const { field, kept } = RawRecord

/** What of a channel its members need. */
type Channel = Pick<Entity.Entity<"channel">, "id" | "createdAt" | "observedAt">

/** Members of a channel, in both shapes, and operators who are not among them. */
export const members = (raw: Wire, channel: Channel, context: Context): void => {
  const all = list(raw.members)
  const operators = list(raw.operators)
  const receipts = isWire(raw.read_receipt) ? raw.read_receipt : {}
  const home = { channel, isOperator: new Set(operators.map(idOfUser)), receipts, all }
  const seen = new Set<string | undefined>()
  const asMember = { ...context, home }
  for (const [i, one] of all.entries()) seen.add(member(one, `.members[${i}]`, asMember))
  const asOperator = { ...context, home: { ...home, isAmongOperators: true } }
  for (const [i, one] of operators.entries()) {
    const id = idOfUser(one)
    if (id !== undefined && seen.has(id)) continue
    seen.add(member(one, `.operators[${i}]`, asOperator))
  }
  for (const id in receipts) if (!seen.has(id)) context.out.note(declared.readReceiptWithoutMember.code)
}

/** A member in a list of members of many channels: it names its own. */
export const listedMember = (raw: Wire, context: Context): void => {
  const id = channelId(raw.channel_url)
  if (id === undefined) {
    return context.out.reject("member", declared.missingChannel.code, "channel_url is missing or empty", raw)
  }
  const home = { channel: { id }, isOperator: NOBODY, receipts: {} }
  member(raw, "", { ...context, home }, listed)
}

/** A member that was set aside, in what is known of its channel. */
export const memberOf = (
  value: unknown,
  { channel, isOperator, operators = [], receipts = {} }: OfChannelContext,
  context: Context
): void => {
  const home = { channel, isOperator: new Set(operators), isAmongOperators: isOperator, receipts, all: [] }
  member(value, "", { ...context, home })
}

// internal

interface Home {
  readonly channel: Channel
  readonly isOperator: ReadonlySet<string | undefined>
  /** It stands in the list of operators. */
  readonly isAmongOperators?: boolean | undefined
  readonly receipts: Wire
  /** All members of the channel's list; none where a member stands alone and says all itself. */
  readonly all?: ReadonlyArray<unknown>
}

interface MemberContext extends Context {
  readonly home: Home
}

const NOBODY: ReadonlySet<string> = new Set()

/** Gives the member's id. */
const member = (
  value: unknown,
  within: string,
  context: MemberContext,
  table = inChannel
): Ids.UserId | undefined => {
  const { home, out } = context
  const found = table.read(isWire(value) ? value : { user_id: value }, context)
  if (!(found instanceof RawRecord.Rejection)) {
    if (found.removedAt === undefined && isWire(value) && value.state === LEFT)
      out.note(declared.memberLeft.code)
    else out.push(found)
    return found.userId
  }
  const id = found.draft.userId
  out.reject("member", found.code, found.message, value, within, contextOf(home, id))
  return id
}

const m = sendbird.kind<"member", MemberContext>("member")

/** Words say what they say as text alone. */
const word: RawRecord.Read<string> = (value) => {
  if (typeof value !== "string") return UNREADABLE
  return value === "" ? undefined : value
}

const LEFT = "left"

const tableOf = (elsewhere: ReadonlyArray<string>) =>
  m.table(
    {
      channelId: m.always([], (x) => x.context.home.channel.id),
      userId: field(Read.userId, "user_id").orReject(declared.missingId.code, "user_id is missing or empty"),
      role: m.always([field((value) => (value === "" ? "none" : Read.text(value)), "role")], (x, said) => {
        const { isAmongOperators, isOperator } = x.context.home
        if (said === "operator" || isAmongOperators === true || isOperator.has(x.draft.userId))
          return "moderator"
        if (said === "none") return "member"
        x.set("customRole", said)
        return undefined
      }),
      // What is off is said, so that an older record where it was on does not bring it back.
      isInvited: m.from([field(word, "state")], (x, found) => {
        // Nothing says when: it is known of when the channel was seen so.
        if (found === LEFT) return x.set("removedAt", x.context.home.channel.observedAt)
        return found === undefined ? undefined : found === "invited"
      }),
      isMuted: field(Read.flag, "is_muted"),
      isChannelHidden: m.from([field(word, "hidden_state")], (_, found) => found?.startsWith("hidden")),
      hiddenBefore: field(Read.time, "ts_message_offset"),
      createdAt: field(Read.time, "joined_ts"),
      observedAt: m.always([], (x) => x.context.home.channel.observedAt),
      lastReadAt: m.always([field(Read.time, "read_ts")], (x, readAt) => readAt ?? receiptOf(x)),
      userSnapshot: m.from([...SHOWN, field(Read.yes, "is_bot")], snapshot)
    },
    {
      kept: [
        kept(["is_active"], { read: Read.no }),
        "muted_end_at",
        "muted_description",
        "push_trigger_option"
      ],
      elsewhere,
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
  )

/** When the channel says that the member has read it. */
const receiptOf = (x: RawRecord.X<Entity.Entity<"member">, MemberContext>) => {
  const { channel, receipts } = x.context.home
  const id = x.draft.userId as Ids.UserId
  const receipt = Object.hasOwn(receipts, id) ? receipts[id] : undefined
  const readAt = time(receipt)
  if (readAt === UNREADABLE) {
    if (isBlank(receipt)) return undefined
    x.note(Consequence.codeOf(RawRecord.declared.unreadableField, "member.read_receipt"))
    x.keep("read_receipt", receipt)
  } else if (readAt !== undefined) return readAt
  if (!isNever(x.raw.read_ts) && !isNever(receipt)) return undefined
  x.note(declared.neverRead.code)
  // To most readers no time at all means that everything has been read.
  return channel.createdAt
}

/** 0 in any of its forms, which is another thing than no time being given. */
const isNever = (value: unknown) => isText(value) && value !== "" && time(value) === undefined

const inChannel = tableOf([])
const listed = tableOf(["channel_url"])

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
