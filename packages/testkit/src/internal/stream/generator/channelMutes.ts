// Channels that users have muted. Separate from their other settings, because channels depend on users.
import { random } from "../../random/random.ts"
import { DAY } from "../../random/time.ts"
import { streamChannel } from "./channels.ts"
import type { StreamPlan } from "./plan.ts"
import { type Shape, time, type RawObject } from "./shape.ts"
import { userId } from "./users.ts"

/** A field that most users do not have. Drawn from a separate sequence, so that the rest of an app does not change. */
export const channelMutes = (plan: StreamPlan, shape: Shape, user: number): RawObject => {
  const r = random(plan.seed, CHANNEL_MUTES, user)
  if (!r.chance(plan.features.channelMutes)) return {}
  const mutedAt = time(shape, plan.end - 6_000_000)
  const first = r.below(plan.channels)
  const indexes = new Set([first, r.chance(0.5) ? first : r.below(plan.channels)])
  const isEnding = r.chance(0.5)
  return {
    channel_mutes: Array.from(indexes, (index) => {
      const { cid, id, type } = streamChannel(plan, index)
      return {
        user: { id: userId(plan, user) },
        channel: { id, type, cid },
        created_at: mutedAt,
        updated_at: mutedAt,
        ...(isEnding && { expires: time(shape, plan.end + DAY * 1000) })
      }
    })
  }
}

// internal

const CHANNEL_MUTES = 110
