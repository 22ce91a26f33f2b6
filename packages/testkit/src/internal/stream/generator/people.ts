// Embedded users: each message shows its author in full, so they are kept while they are needed.
import { channelMutes } from "./channelMutes.ts"
import type { StreamPlan } from "./plan.ts"
import type { Shape, RawObject } from "./shape.ts"
import { shortUserWire, userWire } from "./users.ts"

export interface People {
  readonly full: (user: number) => RawObject
  /** Less than all of a user. */
  readonly short: (user: number) => RawObject
}

export const people = (plan: StreamPlan, shape: Shape): People => {
  const kept = new Map<number, RawObject>()
  const full = (user: number): RawObject => {
    const found = kept.get(user)
    if (found !== undefined) return found
    if (kept.size >= MOST_KEPT) kept.clear()
    const made = { ...userWire(plan, shape, user), ...channelMutes(plan, shape, user) }
    kept.set(user, made)
    return made
  }
  return { full, short: (user) => shortUserWire(full(user)) }
}

// internal

const MOST_KEPT = 4096
