// Users by their number. Nothing is stored: the number and the seed determine a user.
import { random, shareOf } from "../../random/random.ts"
import { plainWord, title } from "../../random/text.ts"
import { DAY } from "../../random/time.ts"
import { type StreamPlan, teamOf } from "./plan.ts"
import { settingsOf } from "./settings.ts"
import { object, type Shape, time, timeOrNull, type RawObject } from "./shape.ts"

/** Unique, with only the characters that Stream allows. Some differ from the next one only in a character or in case. */
export const userId = (plan: StreamPlan, user: number): string => {
  const family = user - (user % 10)
  if (shareOf(plan.seed, STYLE, family) >= plan.features.oddIds) return `user-${user.toString(36)}`
  switch (user % 10) {
    case 0:
      return `kim_${family}`
    case 1:
      return `kim-${family}`
    case 2:
      return `Kim_${family}`
    case 3:
      return `@kim_${family}`
    case 4:
      return `KIM_${family}`
    case 5:
      return `${family}`
    case 6:
      return `-${family}-`
    case 7:
      return `${random(plan.seed, UUID, user).hex(8)}-0000-4000-8000-${String(user).padStart(12, "0")}`
    case 8:
      return `${plainWord(random(plan.seed, UUID, user))}_${user}`
    default:
      return `${user}_`.padEnd(255, random(plan.seed, UUID, user).hex(64))
  }
}

export const isDeactivated = (plan: StreamPlan, user: number): boolean =>
  shareOf(plan.seed, DEACTIVATED, user) < plan.features.deactivated

export const isDeletedUser = (plan: StreamPlan, user: number): boolean =>
  shareOf(plan.seed, DELETED, user) < plan.features.deletedUsers

/** The complete record of a user. */
export const userRecord = (plan: StreamPlan, shape: Shape, user: number): RawObject => {
  const { features } = plan
  const r = random(plan.seed, RECORD, user)
  const created = userCreatedAt(plan, user) + r.below(900)
  const later = (share: number) => created + 1 + Math.floor((plan.end - created - 2) * share)
  const active = r.chance(features.neverActive) ? undefined : later(r.next())
  const team = teamOf(plan, user)
  const isBanned = r.chance(features.banned)
  const name = r.chance(0.03) ? undefined : title(r)
  const image = r.chance(features.missingImages)
    ? undefined
    : `https://static.example.com/profile/${r.hex(16)}.png`
  return object(
    shape,
    {
      id: userId(plan, user),
      role: r.chance(0.06) ? r.pick(ROLES) : "user",
      ...(name === undefined ? {} : { name }),
      ...(image === undefined ? {} : { image }),
      created_at: time(shape, created),
      updated_at: time(shape, later(r.next())),
      ...(active === undefined ? {} : { last_active: time(shape, active, 1 + r.below(999)) }),
      ...(active !== undefined && r.chance(0.3) ? { last_engaged_at: time(shape, active) } : {}),
      ...(isDeactivated(plan, user) ? { deactivated_at: time(shape, later(0.9)) } : {}),
      ...(isDeletedUser(plan, user) ? { deleted_at: time(shape, later(0.95)) } : {}),
      banned: isBanned,
      ...(isBanned && r.chance(0.5) ? { ban_expires: timeOrNull(shape, plan.end + DAY * 1000) } : {}),
      online: false,
      ...(r.chance(0.05) ? { invisible: true } : {}),
      ...(r.chance(0.2) ? { language: r.pick(["en", "ja", "ko", "es", ""]) } : {}),
      ...(team === undefined ? (r.chance(0.3) ? { teams: [] } : {}) : teamsOf(team)),
      ...(r.chance(0.03)
        ? { blocked_user_ids: [userId(plan, (user + 1 + r.below(plan.users - 1)) % plan.users)] }
        : {}),
      ...settingsOf(plan, shape, user, (other) => userId(plan, other))
    },
    customOf(plan, user)
  )
}

/** The reduced record of a user in some lists. */
export const shortUserRecord = (full: RawObject): RawObject =>
  Object.fromEntries(SHORT.flatMap((field) => (field in full ? [[field, full[field]]] : [])))

// internal

const STYLE = 102
const UUID = 103
const DEACTIVATED = 104
const DELETED = 105
const CREATED = 106
const RECORD = 107
const CUSTOM = 108

const ROLES = ["admin", "guest", "moderator"] as const
const SHORT = ["id", "role", "name", "image", "online", "banned", "created_at", "updated_at"]

const teamsOf = (team: string) => ({ teams: [team], teams_role: { [team]: "user" } })

const customOf = (plan: StreamPlan, user: number): RawObject => {
  const r = random(plan.seed, CUSTOM, user)
  if (r.chance(0.5)) return {}
  return {
    tier: r.below(5),
    ...(r.chance(0.4) ? { birthland: title(r) } : {}),
    ...(r.chance(0.2) ? { address: { city: title(r), floors: [1, 2.5, null] } } : {}),
    ...(r.chance(0.1) ? { score: 1e21, "ein Feld": true } : {})
  }
}

/** In microseconds. */
const userCreatedAt = (plan: StreamPlan, user: number): number =>
  plan.start - Math.floor(shareOf(plan.seed, CREATED, user) * 90 * DAY) * 1000 - 1
