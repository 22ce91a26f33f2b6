// Channels, members and read states in Stream's format.
import { random } from "../../random/random.ts"
import { title } from "../../random/text.ts"
import { DAY } from "../../random/time.ts"
import type { StreamChannel } from "./channels.ts"
import type { Scene } from "./scene.ts"
import { object, type Shape, time, timeOrNull, type RawObject } from "./shape.ts"
import { userId } from "./users.ts"

export const channelRecord = ({ users, plan, shape }: Scene, of: StreamChannel): RawObject => {
  const r = random(plan.seed, CHANNEL, of.index)
  const updated = of.createdAt + r.below(3_600_000_000)
  const name = r.chance(0.25) ? undefined : title(r)
  const custom = {
    ...(name === undefined ? {} : { name }),
    ...(r.chance(0.3) ? { image: `https://static.example.com/channel/${r.hex(16)}.png` } : {}),
    ...(r.chance(0.2) ? { topic: title(r), order: { id: r.below(1e9), lines: [r.hex(4)] } } : {})
  }
  return object(
    shape,
    {
      id: of.id,
      type: of.type,
      cid: of.cid,
      ...(of.count === 0 ? {} : { last_message_at: time(shape, lastMessageAt(plan.end, of)) }),
      created_at: time(shape, of.createdAt),
      updated_at: time(shape, updated),
      ...(of.deletedAt === undefined ? {} : { deleted_at: time(shape, of.deletedAt) }),
      ...(of.truncatedAt === undefined
        ? {}
        : {
            truncated_at: time(shape, of.truncatedAt),
            truncated_by_id: userId(plan, of.creator),
            truncated_by: users.full(of.creator)
          }),
      created_by: users.full(of.creator),
      frozen: of.isFrozen,
      disabled: of.isDisabled,
      member_count: of.members.length,
      ...(of.team === undefined ? {} : { team: of.team }),
      ...(r.chance(0.05) ? { cooldown: 30 } : {}),
      auto_translation_language: "",
      config: configRecord(plan.start, shape, of)
    },
    custom
  )
}

export const memberRecord = (
  { users, plan, shape }: Scene,
  of: StreamChannel,
  user: number,
  index: number
): RawObject => {
  const { features } = plan
  const r = random(plan.seed, MEMBER, of.index, user)
  const joined = index === 0 ? of.createdAt : of.createdAt + r.below(60_000_000)
  const isModerator = index > 0 && r.chance(features.moderators)
  const isInvited = index > 0 && r.chance(features.invited)
  const invite = r.below(3)
  const isHidden = r.chance(features.hidden)
  const isBanned = index > 0 && r.chance(features.bannedMembers)
  return object(
    shape,
    {
      user_id: userId(plan, user),
      user: users.full(user),
      status: isInvited ? INVITES[shape.invites][invite] : "member",
      ...(isInvited
        ? {
            invited: true,
            [`${shape.invites}_accepted_at`]: timeOrNull(
              shape,
              invite === 1 ? joined + 1_000_000 : undefined
            ),
            [`${shape.invites}_rejected_at`]: timeOrNull(shape, invite === 2 ? joined + 2_000_000 : undefined)
          }
        : {}),
      created_at: time(shape, joined),
      updated_at: time(shape, joined),
      archived_at: timeOrNull(shape, r.chance(features.archived) ? plan.end - 2_000_000 : undefined),
      pinned_at: timeOrNull(shape, r.chance(0.02) ? plan.end - 3_000_000 : undefined),
      ...(isHidden ? { hidden: true } : {}),
      ...(isHidden && r.chance(0.5) ? { hide_messages_before: time(shape, joined + 5_000_000) } : {}),
      banned: isBanned,
      ...(isBanned && isHidden ? { ban_from_future_channels: true } : {}),
      ...(isBanned && r.chance(0.5) ? { ban_expires: time(shape, plan.end + DAY * 1000) } : {}),
      shadow_banned: false,
      role: index === 0 ? "owner" : isModerator ? "moderator" : "member",
      channel_role: isModerator ? "channel_moderator" : "channel_member",
      notifications_muted: r.chance(0.03)
    },
    r.chance(0.1) ? { label: title(r), level: r.below(9) } : {}
  )
}

export const readRecord = ({ users, plan, shape }: Scene, of: StreamChannel, user: number): RawObject => {
  const r = random(plan.seed, READ, of.index, user)
  const at = of.createdAt + Math.floor(r.next() * (plan.end - of.createdAt))
  return {
    user: users.full(user),
    last_read: time(shape, at, r.below(1000)),
    unread_messages: Math.floor((of.count * (plan.end - at)) / (plan.end - of.createdAt))
  }
}

// internal

const CHANNEL = 121
const MEMBER = 122
const READ = 123
const INVITES = {
  invite: ["pending", "accepted", "rejected"],
  invited: ["invited", "accepted", "rejected"]
} as const

/** No message can be later; the last one is sent at about this time. */
const lastMessageAt = (end: number, of: StreamChannel) =>
  of.createdAt + Math.floor(((of.count - 0.5) / of.count) * (end - of.createdAt))

const configRecord = (start: number, shape: Shape, { type }: StreamChannel): RawObject => ({
  created_at: time(shape, start - 100_000_000),
  updated_at: time(shape, start - 100_000_000),
  name: type,
  typing_events: true,
  read_events: type !== "livestream",
  connect_events: true,
  search: true,
  reactions: true,
  replies: true,
  quotes: true,
  mutes: true,
  uploads: true,
  url_enrichment: true,
  custom_events: true,
  polls: true,
  push_notifications: true,
  message_retention: "infinite",
  max_message_length: 5000,
  automod: "disabled",
  automod_behavior: "flag",
  commands: ["giphy", "ban", "unban", "mute", "unmute"]
})
