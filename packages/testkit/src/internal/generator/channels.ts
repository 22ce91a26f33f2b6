// Channels by their number, in both shapes of exports.
import { digits } from "../random/digits.ts"
import { random, shareOf } from "../random/random.ts"
import { title } from "../random/text.ts"
import { DAY, zonedText } from "../random/time.ts"
import { firstSentAt } from "./moments.ts"
import { type Plan, planEnd, windowStart } from "./plan.ts"
import { isDeactivated, metadata, nickname, profileUrl, userId } from "./users.ts"

export interface Channel {
  readonly index: number
  readonly url: string
  readonly isOpen: boolean
  /** Whether a channel list contains it. */
  readonly isListed: boolean
  readonly isDistinct: boolean
  /** Numbers of the members; empty for an open channel. */
  readonly members: ReadonlyArray<number>
  /** Numbers of the operators; in a group channel, they are members. */
  readonly operators: ReadonlyArray<number>
  /** Whether the list was exported before the last member joined. */
  readonly isListOlder: boolean
}

export const channelAt = (plan: Plan, index: number): Channel => {
  const { features, seed } = plan
  const isOpen = shareOf(seed, OPEN, index) < features.open
  const pair = !isOpen && isSecondOfPair(plan, index)
  const pairIndex = pair ? index - 1 : index
  const r = random(seed, CHANNEL, pairIndex)
  const isDistinct = !isOpen && (pair || hasSecondOfPair(plan, index) || r.chance(features.distinct))
  const size = memberCount(plan, pairIndex, pair || hasSecondOfPair(plan, index))
  const members = isOpen ? [] : pick(plan, pairIndex, size)
  return {
    index,
    url: url(plan, index, isOpen),
    isOpen,
    isListed: shareOf(seed, LISTED, index) >= features.unlisted,
    isDistinct,
    members,
    operators: isOpen ? pick(plan, index, Math.min(3, plan.users)) : members.slice(0, r.chance(0.5) ? 1 : 0),
    isListOlder: !plan.view.isApi && members.length > 2 && shareOf(seed, LIST_AGE, index) < 0.1
  }
}

/** When a channel was created: milliseconds, to the second. Some days before the first window, or shortly before its first message. */
export const channelCreatedAt = (plan: Plan, index: number): number => {
  const { features, seed, start } = plan
  const share = shareOf(seed, CREATED, index)
  if (shareOf(seed, RECENT, index) >= features.recentChannels)
    return start - DAY - Math.floor(share * OLDEST_DAYS) * DAY - index * 1000
  const end = firstSentAt(plan, index) ?? planEnd(plan)
  return start + Math.floor((shareOf(seed, RECENT, index, 1) * (end - start)) / 1000) * 1000
}

/** The earliest creation time in an export; whole weeks before the first window. */
export const planBegin = ({ channels, features, start }: Plan): number => {
  if (features.recentChannels >= 1) return start
  return start - Math.ceil(((OLDEST_DAYS + 1) * DAY + channels * 1000) / (7 * DAY)) * 7 * DAY
}

/** A sender of a message in the channel: few members write most. */
export const sender = (plan: Plan, of: Channel, x: number): number => {
  if (of.isOpen || x >= 1) return Math.floor((x % 1) * (plan.users + plan.missingUsers))
  return of.members[Math.floor(of.members.length * x * x)] ?? 0
}

/** The element of a channel list. */
export const listed = (plan: Plan, of: Channel, lastMessage: unknown): Record<string, unknown> => {
  const base = shownEverywhere(plan, of)
  if (of.isOpen)
    return { ...base, participant_count: 17, operators: operators(plan, of), freeze: isFrozen(plan, of) }
  const members = of.isListOlder ? of.members.slice(0, -1) : of.members
  return {
    ...base,
    ...groupSettings(plan, of),
    freeze: isFrozen(plan, of),
    member_count: members.length,
    joined_member_count: members.length,
    members: members.map((user) => ({
      name: nickname(plan, user),
      user_id: userId(plan, user),
      is_active: !isDeactivated(plan, user),
      image: profileUrl(plan, user),
      is_bot: user % 97 === 5
    })),
    ...(plan.view.showReadReceipt ? { read_receipt: readReceipt(plan, of, members) } : {}),
    last_message: lastMessage
  }
}

