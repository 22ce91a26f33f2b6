import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity, type Ids, type Timestamp } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { acting, keptTimes, unknownValue, withTimes } from "./actingFields.ts"
import { CID_FIELDS, cidOf } from "./cid.ts"
import { type Context, setAside, stream } from "./context.ts"
import { customFields } from "./customFields.ts"
import { nestedUser } from "./nestedUser.ts"
import { idOfUser, isBlank, isZeroTime, userId, type RawObject } from "./raw.ts"
import * as Read from "./reads.ts"

const { any, field } = RawRecord

type Member = Entity.Entity<"member">

/** Maps a member of the channel that it names, or else of the current channel. */
export const member = (raw: RawObject, context: Context, within = ""): void => {
  const found = read<Member>(table, "member", raw, context, within)
  if (found === undefined) return
  if (hasLeft(raw) && found.removedAt === undefined) context.out.note(declared.memberDeleted.code)
  else context.out.push(found)
}

/** Maps a read state, which is separate from the members, to a member record that only has the read time. */
export const readState = (raw: RawObject, context: Context, within = ""): void => {
  const found = read<ReadState>(readStates, "read", raw, context, within)
  if (found === undefined) return
  context.out.push({ _tag: "member", ...found })
  const { channelId, lastReadAt = NEVER, userId: id } = found
  if (context.open?.id === channelId) context.open.addRead(id, lastReadAt)
}

// internal

const hasLeft = (raw: RawObject): boolean => !isBlank(raw["deleted_at"])

const whoOf = (raw: RawObject): Ids.UserId | undefined => idOfUser(raw["user"]) ?? userId(raw["user_id"])

const read = <E>(
  from: Pick<RawRecord.Table<E, Context>, "read">,
  record: "member" | "read",
  raw: RawObject,
  context: Context,
  within: string
): E | undefined => {
  if (whoOf(raw) === undefined) {
    const problem = "the member has neither a user nor a user_id"
    setAside(context, record, declared.missingId.code, problem, raw, within)
    return undefined
  }
  const found = from.read(raw, context)
  if (!(found instanceof RawRecord.Rejection)) return found
  setAside(context, record, found.code, found.message, raw, within)
  return undefined
}

const m = stream.kind<"member">("member")

/** The levels that preceded roles, with the equivalent role. */
const LEVELS: ReadonlyMap<string, string | undefined> = new Map([
  ["member", "channel_member"],
  // The owner created the channel, and the channel names its creator.
  ["owner", undefined],
  ["moderator", "channel_moderator"],
  ["admin", "channel_moderator"]
])
const isDropped = (level: string, role: string | undefined): boolean => {
  const equivalent = LEVELS.get(level)
  return equivalent === undefined || (role !== undefined && role !== equivalent)
}
const ROLE_DROPPED = Consequence.codeOf(RawRecord.declared.fieldDropped, "member.role")

/** These follow from the other fields of an invitation. */
const STATUSES = new Set(["member", "invited", "pending", "accepted", "rejected"])
const STATUS_DROPPED = Consequence.codeOf(RawRecord.declared.fieldDropped, "member.status")

const NEVER = "1970-01-01T00:00:00Z" as Timestamp.Timestamp

const identity = {
  channelId: m
    .always([field(Read.userOrId, "user"), field(Read.userId, "user_id")], (x, user) => {
      nestedUser(user, x.context)
      return cidOf(x.raw) ?? x.context.channelId
    })
    .orReject(declared.missingChannel.code, "neither the member nor a record before it names a channel"),
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
        else if (legacy !== undefined && isDropped(legacy, own)) x.note(ROLE_DROPPED)
        if (own === "channel_moderator") return "moderator"
        if (own === "channel_member") return "member"
        if (own !== undefined) return x.set("customRole", own)
        if (isModerator === true || LEVELS.get(legacy ?? "") === "channel_moderator") return "moderator"
        return legacy !== undefined || isModerator === false ? "member" : undefined
      }
    ),
    // Stream's page on imports has the second spelling of both fields, and its schemas have the first.
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
      // The model has permanent bans only, on the channel. Other bans are kept here, because they must not last longer than intended.
      m.from(
        [field(Read.flag, "banned"), any("ban_expires"), field(Read.flag, "shadow_banned")],
        (x, isBanned = false, expires, isShadow = false) => {
          if (!isBanned && !isShadow) {
            if (!isBlank(expires)) x.keep("ban_expires", withTimes("ban_expires", expires))
            if (x.raw["banned"] === false && isOpen(x)) x.context.open?.noteBanFlag()
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
