// The plan of a generated app, made before anything is generated.
import { type Given, over } from "../../random/over.ts"
import { random, shareOf } from "../../random/random.ts"
import { DAY, START } from "../../random/time.ts"
import { defaults, type StreamFeatures } from "./features.ts"

/** The contents of an app. Every field has a default. */
export interface StreamSettings {
  /** Any integer. @default 1 */
  readonly seed?: number | undefined
  /** Number of messages, including ephemeral ones and errors. @default 1000 */
  readonly messages?: number | undefined
  /** Number of channels, some of them empty, deleted or without members. @default one per 100 messages, at least 4 */
  readonly channels?: number | undefined
  /** Number of users, at least 4. @default one per 40 messages, at least 12 */
  readonly users?: number | undefined
  /** Length of the history in days. @default 30 */
  readonly days?: number | undefined
  /** Start of the history in milliseconds, cut to a second. @default Monday, 4 March 2024 */
  readonly start?: number | undefined
  readonly features?: Given<StreamFeatures> | undefined
}

export interface StreamPlan {
  readonly seed: number
  readonly messages: number
  readonly channels: number
  readonly users: number
  /** Microseconds: everything was created from here on, before `end`. */
  readonly start: number
  readonly end: number
  readonly features: StreamFeatures
  /** Number of messages of a channel. */
  readonly count: (channel: number) => number
}

export const streamPlan = (settings: StreamSettings): StreamPlan => {
  const seed = settings.seed ?? 1
  const messages = whole(settings.messages, 1000, 0)
  const channels = whole(settings.channels, Math.max(4, Math.ceil(messages / 100)), 1)
  const users = whole(settings.users, Math.max(12, Math.ceil(messages / 40)), 4)
  const start = Math.floor((settings.start ?? START) / 1000) * 1_000_000
  const counts = spread(seed, messages, channels)
  return {
    seed,
    messages,
    channels,
    users,
    start,
    end: start + whole(settings.days, 30, 1) * DAY * 1000,
    features: over(defaults, settings.features),
    count: (channel) => counts[channel] ?? 0
  }
}

/** Teams by their numbers. The last users are in a team, and only in channels of that team: Stream rejects others. */
export const TEAMS = ["team-red", "team-blue", "team-green"] as const

/** Number of users in each team; an app with few users has no teams. */
export const teamSize = ({ users }: Pick<StreamPlan, "users">): number =>
  users < 16 ? 0 : Math.floor(users / 8)

/** Number of users without a team; they come first. */
export const withoutTeam = (plan: Pick<StreamPlan, "users">): number =>
  plan.users - TEAMS.length * teamSize(plan)

export const teamOf = (plan: Pick<StreamPlan, "users">, user: number): string | undefined =>
  user < withoutTeam(plan) ? undefined : TEAMS[Math.floor((user - withoutTeam(plan)) / teamSize(plan))]

// internal

const WEIGHT = 101

const whole = (given: number | undefined, otherwise: number, least: number) =>
  Math.max(least, Math.floor(given ?? otherwise))

// Most channels are small, a few are large, some are empty.
const spread = (seed: number, messages: number, channels: number): Float64Array => {
  const counts = new Float64Array(channels)
  const weights = new Float64Array(channels)
  let sum = 0
  for (let channel = 0; channel < channels; channel++) {
    const isEmpty = channel > 0 && shareOf(seed, WEIGHT, channel, 1) < 0.08
    const weight = isEmpty ? 0 : 0.05 + random(seed, WEIGHT, channel, 2).exponential(1) ** 2
    weights[channel] = weight
    sum += weight
  }
  let given = 0
  for (let channel = 0; channel < channels; channel++) {
    const count = Math.floor((messages * (weights[channel] ?? 0)) / sum)
    counts[channel] = count
    given += count
  }
  counts[0] = (counts[0] ?? 0) + messages - given
  return counts
}
