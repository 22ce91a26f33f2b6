// Embedded users: each message shows its author in full, so they are kept while they are needed.
import { channelMutes } from "./channelMutes.ts"
import type { StreamPlan } from "./plan.ts"
import type { Shape, RawObject } from "./shape.ts"
import { shortUserRecord, userRecord } from "./users.ts"

export interface EmbeddedUsers {
  readonly full: (user: number) => RawObject
  /** Less than all of a user. */
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
