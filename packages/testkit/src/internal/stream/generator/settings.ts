// The settings and devices of users.
import { random } from "../../random/random.ts"
import { DAY } from "../../random/time.ts"
import type { StreamPlan } from "./plan.ts"
import { type Shape, time, type RawObject } from "./shape.ts"

/** Fields that most users do not have. */
export const settingsOf = (
  plan: StreamPlan,
  shape: Shape,
  user: number,
  idOf: (user: number) => string
): RawObject => {
  const { features } = plan
  const r = random(plan.seed, SETTINGS, user)
  const later = time(shape, plan.end + DAY * 1000)
  const mutedAt = time(shape, plan.end - 5_000_000)
  const fields: Record<string, unknown> = {}
  if (r.chance(features.devices)) {
    fields["devices"] = Array.from({ length: 1 + r.below(3) }, (_, i) => ({
      id: `token-${r.hex(24)}`,
      user_id: idOf(user),
      push_provider: PROVIDERS[i],
      push_provider_name: "main",
      created_at: time(shape, plan.end - 4_000_000),
      ...(r.chance(0.2) ? { disabled: true, disabled_reason: "the token is not valid any more" } : {})
    }))
  }
  if (r.chance(features.privacy)) {
    fields["privacy_settings"] = {
      typing_indicators: { enabled: r.chance(0.5) },
      read_receipts: { enabled: r.chance(0.5) },
      ...(r.chance(0.5) ? { delivery_receipts: { enabled: false } } : {})
    }
  }
  if (r.chance(features.push)) {
    const level = r.pick(LEVELS)
    fields["push_preferences"] = {
      chat_level: level,
      ...(r.chance(0.3) ? { disabled_until: later } : {}),
      ...(level === "direct_mentions" ? { chat_preferences: { thread_replies: "none" } } : {})
    }
  }
  if (r.chance(features.mutes)) {
    const isEnding = r.chance(0.5)
    fields["mutes"] = [
      {
        user: { id: idOf(user) },
        target: { id: idOf((user + 1) % plan.users) },
        created_at: mutedAt,
        updated_at: mutedAt,
        ...(isEnding ? { expires: later } : {})
      }
    ]
  }
  return fields
}

// internal

const SETTINGS = 109
const PROVIDERS = ["firebase", "apn", "huawei"] as const
const LEVELS = ["all", "mentions", "none", "direct_mentions", "default"] as const
