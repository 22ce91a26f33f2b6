import { RawRecord } from "@chatferry/connector"
import { Consequence, type Ids, Timestamp } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { declared } from "../consequences.ts"
import { type Context, noteSwitch, sendbird, urlOf } from "./context.ts"
import { members } from "./members.ts"
import { pinnedOf } from "./pins.ts"
import { count, flag, idOfUser, isBlank, isObject, time, UNREADABLE, type RawObject } from "./raw.ts"
import * as Read from "./reads.ts"
import * as spellings from "./spellings.ts"

const { any, field, kept } = RawRecord

export interface ChannelContext extends Context {
  /** The form of the list that contains the channel; `undefined` in a messages file. */
  readonly form?: "group" | "open" | undefined
  /** True in a list of channels, and not in a messages file. */
  readonly isListed?: boolean | undefined
  /** True if the pins are set on the messages themselves. */
  readonly arePinsPlaced?: boolean | undefined
}

/** Maps a channel and its members. */
export const channel = (raw: RawObject, context: ChannelContext): void => {
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

/** The observation time of a channel in a messages file: the latest time at which its state is known to be valid. */
export const channelStateOf = (raw: RawObject): Timestamp.Timestamp | undefined => {
  const createdAt = time(raw.created_at)
  const last = isObject(raw.last_message) ? raw.last_message : undefined
  return observationOf(last, createdAt === UNREADABLE ? undefined : createdAt, false)
}

// internal

const c = sendbird.kind<"channel", ChannelContext>("channel")

/** Metadata may be JSON as text. */
const jsonOf: RawRecord.Read<unknown> = (value) => {
  if (isBlank(value)) return undefined
  if (typeof value !== "string") return isObject(value) ? value : UNREADABLE
  try {
    const found: unknown = Json.parse(value)
    return isObject(found) ? (isBlank(found) ? undefined : found) : UNREADABLE
  } catch {
    return UNREADABLE
  }
}

/** A switch that the model does not have. */
const switched = (name: string) =>
  c.from([field(Read.flag, name)], (x, on) => {
    if (on !== undefined) x.keep(name, on)
    if (on === true) noteSwitch(x, `channel.${name}`)
  })

/** The lifetime of messages in seconds. 0 and less mean for ever. */
const vanishing = (name: string) =>
  c.from([any(name)], (x, value) => {
    if (isBlank(value)) return
    const seconds = count(isObject(value) ? value.message_survival_seconds : value)
    if (isObject(value) && seconds !== undefined && seconds <= 0) return
    x.keep(name, value)
    if (seconds !== undefined && seconds > 0) noteSwitch(x, `channel.${name}`)
  })

const isNone =
  (...usual: ReadonlyArray<unknown>) =>
  (value: unknown): boolean =>
    isBlank(value) || usual.includes(value)

/** Settings of the user for whom a list was made, who is not named. Each has a test for its usual value. */
const VIEWER: ReadonlyArray<readonly [name: string, isUsual: (value: unknown) => boolean]> = [
  ["is_push_enabled", (value) => flag(value) !== false],
  ["hidden_state", isNone("unhidden")],
  ["is_hidden", isNone("false", "0")],
  ["is_muted", isNone("unmuted", "false", "0")],
  ["my_muted", isNone("unmuted", "false", "0")],
  ["my_muted_state", isNone("unmuted")],
  ["push_trigger_option", isNone("default", "all")],
  ["my_push_trigger_option", isNone("default", "all")]
]

const viewers = (name: string, isUsual: (value: unknown) => boolean) =>
  c.from([any(name)], (x, value) => {
    if (!isUsual(value)) x.note(Consequence.codeOf(declared.viewerState, name))
  })

/** The model does not have other types of channels, such as `feed`. */
const form: RawRecord.Read<"group" | "open"> = (value) => {
  const found = Read.oneOf("group", "group_channels", "open", "open_channels")(value)
  return typeof found === "string" ? (found.startsWith("open") ? "open" : "group") : found
}

const table = c.table(
  {
    id: field(Read.channelId, "channel_url").orReject(
      declared.missingId.code,
      "channel_url is missing or empty"
    ),
    form: c.always([field(form, "channel_type")], (x, declaredForm) => {
      const form = x.context.form ?? formOf(x.raw, x.draft.id as Ids.ChannelId, declaredForm)
      if (form === undefined) x.note(declared.channelFormAssumed.code)
      return form ?? "group"
    }),
    type: field(Read.text, "custom_type"),
    name: field(Read.text, "name"),
    imageUrl: c.from([field(Read.text, "cover_url")], (x, url) => urlOf(url, x.context)),
    createdById: c.from(
      [field(Read.user, ...spellings.channel.createdBy), field(Read.user, "inviter")],
      (x, creator, inviter) => {
        if (creator !== undefined && inviter !== undefined && inviter !== creator) x.keep("inviter", inviter)
        return creator ?? inviter
      }
    ),
    // A switch that is off is set as well, so that an older record does not switch it on again.
    isPublic: field(Read.flag, "is_public"),
    isFrozen: field(Read.flag, ...spellings.channel.isFrozen),
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
      observationOf(last, x.draft.createdAt, x.context.isListed === true)
    )
  },
  {
    kept: [
      ...[
        "is_super",
        "is_discoverable",
        "is_dynamic_partitioned",
        "is_ai_agent_channel",
        "is_chat_notification",
        "is_conversation",
        "is_desk_channel",
        "ignore_profanity_filter"
      ].map((name) => kept([name], { read: Read.flag })),
      "data",
      kept(["metadata"], { read: jsonOf }),
      "metacounter",
      "ts_message_offset"
    ],
    also: [
      // The mapping of members reads these fields.
      field(Read.list, "operators"),
      field(Read.record, "read_receipt"),
      ...["is_ephemeral", "is_broadcast", "is_exclusive", "is_access_code_required"].map(switched),
      ...["message_survival_seconds", "disappearing_message"].map(vanishing),
      c.from([field(Read.list, "pinned_message_ids")], (x, ids = []) => {
        if (ids.length > 0) x.keep("pinned_message_ids", ids)
      }),
      c.always([], (x) => {
        const pinned = x.context.arePinsPlaced === true ? undefined : pinnedOf(x.raw)
        if (pinned !== undefined) for (const _ of pinned) x.note(declared.pinsElsewhere.code)
      }),
      ...VIEWER.map(([name, isUsual]) => viewers(name, isUsual))
    ],
    dropped: [
      "channel",
      "participant_count",
      "member_count",
      "joined_member_count",
      "unread_message_count",
      "unread_mention_count",
      "max_length_message",
      "sms_fallback",
      "sms_fallback_wait_seconds",
      "sms_fallback_exclude_user_ids",
      "delivery_receipt",
      "has_bot",
      "has_ai_bot",
      ...spellings.channel.latestPinned,
      // The following fields hold for one user only, and have no meaning without that user.
      "count_preference",
      "invited_at",
      "joined_ts",
      "member_state",
      "my_count_preference",
      "my_last_read",
      "my_member_state",
      "my_role",
      "message_offset_timestamp",
      "total_unread_thread_message_count",
      "joined_at",
      "latest_message",
      "user_last_read"
    ]
  }
)

// A messages file does not give the form of its channel, but each form has fields of its own.
const formOf = (raw: RawObject, id: Ids.ChannelId, declaredForm: "group" | "open" | undefined) => {
  if (declaredForm !== undefined) return declaredForm
  if (id.startsWith("sendbird_open_channel_")) return "open"
  if (id.startsWith("sendbird_group_channel_")) return "group"
  if (GROUP_ONLY.some((name) => raw[name] !== undefined)) return "group"
  return raw.participant_count !== undefined || raw.operators !== undefined ? "open" : undefined
}

const GROUP_ONLY = ["members", "member_count", "joined_member_count", "is_distinct"]

/** The latest time at which the channel is known to have been in this state. */
const observationOf = (
  last: RawObject | undefined,
  createdAt: Timestamp.Timestamp | undefined,
  isListed: boolean
): Timestamp.Timestamp | undefined => {
  const lastAt = last === undefined ? undefined : time(last.created_at ?? last.ts)
  const at = lastAt === undefined || lastAt === UNREADABLE ? createdAt : lastAt
  // A list has fewer fields than a messages file with the same last message, so it counts as slightly older.
  return at !== undefined && isListed ? Timestamp.fromMillis(Timestamp.toMillis(at) - 1) : at
}