/** The `channel` of a messages file. */
export const embedded = (plan: Plan, of: Channel, lastMessage: unknown): Record<string, unknown> => {
  const base = shownEverywhere(plan, of)
  const freeze = textBoolean(plan, of, isFrozen(plan, of))
  if (of.isOpen) return { freeze, ...base, participant_count: 17, operators: operators(plan, of) }
  return {
    freeze,
    ...base,
    channel: { ...base, member_count: of.members.length },
    ...groupSettings(plan, of),
    last_message: lastMessage,
    members: of.members.map((user, i) => member(plan, of, user, i)),
    joined_member_count: of.members.length,
    member_count: of.members.length
  }
}

/** When a member last read: milliseconds, 0 if never. */
export const readAt = (plan: Plan, user: number): number =>
  user % 5 === 0 ? 0 : windowStart(plan, 1) + user * 1000

// internal

const OPEN = 21
const CHANNEL = 22
const LISTED = 23
const URL = 24
const MEMBERS = 25
const FROZEN = 26
const CREATED = 27
const TEXT_BOOLEAN = 28
const LIST_AGE = 29
const SIZE = 30
const OWN_URL = 33
const RECENT = 36
const METADATA = 37
const PINS = 46

const OLDEST_DAYS = 300

// Every 50th group channel is a second distinct one, with the two members of the channel before it.
const isSecondOfPair = (plan: Plan, index: number) =>
  index % 50 === 3 && plan.features.distinct > 0 && shareOf(plan.seed, OPEN, index - 1) >= plan.features.open

const hasSecondOfPair = (plan: Plan, index: number) =>
  isSecondOfPair(plan, index + 1) && shareOf(plan.seed, OPEN, index + 1) >= plan.features.open

const memberCount = (plan: Plan, index: number, isPair: boolean): number => {
  const r = random(plan.seed, SIZE, index)
  const most = plan.users + plan.missingUsers
  if (isPair || r.chance(0.45)) return 2
  return Math.min(most, 3 + Math.floor(r.exponential(8)) + (r.chance(0.01) ? 200 : 0))
}

// A step by a prime that does not divide the number of users visits every user once.
const pick = (plan: Plan, index: number, size: number): ReadonlyArray<number> => {
  const all = plan.users + plan.missingUsers
  const r = random(plan.seed, MEMBERS, index)
  const step = STEPS.find((prime) => all % prime !== 0) ?? 1
  const first = r.below(all)
  return Array.from({ length: Math.min(size, all) }, (_, i) => (first + i * step) % all)
}

const STEPS = [7919, 104_729, 1_299_709, 15_485_863]

const url = (plan: Plan, index: number, isOpen: boolean): string => {
  const plain = automatic(plan, index)
  if (!hasOwnUrl(plan, index)) return `sendbird_${isOpen ? "open" : "group"}_channel_${plain}`
  switch (index % 4) {
    case 0:
      return `support_${index}`
    case 1:
      return `Team-Room_${index}`
    case 2:
      return `${index}_${"long_name_".repeat(10)}`.slice(0, 100)
    default:
      // The automatic URL of the previous channel without its prefix: a careless mapping confuses the two.
      return hasOwnUrl(plan, index - 1) ? `room_${index}` : automatic(plan, index - 1)
  }
}

const hasOwnUrl = (plan: Plan, index: number) => shareOf(plan.seed, OWN_URL, index) < plan.features.oddIds / 3

const automatic = (plan: Plan, index: number) =>
  `${100_000_000 + index}_${random(plan.seed, URL, index).hex(40)}`

