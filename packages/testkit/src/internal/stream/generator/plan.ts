// What a generated app consists of, decided before anything is made.
import { type Given, over } from "../../random/over.ts"
import { random, shareOf } from "../../random/random.ts"
import { DAY, START } from "../../random/time.ts"
import { defaults, type StreamFeatures } from "./features.ts"

/** What an app holds. Every field has a default. */
export interface StreamSettings {
  /** Any integer. Default 1. */
  readonly seed?: number | undefined
  /** All of them, ephemeral ones and errors too. Default 1000. */
  readonly messages?: number | undefined
  /** Some of them empty, deleted or without members. Default one per 100 messages, at least 4. */
  readonly channels?: number | undefined
  /** At least 4. Default one per 40 messages, at least 12. */
  readonly users?: number | undefined
  /** Length of its history in days. Default 30. */
  readonly days?: number | undefined
  /** When that begins, in milliseconds; cut to a second. Default Monday, 4 March 2024. */
  readonly start?: number | undefined
  readonly features?: Given<StreamFeatures> | undefined
}

export interface StreamPlan {
  readonly seed: number
  readonly messages: number
  readonly channels: number
  readonly users: number
  /** Microseconds: everything there is was made from here, before `end`. */
  readonly start: number
  readonly end: number
  readonly features: StreamFeatures
  /** Messages of a channel. */
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

/** Teams by their numbers. The last of the users are in one, and in no channel that has none: Stream refuses that. */
export const TEAMS = ["team-red", "team-blue", "team-green"] as const

/** How many users a team has; an app with few users has no teams. */
export const teamSize = ({ users }: Pick<StreamPlan, "users">): number =>
  users < 16 ? 0 : Math.floor(users / 8)

/** How many users are in no team; they are the first. */
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
