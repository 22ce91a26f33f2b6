// Channels by their number.
import { sha512 } from "../../http/digests.ts"
import { random, type Random, shareOf } from "../../random/random.ts"
import { TEAMS, type StreamPlan, teamSize, withoutTeam } from "./plan.ts"
import { userId } from "./users.ts"

export interface StreamChannel {
  readonly index: number
  readonly type: string
  readonly id: string
  readonly cid: string
  readonly isDistinct: boolean
  /** Whether it is distinct and its id is the hash of different members. */
  readonly hasChanged: boolean
  readonly members: ReadonlyArray<number>
  readonly creator: number
  readonly team: string | undefined
  /** Microseconds. */
  readonly createdAt: number
  readonly truncatedAt: number | undefined
  readonly deletedAt: number | undefined
  readonly isFrozen: boolean
  readonly isDisabled: boolean
  readonly count: number
}

export const streamChannel = (plan: StreamPlan, index: number): StreamChannel => {
  const { features } = plan
  const r = random(plan.seed, CHANNEL, index)
  const createdAt = createdAtOf(plan, index)
  const span = plan.end - createdAt
  const isFrozen = r.chance(features.frozen)
  const isDisabled = r.chance(features.disabled)
  const truncatedAt = r.chance(features.truncated)
    ? createdAt + Math.floor(span * (0.2 + 0.5 * r.next()))
    : undefined
  const deletedAt = r.chance(features.deletedChannels) ? plan.end - 1 - r.below(1_000_000) : undefined
  const wantsDistinct = r.chance(features.distinct)
  const hasChanged = r.chance(features.changedMembers)
  const found = wantsDistinct ? distinctMembers(plan, index, r.chance(0.3)) : undefined
  const base = { index, createdAt, truncatedAt, deletedAt, isFrozen, isDisabled, count: plan.count(index) }
  if (found !== undefined) {
    const id = distinctId(found.map((user) => userId(plan, user)))
    const members = hasChanged ? changed(plan, found, r) : found
    const creator = found[0] ?? 0
    return {
      ...base,
      type: "messaging",
      id,
      cid: `messaging:${id}`,
      isDistinct: true,
      hasChanged,
      members,
      creator,
      team: undefined
    }
  }
  const team = r.chance(features.teams) && teamSize(plan) > 0 ? r.below(TEAMS.length) : undefined
  const type = team === undefined ? r.pick(TYPES) : "team"
  const members = pooled(plan, team, r)
  const id = idOf(index, r)
  const creator = members[0] ?? poolUser(plan, team, r.next())
  return {
    ...base,
    type,
    id,
    cid: `${type}:${id}`,
    isDistinct: false,
    hasChanged: false,
    members,
    creator,
    team: team === undefined ? undefined : TEAMS[team]
  }
}

/** A user who may write in the channel: of its team, or without a team if it has none. */
export const anybody = (plan: StreamPlan, { team }: StreamChannel, share: number): number =>
  poolUser(plan, team === undefined ? undefined : TEAMS.indexOf(team as (typeof TEAMS)[number]), share)

/** The number of users who may write in the channel. */
export const everybody = (plan: StreamPlan, { team }: StreamChannel): number =>
  poolSize(plan, team === undefined ? undefined : TEAMS.indexOf(team as (typeof TEAMS)[number]))

// internal

const CHANNEL = 111
const CREATED = 112

const TYPES = ["messaging", "messaging", "livestream", "team", "gaming", "commerce"] as const

const createdAtOf = (plan: StreamPlan, index: number) =>
  plan.start + Math.floor(shareOf(plan.seed, CREATED, index) * 0.6 * (plan.end - plan.start))

const idOf = (index: number, r: Random): string => {
  switch (index % 7) {
    case 2:
      return `Room_${index}`
    case 3:
      return `room-${index}`.padEnd(64, "-x_")
    case 4:
      return `${r.hex(8)}-${r.hex(4)}-4${r.hex(3)}-8${r.hex(3)}-${index.toString(16).padStart(12, "0")}`
    case 5:
      return `${index}`
    default:
      return `room-${index}`
  }
}

// These sets are all different, and so are the ids: the members encode the number of a channel. They are neighbours in
// a ring of users, or two users whose distance is less than half of it.
const distinctMembers = (
  plan: StreamPlan,
  index: number,
  isGroup: boolean
): ReadonlyArray<number> | undefined => {
  const users = withoutTeam(plan)
  const first = index % users
  const further = Math.floor(index / users)
  if (isGroup) {
    const size = 3 + further
    return size < users && size <= 100
      ? Array.from({ length: size }, (_, i) => (first + i) % users)
      : undefined
  }
  return (1 + further) * 2 < users ? [first, (first + 1 + further) % users] : undefined
}

const changed = (plan: StreamPlan, members: ReadonlyArray<number>, r: Random): ReadonlyArray<number> => {
  if (r.chance(0.5)) return members.slice(1)
  const more = r.below(withoutTeam(plan))
  return members.includes(more) ? members.slice(0, -1) : [...members, more]
}

const poolSize = (plan: StreamPlan, team: number | undefined) =>
  team === undefined ? withoutTeam(plan) : teamSize(plan)

const poolUser = (plan: StreamPlan, team: number | undefined, share: number): number => {
  const location = Math.floor(share * poolSize(plan, team))
  return team === undefined ? location : withoutTeam(plan) + team * teamSize(plan) + location
}

const pooled = (plan: StreamPlan, team: number | undefined, r: Random): ReadonlyArray<number> => {
  const all = poolSize(plan, team)
  if (r.chance(0.04)) return []
  const most = r.chance(0.04) ? 400 : 30
  const size = Math.min(all, most, 1 + Math.floor(r.exponential(most === 400 ? 120 : 4)))
  const from = r.below(all)
  const step = all % 7 === 0 ? 1 : 7
  return Array.from({ length: size }, (_, i) => poolUser(plan, team, (((from + i * step) % all) + 0.5) / all))
}

/** Stream's name for a channel without an id. */
const distinctId = (memberIds: ReadonlyArray<string>): string =>
  `!members-${sha512(memberIds.toSorted().join(","))}`
