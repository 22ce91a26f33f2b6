import { RawRecord } from "@chatferry/connector"
import type { Entity } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { acting, withTimes } from "./actingFields.ts"
import { type Context, setAside, stream } from "./context.ts"
import { customFields, nameAndImage } from "./customFields.ts"
import { devicesOf } from "./device.ts"
import { forGood, mutedChannel, mutedUser } from "./mutes.ts"
import { privacyOf, pushOf, teamRolesOf } from "./preferences.ts"
import { isBlank, type RawObject } from "./raw.ts"
import * as Read from "./reads.ts"

const { any, field, list } = RawRecord

type User = Entity.Entity<"user">

/** Maps a user, alone or nested in another record; `within` is its location there. */
export const user = (raw: RawObject, context: Context, within = ""): void => {
  const devices = context.takesDevices ? devicesOf(raw["devices"], context) : undefined
  const found = table.read(devices === undefined ? raw : withoutDevices(raw), context)
  if (found instanceof RawRecord.Rejection) {
    return setAside(context, "user", found.code, found.message, raw, within)
  }
  context.out.push(devices === undefined ? found : { ...found, devices })
}

// internal

/** Devices are read separately, because the table would count them as dropped secrets. */
const withoutDevices = (raw: RawObject): RawObject => {
  const { devices: _, ...others } = raw
  return others
}

const u = stream.kind<"user">("user")

type X = RawRecord.X<User, Context>

const noneOf = ({ raw }: X, name: string): readonly [] | undefined => {
  const value = raw[name]
  return value === null || (Array.isArray(value) && value.length === 0) ? [] : undefined
}

/** A nested user has empty lists in private fields, whatever their real content. */
const noneOfOwn = (x: X, name: string): readonly [] | undefined =>
  x.context.isNested ? undefined : noneOf(x, name)

const table: RawRecord.Table<User, Context> = u.table(
  {
    id: field(Read.userId, "id").orReject(declared.missingId.code, "id is missing or empty"),
    name: u.always([field(Read.text, "name"), field(Read.text, "image")], nameAndImage),
    role: field(Read.text, "role"),
    // An empty list is set as well, so that an older record does not bring its entries back.
    teams: u.from([list(Read.text, "teams")], (x, teams) => teams ?? noneOf(x, "teams")),
    teamRoles: u.from([field(Read.record, "teams_role")], teamRolesOf),
    language: field(Read.text, "language"),
    isInvisible: field(Read.flag, "invisible"),
    blockedUserIds: u.from(
      [list(Read.user, "blocked_user_ids")],
      (x, ids) => ids ?? noneOfOwn(x, "blocked_user_ids")
    ),
    mutedUserIds: u.from(
      [list(mutedUser, "mutes"), list(mutedUser, "user_mutes")],
      (x, mutes = [], others = []) =>
        forGood(x, "mutes", [...mutes, ...others]) ?? noneOfOwn(x, "mutes") ?? noneOfOwn(x, "user_mutes")
    ),
    mutedChannelIds: u.from(
      [list(mutedChannel, "channel_mutes")],
      (x, mutes = []) => forGood(x, "channel_mutes", mutes) ?? noneOfOwn(x, "channel_mutes")
    ),
    privacy: u.from([field(Read.record, "privacy_settings")], privacyOf),
    push: u.from([field(Read.record, "push_preferences"), field(Read.record, "push_notifications")], pushOf),
    createdAt: field(Read.time, "created_at"),
    updatedAt: field(Read.time, "updated_at"),
    lastSeenAt: field(Read.time, "last_active"),
    deactivatedAt: u.from([field(Read.time, "deactivated_at")], (x, at) => {
      if (at !== undefined || isBlank(x.raw["deactivated_at"])) x.set("isDeactivated", at !== undefined)
      return at
    }),
    deletedAt: field(Read.time, "deleted_at")
  },
  {
    also: [
      u.from(
        [field(Read.flag, "banned"), any("ban_expires"), field(Read.flag, "shadow_banned")],
        (x, isBanned, expires, isShadow) => {
          if (isBanned === true) x.keep("banned", true)
          if (isShadow === true) x.keep("shadow_banned", true)
          if (!isBlank(expires)) x.keep("ban_expires", withTimes("ban_expires", expires))
          if (isBanned === true || isShadow === true) x.note(declared.appBanKeptAsCustom.code)
        }
      ),
      ...acting(u, "user", ["bypass_moderation", "latest_hidden_channels"])
    ],
    elsewhere: ["custom"],
    secrets: ["devices"],
    unknown: customFields("user", "placed"),
    dropped: [
      "anon",
      "app_pk",
      "avg_response_time",
      "channel_last_read_at",
      "channel_unread_count",
      "last_engaged_at",
      "notifications_muted",
      "online",
      "pk",
      "revoke_tokens_issued_before",
      "total_unread_count",
      "total_unread_count_by_team",
      "unread_channels",
      "unread_count",
      "unread_thread_messages",
      "unread_threads",
      "user_pk"
    ]
  }
)
