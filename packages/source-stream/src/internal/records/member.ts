import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity, type Ids, type Timestamp } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { acting, keptTimes, unknownValue, withTimes } from "./actingFields.ts"
import { CID_FIELDS, cidOf } from "./cid.ts"
import { type Context, setAside, stream } from "./context.ts"
import { customFields } from "./customFields.ts"
import { person } from "./person.ts"
import { idOfUser, isBlank, isZeroTime, userId, type RawObject } from "./raw.ts"
import * as Read from "./reads.ts"

const { any, field } = RawRecord

type Member = Entity.Entity<"member">

/** A member of the channel that it names, or else of the one it stands with. */
export const member = (wire: RawObject, context: Context, within = ""): void => {
  const found = read<Member>(table, "member", wire, context, within)
  if (found === undefined) return
  if (hasLeft(wire) && found.removedAt === undefined) context.out.note(declared.memberDeleted.code)
  else context.out.push(found)
}

/** What a member has read, which stands beside the members: a record of the same member that says only that. */
export const readState = (wire: RawObject, context: Context, within = ""): void => {
  const found = read<ReadState>(readStates, "read", wire, context, within)
  if (found === undefined) return
  context.out.push({ _tag: "member", ...found })
  const { channelId, lastReadAt = NEVER, userId: id } = found
  if (context.open?.id === channelId) context.open.addRead(id, lastReadAt)
}

// internal

const hasLeft = (wire: RawObject): boolean => !isBlank(wire["deleted_at"])

const whoOf = (wire: RawObject): Ids.UserId | undefined => idOfUser(wire["user"]) ?? userId(wire["user_id"])

const read = <E>(
  from: Pick<RawRecord.Table<E, Context>, "read">,
  record: "member" | "read",
  wire: RawObject,
  context: Context,
  within: string
): E | undefined => {
  if (whoOf(wire) === undefined) {
    const problem = "the member has neither a user nor a user_id"
    setAside(context, record, declared.missingId.code, problem, wire, within)
    return undefined
  }
  const found = from.read(wire, context)
  if (!(found instanceof RawRecord.Rejection)) return found
  setAside(context, record, found.code, found.message, wire, within)
  return undefined
}

const m = stream.kind<"member">("member")

/** The levels that roles have taken the place of, with the role that says the same. */
const LEVELS: ReadonlyMap<string, string | undefined> = new Map([
  ["member", "channel_member"],
  // Who made the channel, which the channel says.
  ["owner", undefined],
  ["moderator", "channel_moderator"],
  ["admin", "channel_moderator"]
])
const isLost = (level: string, role: string | undefined): boolean => {
  const said = LEVELS.get(level)
  return said === undefined || (role !== undefined && role !== said)
}
const ROLE_DROPPED = Consequence.codeOf(RawRecord.declared.fieldDropped, "member.role")

/** They follow from what else is said of an invitation. */
const STATUSES = new Set(["member", "invited", "pending", "accepted", "rejected"])
const STATUS_DROPPED = Consequence.codeOf(RawRecord.declared.fieldDropped, "member.status")

const NEVER = "1970-01-01T00:00:00Z" as Timestamp.Timestamp

const identity = {
  channelId: m
    .always([field(Read.shown, "user"), field(Read.userId, "user_id")], (x, user) => {
      person(user, x.context)
      return cidOf(x.raw) ?? x.context.channelId
    })
    .orReject(declared.missingChannel.code, "neither the member nor what stands before it names a channel"),
  userId: m.always([], (x) => whoOf(x.raw) as Ids.UserId)
}

const lastReadAt = m.from(
  [field((value) => (isZeroTime(value) ? NEVER : Read.time(value)), "last_read")],
  (x, readAt) => {
    if (readAt === NEVER) x.note(declared.neverRead.code)
    return readAt
  }
)

