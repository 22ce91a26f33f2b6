import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity, type Ids, type Timestamp } from "@chatferry/core"
import type * as Schema from "effect/Schema"
import { declared } from "../consequences.ts"
import { type Context, noteSwitch, sendbird, SHOWN, snapshot } from "./context.ts"
import {
  channelId,
  count,
  idOfUser,
  isBlank,
  isText,
  isObject,
  list,
  time,
  UNREADABLE,
  type RawObject
} from "./raw.ts"
import * as Read from "./reads.ts"
import type { OfChannelContext } from "./rejectContext.ts"
import * as spellings from "./spellings.ts"

const { any, field, kept } = RawRecord

/** What of a channel its members need. */
type Channel = Pick<Entity.Entity<"channel">, "id" | "createdAt" | "observedAt">

/** Members of a channel, in both shapes, and operators who are not among them. */
export const members = (raw: RawObject, channel: Channel, context: Context): void => {
  const all = list(raw.members)
  const operators = list(raw.operators)
  const receipts = isObject(raw.read_receipt) ? raw.read_receipt : {}
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

/** What a list of members says of all of them. */
interface Listed {
  /** The channel of the file. */
  readonly channel?: Ids.ChannelId | null | undefined
  readonly isAmongOperators?: boolean | undefined
}

/** A member in a list of members: it names its channel, or its file does. */
export const listedMember = (raw: RawObject, context: Context, of: Listed = {}): void => {
  const id = channelId(raw.channel_url) ?? of.channel ?? undefined
  if (id === undefined) {
    return context.out.reject("member", declared.missingChannel.code, "channel_url is missing or empty", raw)
  }
  const { isAmongOperators } = of
  const home = { channel: { id }, isOperator: NOBODY, receipts: {}, isAmongOperators }
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
  readonly receipts: RawObject
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
  const found = table.read(isObject(value) ? value : { [spellings.user.id[0]]: value }, context)
  if (!(found instanceof RawRecord.Rejection)) {
    if (found.removedAt === undefined && isObject(value) && GONE.has(value.state))
      out.note(declared.memberLeft.code)
    else out.push(found)
    return found.userId
  }
  const id = found.draft.userId
  out.reject("member", found.code, found.message, value, within, contextOf(home, id))
  return id
}

const m = sendbird.kind<"member", MemberContext>("member")

const GONE = new Set<unknown>(["left", "none"])

/** A switch, or the word by which the SDKs call it. */
const muted: RawRecord.Read<boolean> = (value) =>
  value === "muted" ? true : value === "unmuted" ? false : Read.flag(value)

const HIDDEN = ["hidden_allow_auto_unhide", "hidden_prevent_auto_unhide"] as const

const tableOf = (elsewhere: ReadonlyArray<string>) =>
  m.table(
    {
      channelId: m.always([], (x) => x.context.home.channel.id),
      userId: field(Read.userId, ...spellings.user.id).orReject(
        declared.missingId.code,
        "user_id is missing or empty"
      ),
      role: m.always([field((value) => (value === "" ? "none" : Read.text(value)), "role")], (x, said) => {
        const { isAmongOperators, isOperator } = x.context.home
        if (said === "operator" || isAmongOperators === true || isOperator.has(x.draft.userId))
          return "moderator"
        if (said === "none") return "member"
        x.set("customRole", said)
        return undefined
      }),
      // What is off is said, so that an older record where it was on does not bring it back.
      isInvited: m.from([field(Read.oneOf("joined", "invited", "left", "none"), "state")], (x, found) => {
        // Nothing says when: it is known of when the channel was seen so.
        if (GONE.has(found)) return x.set("removedAt", x.context.home.channel.observedAt)
        return found === undefined ? undefined : found === "invited"
      }),
      isMuted: m.from(
        [field(muted, "is_muted"), field(Read.record, "restriction_info")],
        (x, on, restriction) => {
          if (restriction === undefined || isBlank(restriction)) return on
          x.keep("restriction_info", restriction)
          const { end_at: end, restriction_type: type } = restriction
          if (type === "banned" || (count(end) ?? 0) > 0) noteSwitch(x, "member.restriction_info")
          return on ?? (type === "muted" ? true : undefined)
        }
      ),
      isChannelMuted: m.from(
        [
          field(Read.oneOf("all", "mention_only", "off", "default"), "push_trigger_option"),
          field(Read.flag, "push_enabled")
        ],
        (x, option, isEnabled) => {
          // The model has no channel of which only mentions are told.
          if (option === "mention_only") x.keep("push_trigger_option", option)
          if (isEnabled === false || option === "off") return true
          return option === "all" || option === "mention_only" ? false : undefined
        }
      ),
      isChannelHidden: m.from(
        [field(Read.oneOf("unhidden", ...HIDDEN), "hidden_state"), field(Read.flag, "is_hidden")],
        (x, found, isHidden) => {
          // In the model a hidden channel comes back with the next message.
          if (found === "hidden_prevent_auto_unhide") {
            x.keep("hidden_state", found)
            noteSwitch(x, "member.hidden_state")
          }
          return found === undefined ? isHidden : found !== "unhidden"
        }
      ),
      hiddenBefore: field(Read.time, "ts_message_offset"),
      createdAt: field(Read.time, ...spellings.member.joinedAt),
      observedAt: m.always([], (x) => x.context.home.channel.observedAt),
      lastReadAt: m.always([field(Read.time, "read_ts")], (x, readAt) => readAt ?? receiptOf(x)),
      userSnapshot: m.from([...SHOWN, field(Read.yes, "is_bot")], snapshot)
    },
    {
      kept: [kept(["is_active"], { read: Read.no }), "muted_description"],
      also: [
        m.from([any("muted_end_at")], (x, end) => {
          if (isBlank(end)) return
          x.keep("muted_end_at", end)
          if (x.draft.isMuted === true && (count(end) ?? 1) > 0) noteSwitch(x, "member.muted_end_at")
        }),
        m.from([field(Read.yes, "do_not_disturb")], (x, on) => {
          if (on !== true) return
          x.keep("do_not_disturb", on)
          noteSwitch(x, "member.do_not_disturb")
        })
      ],
      elsewhere,
      dropped: [
        "metadata",
        "last_seen_at",
        "is_online",
        "delivered_ts",
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
  return channel.createdAt ?? BEGINNING
}

/** Before all channels: lists of members do not say when theirs was made. */
const BEGINNING = "1970-01-01T00:00:00Z" as Timestamp.Timestamp

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
