// The objects of the Platform API, including what exports lack.
import {
  listed,
  member,
  operators,
  readAt,
  type Channel,
  channelCreatedAt
} from "../../generator/channels.ts"
import { lastMessage } from "../../generator/contents.ts"
import { type Plan, planEnd } from "../../generator/plan.ts"
import { nickname, profileUrl, userId, userRecord } from "../../generator/users.ts"
import { shareOf } from "../../random/random.ts"
import { userCreatedAt } from "./selection.ts"

export type RawObject = Readonly<Record<string, unknown>>

/** An element of `GET /users`. */
export const userObject = (plan: Plan, user: number): RawObject => {
  const record = userRecord(plan, user)
  return {
    phone_number: "",
    preferred_languages: [],
    ...record,
    // Before the epoch there is only one value: never.
    last_seen_at: record.last_seen_at === -1000 ? -1 : record.last_seen_at,
    created_at: Math.floor(userCreatedAt(plan, user) / 1000),
    is_online: false,
    require_auth_for_profile_image: false,
    discovery_keys: [],
    locale: "",
    is_hide_me_from_friends: false,
    is_shadow_blocked: false
  }
}

/** An element of `GET /group_channels` or `GET /open_channels`, with the first ten members. */
export const channelObject = (plan: Plan, of: Channel): RawObject => {
  const shown = listed(plan, of, of.isOpen ? null : lastMessage(plan, of))
  if (of.isOpen) return { ...shown, is_dynamic_partitioned: false }
  const creator = shareOf(plan.seed, CREATOR, of.index) < 0.1 ? undefined : (of.operators[0] ?? of.members[0])
  return {
    ...shown,
    members: of.members.slice(0, INLINE_MEMBERS).map((user, i) => memberObject(plan, of, user, i)),
    operators: operators(plan, of),
    created_by: creator === undefined ? null : person(plan, creator),
    is_exclusive: false,
    disappearing_message: { message_survival_seconds: -1, is_triggered_by_message_read: false },
    has_bot: false,
    pinned_message_ids: [],
    message_purge_offset: 0,
    ignore_profanity_filter: false
  }
}

/** An element of `GET /group_channels/{url}/members`, with read receipts and mutes. */
export const memberObject = (plan: Plan, of: Channel, user: number, index: number): RawObject => {
  const { is_active, is_online, last_seen_at, metadata, role, state } = member(plan, of, user, index)
  const isMuted = shareOf(plan.seed, MUTED, of.index, user) < 0.03
  const readTs = readAt(plan, user)
  return {
    ...person(plan, user),
    metadata,
    is_active,
    is_online,
    last_seen_at,
    state,
    role,
    joined_ts: state === "invited" ? 0 : joinedAt(plan, of, user),
    read_ts: readTs,
    delivered_ts: readTs,
    is_muted: isMuted,
    muted_end_at: isMuted ? -1 : 0,
    muted_description: "",
    push_enabled: true,
    push_trigger_option: "all",
    do_not_disturb: false,
    is_blocked_by_me: false,
    is_blocking_me: false,
    friend_name: null,
    friend_discovery_key: null
  }
}

/** An element of `GET /{kind}_channels/{url}/operators`. */
export const operatorObjects = (plan: Plan, of: Channel): ReadonlyArray<RawObject> => operators(plan, of)

// internal

const CREATOR = 52
const MUTED = 53
const JOINED = 54
const INLINE_MEMBERS = 10
const HOUR = 3_600_000

const person = (plan: Plan, user: number) => ({
  user_id: userId(plan, user),
  nickname: nickname(plan, user),
  profile_url: profileUrl(plan, user),
  require_auth_for_profile_image: false
})

// Seconds: within hours of the creation of the channel.
const joinedAt = (plan: Plan, of: Channel, user: number): number => {
  const millis = channelCreatedAt(plan, of.index) + shareOf(plan.seed, JOINED, of.index, user) * 12 * HOUR
  return Math.floor(Math.min(millis, planEnd(plan) - 1) / 1000)
}