const table = m.table(
  {
    ...identity,
    role: m.from(
      [field(Read.text, "channel_role"), field(Read.text, "role"), field(Read.flag, "is_moderator")],
      (x, own, legacy, isModerator) => {
        if (legacy !== undefined && !LEVELS.has(legacy)) unknownValue(x, "member", "role", legacy)
        else if (legacy !== undefined && isLost(legacy, own)) x.note(ROLE_DROPPED)
        if (own === "channel_moderator") return "moderator"
        if (own === "channel_member") return "member"
        if (own !== undefined) return x.set("customRole", own)
        if (isModerator === true || LEVELS.get(legacy ?? "") === "channel_moderator") return "moderator"
        return legacy !== undefined || isModerator === false ? "member" : undefined
      }
    ),
    // Stream's page on imports has the second spelling of both, its schemas the first.
    inviteAcceptedAt: field(Read.time, "invite_accepted_at", "invited_accepted_at"),
    inviteRejectedAt: field(Read.time, "invite_rejected_at", "invited_rejected_at"),
    isInvited: m.from([field(Read.flag, "invited"), field(Read.text, "status")], (x, isInvited, status) => {
      const { inviteAcceptedAt, inviteRejectedAt } = x.draft
      if (status !== undefined && !STATUSES.has(status)) unknownValue(x, "member", "status", status)
      else if (status !== undefined) x.note(STATUS_DROPPED)
      const is = isInvited ?? (status === "pending" || status === "invited" ? true : undefined)
      return is === true ? (inviteAcceptedAt ?? inviteRejectedAt) === undefined : is
    }),
    isChannelMuted: field(Read.flag, "notifications_muted"),
    isChannelHidden: field(Read.flag, "hide_channel", "hidden"),
    hiddenBefore: field(Read.time, "hide_messages_before"),
    archivedAt: field(Read.time, "archived_at"),
    createdAt: field(Read.time, "created_at"),
    updatedAt: field(Read.time, "updated_at"),
    removedAt: field(Read.time, "deleted_at"),
    lastReadAt
  },
  {
    also: [
      ...acting(m, "member", [
        "ban_from_future_channels",
        "deleted_messages",
        "future_channel_ban_expires",
        "pinned_at"
      ]),
      m.always([], ({ context: { open }, draft: { channelId, userId: id }, raw }) => {
        if (open?.id === channelId && !hasLeft(raw)) open?.addMember(id as Ids.UserId)
      }),
      // The model knows bans for good, on the channel. Others are kept here, because they must not last longer than they were meant to.
      m.from(
        [field(Read.flag, "banned"), any("ban_expires"), field(Read.flag, "shadow_banned")],
        (x, isBanned = false, expires, isShadow = false) => {
          if (!isBanned && !isShadow) {
            if (!isBlank(expires)) x.keep("ban_expires", withTimes("ban_expires", expires))
            if (x.raw["banned"] === false && isOpen(x)) x.context.open?.tellBans()
            return
          }
          const isPlaced = isBanned && isBlank(expires) && isBanPlaced(x)
          if (isPlaced && !isShadow) return
          x.note(declared.banKeptAsCustom.code)
          if (isBanned && !isPlaced) x.keep("banned", true)
          if (isShadow) x.keep("shadow_banned", true)
          if (!isBlank(expires)) x.keep("ban_expires", withTimes("ban_expires", expires))
        }
      )
    ],
    elsewhere: [...CID_FIELDS, "custom"],
    unknown: customFields("member")
  }
)

const isOpen = ({ context: { open }, draft: { channelId } }: RawRecord.X<Member, Context>) =>
  open !== undefined && open.id === channelId

const isBanPlaced = (x: RawRecord.X<Member, Context>) =>
  isOpen(x) && x.context.open?.addBanned(x.draft.userId as Ids.UserId) === true

type ReadState = Pick<Member, "channelId" | "userId" | "lastReadAt" | "custom">

const r = stream.part<ReadState>("read")

const readStates = r.table(
  { ...identity, lastReadAt },
  {
    kept: ["last_delivered_message_id", "last_read_message_id"],
    also: keptTimes(r, ["last_delivered_at"]),
    elsewhere: [...CID_FIELDS, "custom"],
    unknown: customFields("read"),
    dropped: ["unread_messages"]
  }
)
