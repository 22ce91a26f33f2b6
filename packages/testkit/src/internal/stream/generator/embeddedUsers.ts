// Embedded users: each message contains its author in full, so they are cached.
import { channelMutes } from "./channelMutes.ts"
import type { StreamPlan } from "./plan.ts"
import type { Shape, RawObject } from "./shape.ts"
import { shortUserRecord, userRecord } from "./users.ts"

export interface EmbeddedUsers {
  readonly full: (user: number) => RawObject
  /** A user with fewer fields. */
  readonly short: (user: number) => RawObject
}

export const embeddedUsers = (plan: StreamPlan, shape: Shape): EmbeddedUsers => {
  const kept = new Map<number, RawObject>()
  const full = (user: number): RawObject => {
    const found = kept.get(user)
    if (found !== undefined) return found
    if (kept.size >= MOST_KEPT) kept.clear()
    const made = { ...userRecord(plan, shape, user), ...channelMutes(plan, shape, user) }
    kept.set(user, made)
    return made
  }
  return { full, short: (user) => shortUserRecord(full(user)) }
}

// internal

const MOST_KEPT = 4096
