// Users by their number. Nothing is stored: the number and the seed determine a user.
import { type Random, random, shareOf } from "../random/random.ts"
import { plainWord, title } from "../random/text.ts"
import { DAY, offset, zonedText } from "../random/time.ts"
import type { Plan } from "./plan.ts"

/** Part of every planted secret: nothing that a migration writes may contain it. */
export const SECRET = "CANARY-TOKEN"

export interface Snapshot {
  readonly user_id: string
  readonly profile_url: string
  readonly nickname: string
  readonly metadata: Readonly<Record<string, string>>
}

export const isDeactivated = (plan: Plan, user: number): boolean =>
  shareOf(plan.seed, DEACTIVATED, user) < plan.features.deactivated

/** Unique in any style. Neighbours differ only in a separator, so that a careless mapping confuses them. */
export const userId = (plan: Plan, user: number): string => {
  if (shareOf(plan.seed, STYLE, Math.floor(user / 10)) >= plan.features.oddIds)
    return `user_${user.toString(36)}`
  const family = user - (user % 10)
  const separator = NEIGHBOURS[user % 10]
  if (separator !== undefined) return `kim${separator}${family}`
  const r = random(plan.seed, PERSON, user)
  switch (user % 10) {
    case 5:
      return `${plainWord(r)}.${user}@example.com`
    case 6:
      return `${plainWord(r)}+${user}@mail.example.org`
    case 7:
      return `zoë-${user}`
    case 8:
      return `ユーザー${user}👤`
    default:
      return `${user}-${r.hex(80)}`.slice(0, 80)
  }
}

/** The current version of a user, as in a users file. */
export const userRecord = (
  plan: Plan,
  user: number
): Record<string, unknown> & { readonly access_token: string } => {
  const r = random(plan.seed, RECORD, user)
  const isActive = !isDeactivated(plan, user)
  const hasSecret = r.chance(plan.features.secrets)
  return {
    has_ever_logged_in: r.chance(0.9),
    user_id: userId(plan, user),
    is_active: isActive,
    profile_url: profileUrl(plan, user),
    metadata: metadata(plan, user),
    last_seen_at: lastSeen(plan, r),
    nickname: nickname(plan, user),
    ...(r.chance(0.3) ? { phone_number: null } : {}),
    ...(r.chance(0.1) ? { preferred_languages: r.pick([["en"], ["ko", "en"], []]) } : {}),
    access_token: hasSecret ? `${SECRET}-${r.hex(40)}` : "",
    session_tokens:
      hasSecret && r.chance(0.3)
        ? [{ session_token: `${SECRET}-${r.hex(40)}`, expires_at: plan.start + 90 * DAY }]
        : []
  }
}

/** The version of a user in a window: names and pictures change, and messages keep the old ones. */
export const snapshot = (plan: Plan, user: number, window: number): Snapshot => {
  const changedIn = Math.floor(shareOf(plan.seed, CHANGE, user) * plan.windows * 3)
  const isOld = window < changedIn && changedIn < plan.windows
  return {
    user_id: userId(plan, user),
    profile_url: isOld ? "" : profileUrl(plan, user),
    nickname: isOld ? `${nickname(plan, user)} (old)` : nickname(plan, user),
    metadata: isOld ? {} : metadata(plan, user)
  }
}

export const nickname = (plan: Plan, user: number): string => {
  const r = random(plan.seed, NAME, user)
  return r.chance(0.02) ? "" : title(r)
}

export const profileUrl = (plan: Plan, user: number): string => {
  const r = random(plan.seed, PICTURE, user)
  return r.chance(0.2) ? "" : `https://static.example.com/profile/${r.hex(16)}.png`
}

export const metadata = (plan: Plan, user: number): Record<string, string> => {
  const r = random(plan.seed, METADATA, user)
  return r.chance(0.6) ? {} : { lang: r.pick(["en", "ja", "ko", "es"]), tier: String(r.below(5)) }
}

// internal

const DEACTIVATED = 11
const STYLE = 12
const PERSON = 13
const RECORD = 14
const CHANGE = 15
const NAME = 16
const PICTURE = 17
const METADATA = 18

const NEIGHBOURS = [".", " ", "_", ":", "-"]

// The two sentinels are -1 s (never seen) and 0 (online or not set), each in a local time zone.
const lastSeen = ({ start, view }: Plan, r: Random): number | string => {
  const zone = offset(r)
  const millis = r.chance(0.2)
    ? -1000
    : r.chance(0.1)
      ? 0
      : start + Math.floor(r.below(20 * DAY) / 1000) * 1000
  return view.isApi ? millis : zonedText(millis, view.offset?.(millis) ?? zone)
}