const shownEverywhere = (plan: Plan, of: Channel) => {
  const r = random(plan.seed, CHANNEL, of.index, 1)
  return {
    channel_url: of.url,
    name: r.chance(0.2) ? (of.isOpen ? "Open Channel" : "Group Channel") : title(r),
    cover_url: r.chance(0.4) ? "" : `https://static.example.com/cover/cover_${r.below(30)}.jpg`,
    data: r.pick(["", "", JSON.stringify({ ref: r.hex(6), open: true }), "{'path': 'hello'}", "plain words"]),
    created_at: createdAt(plan, of),
    custom_type:
      of.isDistinct && of.index % 50 === 3
        ? "second"
        : r.chance(0.3)
          ? r.pick(["support", "order", "team chat"])
          : "",
    max_length_message: r.chance(0.05) ? -1 : 5000,
    is_ephemeral: false,
    ...(plan.view.showChannelMetadata ? { metadata: channelMetadata(plan, of) } : {})
  }
}

const channelMetadata = (plan: Plan, of: Channel): Record<string, string> => {
  const r = random(plan.seed, METADATA, of.index)
  return r.chance(0.5) ? {} : { topic: title(r), version: String(r.below(9)) }
}

// Usually seconds; milliseconds and text occur in exports.
const createdAt = (plan: Plan, of: Channel): number | string => {
  const { seed, view } = plan
  const share = shareOf(seed, CREATED, of.index)
  const millis = channelCreatedAt(plan, of.index)
  if (view.isApi || share >= 0.04) return Math.floor(millis / 1000)
  return share < 0.02 ? millis : zonedText(millis, view.offset?.(millis) ?? 60)
}

const groupSettings = (plan: Plan, of: Channel) => ({
  is_distinct: of.isDistinct,
  is_super: of.members.length > 100,
  is_broadcast: false,
  is_public: !of.isDistinct && of.index % 11 === 4,
  is_discoverable: false,
  unread_message_count: 0,
  unread_mention_count: 0,
  sms_fallback_wait_seconds: -1,
  sms_fallback_exclude_user_ids: [],
  message_survival_seconds: -1,
  is_access_code_required: shareOf(plan.seed, FROZEN, of.index, 1) < 0.05 ? null : false,
  ...pinned(plan, of)
})

const pinned = (plan: Plan, { index }: Channel) => {
  if (shareOf(plan.seed, PINS, index) >= plan.features.pins) return undefined
  const ids = Array.from({ length: plan.windows }, (_, window) =>
    plan.count(index, window) > 0 ? [digits(plan.messageId(index, window, 0))] : []
  ).flat()
  if (ids.length === 0) return undefined
  return { pinned_message_ids: ids, latest_pinned_message: { message_id: ids.at(-1) } }
}

const isFrozen = (plan: Plan, of: Channel) => shareOf(plan.seed, FROZEN, of.index) < 0.05

const textBoolean = (plan: Plan, of: Channel, value: boolean) =>
  shareOf(plan.seed, TEXT_BOOLEAN, of.index) < plan.features.textBooleans ? String(value) : value

export const operators = (plan: Plan, of: Channel) =>
  of.operators.map((user) => ({
    user_id: userId(plan, user),
    nickname: nickname(plan, user),
    profile_url: profileUrl(plan, user)
  }))

export const member = (plan: Plan, of: Channel, user: number, i: number) => ({
  name: nickname(plan, user),
  user_id: userId(plan, user),
  is_active: !isDeactivated(plan, user),
  nickname: nickname(plan, user),
  profile_url: profileUrl(plan, user),
  metadata: metadata(plan, user),
  last_seen_at: user % 3 === 0 ? 0 : windowStart(plan, 0) + user * 1000,
  state: i > 2 && user % 23 === 7 ? "invited" : "joined",
  is_online: false,
  role: of.operators.includes(user) ? "operator" : user % 2 === 0 ? "" : "none"
})

// In an export the map is usually empty, and 0 means that nothing was read.
const readReceipt = (plan: Plan, of: Channel, members: ReadonlyArray<number>): Record<string, number> => {
  if (!plan.view.isApi && of.index % 3 !== 0) return {}
  return Object.fromEntries(members.map((user) => [userId(plan, user), readAt(plan, user)]))
}
