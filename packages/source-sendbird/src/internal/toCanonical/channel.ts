import { RawRecord } from "@chatferry/connector"
import { type Ids, Timestamp } from "@chatferry/core"
import { declared } from "../consequences.ts"
import * as Read from "../reads.ts"
import { count, idOfUser, time, UNREADABLE, type Wire } from "../wire.ts"
import { type Context, sendbird, urlOf } from "./context.ts"
import { members } from "./members.ts"

const { field, kept } = RawRecord

export interface ChannelContext extends Context {
  /** What kind of list it stands in; none in a messages file. */
  readonly form?: "group" | "open" | undefined
}

/** A channel and its members. */
export const channel = (raw: Wire, context: ChannelContext): void => {
  const { out } = context
  const found = table.read(raw, context)
  if (!(found instanceof RawRecord.Rejection)) {
    out.push(found)
    return members(raw, found, context)
  }
  out.reject("channel", found.code, found.message, raw)
  // Members do not depend on what is wrong with their channel, as long as it has an id.
  const { id } = found.draft
  if (id !== undefined) members(raw, { ...found.draft, id }, context)
}

// internal

const c = sendbird.kind<"channel", ChannelContext>("channel")

const table = c.table(
  {
    id: field(Read.channelId, "channel_url").orReject(
      declared.missingId.code,
      "channel_url is missing or empty"
    ),
    form: c.always([field(Read.text, "channel_type")], (x, said) => {
      const form = x.context.form ?? formOf(x.raw, x.draft.id as Ids.ChannelId, said)
      if (form === undefined) x.note(declared.channelFormAssumed.code)
      return form ?? "group"
    }),
    type: field(Read.text, "custom_type"),
    name: field(Read.text, "name"),
    imageUrl: c.from([field(Read.text, "cover_url")], (x, url) => urlOf(url, x.context)),
    createdById: c.from(
      [field(Read.user, "created_by"), field(Read.user, "inviter")],
      (x, creator, inviter) => {
        if (creator !== undefined && inviter !== undefined && inviter !== creator) x.keep("inviter", inviter)
        return creator ?? inviter
      }
    ),
    // What is off is said, so that an older record where it was on does not bring it back.
    isPublic: field(Read.flag, "is_public"),
    isFrozen: field(Read.flag, "freeze"),
    isDistinct: field(Read.flag, "is_distinct"),
    distinctMemberIds: c.from([field(Read.list, "members")], (x, all = []) => {
      if (x.draft.isDistinct !== true) return undefined
      // Large channels list only some of their members.
      const ids = all.flatMap((member) => idOfUser(member) ?? [])
      return ids.length > 0 && ids.length === (count(x.raw.member_count) ?? ids.length) ? ids : undefined
    }),
    createdAt: field(Read.time, "created_at"),
    truncatedAt: field(Read.time, "message_purge_offset"),
    observedAt: c.always([field(Read.record, "last_message")], (x, last) =>
      observationOf(last, x.draft.createdAt, x.context.form !== undefined)
    )
  },
  {
    kept: [
      ...[
        "is_ephemeral",
        "is_super",
        "is_broadcast",
        "is_exclusive",
        "is_discoverable",
        "is_access_code_required",
        "is_dynamic_partitioned"
      ].map((name) => kept([name], { read: Read.flag })),
      "data",
      "metadata",
      "metacounter",
      "pinned_message_ids",
      "ts_message_offset"
    ],
    // The mapping of members reads them.
    also: [field(Read.list, "operators"), field(Read.record, "read_receipt")],
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
)

// A messages file does not say what kind of channel it holds, but only one kind has these fields.
const formOf = (raw: Wire, id: Ids.ChannelId, said: string | undefined) => {
  if (said === "open" || said === "open_channels") return "open"
  if (said === "group" || said === "group_channels") return "group"
  if (id.startsWith("sendbird_open_channel_")) return "open"
  if (id.startsWith("sendbird_group_channel_")) return "group"
  if (GROUP_ONLY.some((name) => raw[name] !== undefined)) return "group"
  return raw.participant_count !== undefined || raw.operators !== undefined ? "open" : undefined
}

const GROUP_ONLY = ["members", "member_count", "joined_member_count", "is_distinct"]

/** The latest time at which the channel is known to have been in this state, or later. */
const observationOf = (
  last: Wire | undefined,
  createdAt: Timestamp.Timestamp | undefined,
  isListed: boolean
): Timestamp.Timestamp | undefined => {
  const lastAt = last === undefined ? undefined : time(last.created_at ?? last.ts)
  const at = lastAt === undefined || lastAt === UNREADABLE ? createdAt : lastAt
  // A list says less than a messages file that knows of the same last message, so it counts as a little older.
  return at !== undefined && isListed ? Timestamp.fromMillis(Timestamp.toMillis(at) - 1) : at
}
