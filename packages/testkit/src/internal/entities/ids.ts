// Ids of canonical entities, by their number.
import { type Random, random } from "../random/random.ts"

export interface World {
  readonly seed: number
  readonly dangling: number
  readonly oddIds: number
  readonly extremes: number
  /** Number of users, channels and messages that references choose from. */
  readonly users: number
  readonly channels: number
  readonly messages: number
}

// Neighbours differ only in a separator. A long id is longer than any provider accepts.
export const userId = (of: World, index: number): string => {
  if (random(of.seed, 66, index).next() >= of.oddIds) return `user-${index}`
  const family = index - (index % 8)
  const styles = [
    `kim.${family}`,
    `kim ${family}`,
    `kim:${family}`,
    `kim+${family}@example.com`,
    `キム${index}`,
    `${"u".repeat(260)}${index}`,
    `\\"${index}\u0007`,
    `KIM.${family}`
  ]
  return styles[index % 8] ?? `user-${index}`
}

export const channelId = (of: World, index: number): string => {
  if (random(of.seed, 67, index).next() >= of.oddIds)
    return `sendbird_group_channel_${1000 + index}_${"ab".repeat(20)}`
  const styles = [
    `${1000 + index - 1}_${"ab".repeat(20)}`,
    `room ${index}`,
    `room.${index}/x`,
    `${"c".repeat(90)}${index}`,
    `方 ${index}`
  ]
  return styles[index % 5] ?? `room-${index}`
}

export const messageId = (of: World, index: number): string =>
  random(of.seed, 68, index).next() < of.oddIds / 3
    ? String(2n ** 53n + BigInt(index))
    : `${10_400_000_000 + index * 3}`

export const messageChannel = (of: World, index: number): string => anyChannel(of, random(of.seed, 69, index))

export const anyUser = (of: World, r: Random): string =>
  r.chance(of.dangling) ? `nobody ${r.below(5)}` : userId(of, r.below(of.users))

export const anyChannel = (of: World, r: Random): string =>
  r.chance(of.dangling / 2) ? `nowhere ${r.below(3)}` : channelId(of, r.below(of.channels))
