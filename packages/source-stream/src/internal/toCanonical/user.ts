import { RawRecord } from "@chatferry/connector"
import type { Entity, Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import * as Read from "../reads.ts"
import { idOfUser, isWire, text, type Wire } from "../wire.ts"
import { type Context, setAside, stream } from "./context.ts"
import { customFields, nameAndImage } from "./customFields.ts"

const { field, list } = RawRecord

/** A user on its own, or as another record shows it; `within` says where in that one. */
export const user = (wire: Wire, context: Context, within = ""): void => {
  const found = table.read(wire, context)
  if (found instanceof RawRecord.Rejection) {
    return setAside(context, "user", found.code, found.message, wire, within)
  }
  context.out.push(found)
}

// internal

const mutedUser = Read.understood((value) =>
  isWire(value) && value["id"] === undefined ? idOfUser(value["target"]) : idOfUser(value)
)

const mutedChannel = Read.understood((value) => {
  const channel = isWire(value) ? value["channel"] : undefined
  const cid = isWire(channel)
    ? channel["cid"]
    : isWire(value)
      ? (value["channel_cid"] ?? value["cid"])
      : value
  return text(cid) as Ids.ChannelId | undefined
})

const eachOnce = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> | undefined =>
  values.length === 0 ? undefined : Array.from(new Set(values))

const u = stream.kind<"user">("user")

const table: RawRecord.Table<Entity.Entity<"user">, Context> = u.table(
  {
    id: field(Read.userId, "id").orReject(declared.missingId.code, "id is missing or empty"),
    name: u.always([field(Read.text, "name"), field(Read.text, "image")], nameAndImage),
    role: field(Read.text, "role"),
    teams: list(Read.text, "teams"),
    language: field(Read.text, "language"),
    isInvisible: field(Read.flag, "invisible"),
    blockedUserIds: list(Read.user, "blocked_user_ids"),
    mutedUserIds: u.from(
      [list(mutedUser, "mutes"), list(mutedUser, "user_mutes")],
      (_, mutes = [], others = []) => eachOnce([...mutes, ...others])
    ),
    mutedChannelIds: u.from([list(mutedChannel, "channel_mutes")], (_, muted = []) => eachOnce(muted)),
    createdAt: field(Read.time, "created_at"),
    updatedAt: field(Read.time, "updated_at"),
    lastSeenAt: field(Read.time, "last_active"),
    deactivatedAt: field(Read.time, "deactivated_at"),
    deletedAt: field(Read.time, "deleted_at"),
    isDeactivated: u.always([], (x) => (x.draft.deactivatedAt === undefined ? undefined : true))
  },
  {
    kept: [
      "ban_expires",
      "banned",
      "bypass_moderation",
      "privacy_settings",
      "push_preferences",
      "shadow_banned",
      "teams_role"
    ],
    elsewhere: ["custom"],
    unknown: customFields("user", "placed"),
    dropped: [
      "anon",
      "app_pk",
      "avg_response_time",
      "channel_last_read_at",
      "last_engaged_at",
      "latest_hidden_channels",
      "notifications_muted",
      "online",
      "pk",
      "push_notifications",
      "revoke_tokens_issued_before",
      "total_unread_count",
      "unread_channels",
      "unread_count",
      "unread_threads",
      "user_pk"
    ]
  }
)
