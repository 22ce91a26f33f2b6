// Preferences of users: privacy and push notifications.
import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { type Context } from "./context.ts"
import { isBlank, isObject, type RawObject } from "./raw.ts"
import * as Read from "./reads.ts"

type User = Entity.Entity<"user">
type X = RawRecord.X<User, Context>
type Push = NonNullable<User["push"]>

export const privacyOf = (x: X, settings: RawObject | undefined): User["privacy"] => {
  if (settings === undefined) return undefined
  const { delivery_receipts, read_receipts, typing_indicators, ...others } = settings
  const rest: Record<string, unknown> = others
  const enabled = (name: string, value: unknown): boolean | undefined => {
    const is = isObject(value) ? Read.flag(value["enabled"]) : undefined
    if (typeof is === "boolean") return is
    if (!isBlank(value)) rest[name] = value
    return undefined
  }
  const isTypingShown = enabled("typing_indicators", typing_indicators)
  const isReadShown = enabled("read_receipts", read_receipts)
  const isDeliveryShown = enabled("delivery_receipts", delivery_receipts)
  keepRest(x, "privacy_settings", rest)
  const found = {
    ...(isTypingShown !== undefined && { isTypingShown }),
    ...(isReadShown !== undefined && { isReadShown }),
    ...(isDeliveryShown !== undefined && { isDeliveryShown })
  }
  return Object.keys(found).length === 0 ? undefined : found
}

/** Reads the newer preferences, or the older switch for all notifications. */
export const pushOf = (
  x: X,
  preferences: RawObject | undefined,
  older: RawObject | undefined
): User["push"] => newerPush(x, preferences) ?? olderPush(x, older)

/** Reads teams and the roles in them. */
export const teamRolesOf = (x: X, roles: RawObject | undefined): User["teamRoles"] => {
  if (roles === undefined) return undefined
  const found: Record<string, string> = {}
  for (const [team, role] of Object.entries(roles)) {
    if (typeof role === "string" && role !== "") found[team] = role
    else if (!isBlank(role)) x.unreadable("teams_role")
  }
  return Object.keys(found).length === 0 ? undefined : found
}

// internal

const LEVELS: ReadonlySet<unknown> = new Set<Push["level"]>(["all", "mentions", "none"])

/** The value of a preference that has not been set. */
const UNSET = "default"

const newerPush = (x: X, preferences: RawObject | undefined): Push | undefined => {
  if (preferences === undefined) return undefined
  const { chat_level: level, disabled_until: until, ...rest } = preferences
  return known(x, "push_preferences", level, until, rest)
}

const olderPush = (x: X, settings: RawObject | undefined): Push | undefined => {
  if (settings === undefined) return undefined
  const { disabled, disabled_until: until, ...rest } = settings
  if (typeof disabled === "boolean" || isBlank(disabled))
    return known(x, "push_notifications", disabled === true ? "none" : undefined, until, rest)
  return known(x, "push_notifications", undefined, until, { ...rest, disabled })
}

const known = (x: X, name: string, level: unknown, until: unknown, others: RawObject): Push | undefined => {
  const rest: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(others)) if (value !== UNSET) rest[field] = value
  const isKnown = LEVELS.has(level)
  if (!isKnown && level !== UNSET) rest["chat_level"] = level
  const time = Read.time(until)
  if (time === RawRecord.UNREADABLE) rest["disabled_until"] = until
  keepRest(x, name, rest)
  const disabledUntil = typeof time === "string" ? time : undefined
  if (!isKnown && disabledUntil === undefined) return undefined
  return {
    ...(isKnown && { level: level as NonNullable<Push["level"]> }),
    ...(disabledUntil !== undefined && { disabledUntil })
  }
}

const keepRest = (x: X, name: string, rest: RawObject): void => {
  const kept = Object.entries(rest).filter(([, value]) => !isBlank(value))
  if (kept.length === 0) return
  x.keep(name, Object.fromEntries(kept))
  x.note(Consequence.codeOf(declared.keptAsCustom, `user.${name}`))
}
