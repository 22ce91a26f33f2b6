import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity, type Ids, type Timestamp } from "@chatferry/core"
import type * as Schema from "effect/Schema"
import { declared } from "../consequences.ts"
import { type Context, noteSwitch, sendbird, NAME_AND_PICTURE, snapshot } from "./context.ts"
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

/** The fields of a channel that its members need. */
type Channel = Pick<Entity.Entity<"channel">, "id" | "createdAt" | "observedAt">

/** Maps the members of a channel, in both shapes, and the operators who are not among them. */
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

/** What a list of members says about all of them. */
interface Listed {
  /** The channel of the file. */
  readonly channel?: Ids.ChannelId | null | undefined
  readonly isAmongOperators?: boolean | undefined
}

/** Maps a member of a list. The member or its file names the channel. */
export const listedMember = (raw: RawObject, context: Context, of: Listed = {}): void => {
  const id = channelId(raw.channel_url) ?? of.channel ?? undefined
  if (id === undefined) {
    return context.out.reject("member", declared.missingChannel.code, "channel_url is missing or empty", raw)
  }
  const { isAmongOperators } = of
  const home = { channel: { id }, isOperator: NOBODY, receipts: {}, isAmongOperators }
  member(raw, "", { ...context, home }, listed)
}

/** Maps a rejected member again, in the context of its channel. */
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
  /** True in the list of operators. */
  readonly isAmongOperators?: boolean | undefined
  readonly receipts: RawObject
  /** All members in the list of the channel; `undefined` for a member that names its channel. */
  readonly all?: ReadonlyArray<unknown>
}

interface MemberContext extends Context {
  readonly home: Home
}

const NOBODY: ReadonlySet<string> = new Set()

/** Maps a member and returns its id. */
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

/** A switch, or the word that the SDKs use for it. */
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
      role: m.always([field((value) => (value === "" ? "none" : Read.text(value)), "role")], (x, role) => {
        const { isAmongOperators, isOperator } = x.context.home
        if (role === "operator" || isAmongOperators === true || isOperator.has(x.draft.userId))
          return "moderator"
        if (role === "none") return "member"
        x.set("customRole", role)
        return undefined
      }),
      // A switch that is off is set as well, so that an older record does not switch it on again.
      isInvited: m.from([field(Read.oneOf("joined", "invited", "left", "none"), "state")], (x, found) => {
        // The record does not say when. The observation time of the channel is the best known time.
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
          // The model does not have notifications for mentions only.
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
      userSnapshot: m.from([...NAME_AND_PICTURE, field(Read.yes, "is_bot")], snapshot)
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

/** Returns the read time of the member in the receipts of the channel. */
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
  // Most targets take a missing time to mean that everything has been read.
  return channel.createdAt ?? BEGINNING
}

/** A time before all channels, because lists of members do not give the creation time of their channel. */
const BEGINNING = "1970-01-01T00:00:00Z" as Timestamp.Timestamp

/** True for 0 in any of its forms, which is different from a missing time. */
const isNever = (value: unknown) => isText(value) && value !== "" && time(value) === undefined

const inChannel = tableOf([])
const listed = tableOf(["channel_url"])

/** The context of a rejected member. A member without an id may be any operator and have any receipt that does not belong to another member. */
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
