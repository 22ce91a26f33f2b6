// Writes entities as Stream would export them, and models what an export cannot carry.
import { Entity } from "@chatferry/core"
import { lines } from "./reading.ts"

type User = Entity.Entity<"user">
type Channel = Entity.Entity<"channel">
type Member = Entity.Entity<"member">
type Message = Entity.Entity<"message">
type Reaction = Entity.Entity<"reaction">
type Attachment = NonNullable<Message["attachments"]>[number]
type Cids = (id: string) => string
export type Custom = "flat" | "nested"

const extrasOf = (entity: { readonly custom?: Entity.Entity["custom"] }): object =>
  entity.custom?.["sendbird"] ?? {}
const idOrNull = (id: string | undefined) => (id === undefined ? null : { id })
const withCustom = (fields: object, entity: Parameters<typeof extrasOf>[0], custom: Custom) =>
  custom === "flat" ? { ...fields, ...extrasOf(entity) } : { ...fields, custom: extrasOf(entity) }

const switched = (name: string, enabled: boolean | undefined) =>
  enabled === undefined ? {} : { [name]: { enabled } }

const user = (one: User, cid: Cids, custom: Custom) =>
  withCustom(
    {
      id: one.id,
      name: one.name,
      image: one.imageUrl,
      role: one.role,
      teams: one.teams ?? [],
      language: one.language ?? "",
      invisible: one.isInvisible,
      blocked_user_ids: one.blockedUserIds,
      mutes: one.mutedUserIds?.map((id) => ({ target: { id } })),
      channel_mutes: one.mutedChannelIds?.map((id) => ({ channel: { cid: cid(id) } })),
      created_at: one.createdAt,
      updated_at: one.updatedAt,
      teams_role: one.teamRoles,
      privacy_settings: one.privacy && {
        ...switched("typing_indicators", one.privacy.isTypingShown),
        ...switched("read_receipts", one.privacy.isReadShown),
        ...switched("delivery_receipts", one.privacy.isDeliveryShown)
      },
      push_preferences: one.push && { chat_level: one.push.level, disabled_until: one.push.disabledUntil },
      last_active: one.lastSeenAt ?? null,
      deactivated_at: one.deactivatedAt ?? null,
      deleted_at: one.deletedAt ?? null,
      banned: false,
      online: false
    },
    one,
    custom
  )

const channel = (one: Channel, cid: Cids, custom: Custom) =>
  withCustom(
    {
      cid: cid(one.id),
      type: typeOf(one),
      id: one.id,
      name: one.name,
      image: one.imageUrl,
      team: one.team,
      created_by: idOrNull(one.createdById),
      frozen: one.isFrozen,
      disabled: one.isDisabled,
      banned_users: one.bannedUserIds,
      created_at: one.createdAt,
      updated_at: one.updatedAt,
      truncated_at: one.truncatedAt ?? null,
      deleted_at: one.deletedAt ?? null,
      config: {}
    },
    one,
    custom
  )

const member = (one: Member, cid: Cids, custom: Custom) =>
  withCustom(
    {
      cid: cid(one.channelId),
      user_id: one.userId,
      user: idOrNull(one.userId),
      channel_role: one.customRole ?? (one.role === undefined ? undefined : `channel_${one.role}`),
      invited: one.isInvited,
      invite_accepted_at: one.inviteAcceptedAt ?? null,
      invite_rejected_at: one.inviteRejectedAt ?? null,
      notifications_muted: one.isChannelMuted,
      hide_channel: one.isChannelHidden,
      hide_messages_before: one.hiddenBefore,
      archived_at: one.archivedAt ?? null,
      created_at: one.createdAt,
      updated_at: one.updatedAt,
      deleted_at: one.removedAt ?? null,
      last_read: one.lastReadAt
    },
    one,
    custom
  )

const STREAM_TYPES = {
  image: "image",
  video: "video",
  audio: "audio",
  voice: "voiceRecording",
  file: "file",
  link: "link",
  other: "other"
} as const

const attachment = (one: Attachment) => ({
  type: one.customType ?? STREAM_TYPES[one.type],
  ...(one.type === "link"
    ? { og_scrape_url: one.url, title_link: one.url, image_url: one.thumbnailUrl }
    : { [one.type === "image" ? "image_url" : "asset_url"]: one.url, thumb_url: one.thumbnailUrl }),
  title: one.name,
  text: one.text,
  mime_type: one.mimeType,
  file_size: one.sizeBytes,
  duration: one.durationSeconds,
  ...extrasOf(one)
})

const message = (one: Message, reactions: ReadonlyArray<Reaction>, cid: Cids, custom: Custom) =>
  withCustom(
    {
      id: one.id,
      cid: cid(one.channelId),
      type: isDeletedOnly(one)
        ? "deleted"
        : one.type === "system"
          ? "system"
          : one.parentId === undefined
            ? "regular"
            : "reply",
      text: one.text ?? "",
      html: one.html ?? "",
      user: idOrNull(one.userId),
      attachments: one.attachments?.map(attachment) ?? [],
      parent_id: one.parentId ?? "",
      show_in_channel: one.isShownInChannel ?? false,
      quoted_message_id: one.quotedMessageId ?? "",
      mentioned_users: one.mentionedUserIds?.map(idOrNull) ?? [],
      mentioned_channel: one.isChannelMentioned ?? false,
      mentioned_here: one.isHereMentioned ?? false,
      mentioned_roles: one.mentionedRoles ?? [],
      silent: one.isSilent ?? false,
      restricted_visibility: one.visibleToUserIds ?? [],
      pinned: one.pinnedAt !== undefined,
      pinned_at: one.pinnedAt ?? null,
      pinned_by: idOrNull(one.pinnedById),
      pin_expires: one.pinExpiresAt ?? null,
      created_at: one.createdAt,
      updated_at: one.updatedAt,
      deleted_at: one.deletedAt ?? null,
      latest_reactions: reactions.map((each) => reaction(each, custom)),
      reaction_counts: { like: reactions.length }
    },
    one,
    custom
  )

const reaction = (one: Reaction, custom: Custom) =>
  withCustom(
    {
      message_id: one.messageId,
      user_id: one.userId,
      user: idOrNull(one.userId),
      type: one.type,
      score: one.score,
      created_at: one.createdAt,
      updated_at: one.updatedAt
    },
    one,
    custom
  )

const typeOf = (one: Channel) => (one.form === "typed" ? (one.type ?? "messaging") : "messaging")
const isDeletedOnly = (one: Message) => one.isDeleted === true && one.deletedAt === undefined

const sorted = (entities: ReadonlyArray<Entity.Entity>) => {
  const of = <K extends Entity.Kind>(kind: K) =>
    entities.filter((one): one is Entity.Entity<K> => one._tag === kind)
  const channels = of("channel")
  const types = new Map<string, string>(channels.map((one) => [one.id, typeOf(one)]))
  const cid: Cids = (id) => `${types.get(id) ?? "messaging"}:${id}`
  const messages = of("message")
  const known = new Map<string, Message>(messages.map((one) => [one.id, one]))
  return {
    users: of("user"),
    channels,
    members: of("member"),
    messages,
    reactions: of("reaction"),
    known,
    cid
  }
}

/** A document of version 1, with reactions in their messages. */
export const version1 = (entities: ReadonlyArray<Entity.Entity>, custom: Custom): string => {
  const { channels, cid, members, messages, reactions, users } = sorted(entities)
  const ids = new Set(
    [
      ...channels,
      ...messages.map(({ channelId: id }) => ({ id })),
      ...members.map(({ channelId: id }) => ({ id }))
    ].map(({ id }) => id)
  )
  return JSON.stringify({
    channels: Array.from(ids, (id) => {
      const one = channels.find((each) => each.id === id)
      return {
        ...(one !== undefined && { channel: channel(one, cid, custom) }),
        messages: messages
          .filter(({ channelId }) => channelId === id)
          .map((each) =>
            message(
              each,
              reactions.filter(({ messageId }) => messageId === each.id),
              cid,
              custom
            )
          ),
        members: members.filter(({ channelId }) => channelId === id).map((each) => member(each, cid, custom))
      }
    }),
    users: users.map((one) => user(one, cid, custom)),
    duration: "1.00ms"
  })
}

/** Lines of version 2, with separate reactions that name the channel of their message if it is known. */
export const version2 = (entities: ReadonlyArray<Entity.Entity>, custom: Custom): string => {
  const { cid } = sorted(entities)
  return lines(
    entities.flatMap((one) => {
      switch (one._tag) {
        case "user":
          return [{ type: "user", data: user(one, cid, custom) }]
        case "channel":
          return [{ type: "channel", data: channel(one, cid, custom) }]
        case "member":
          return [{ type: "member", data: member(one, cid, custom) }]
        case "message":
          return [{ type: "message", data: message(one, [], cid, custom) }]
        case "reaction":
          return [
            {
              type: "reaction",
              data: {
                ...reaction(one, custom),
                ...(one.channelId !== undefined && { cid: cid(one.channelId) })
              }
            }
          ]
        default:
          return []
      }
    })
  )
}

/**
 * The entities after a round trip: the loss table of the documentation page, as code. Channels
 * have a type that is part of their id, and fields that Stream lacks are missing.
 */
export const carried = (
  entities: ReadonlyArray<Entity.Entity>,
  version: 1 | 2
): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  const { cid, known } = sorted(entities)
  const seen = new Set<string>()
  return entities.flatMap((entity): ReadonlyArray<Readonly<Record<string, unknown>>> => {
    const extras = extrasOf(entity)
    const { custom: _, ...rest } = entity
    const own = Object.keys(extras).length === 0 ? {} : { custom: { stream: extras } }
    switch (entity._tag) {
      case "user": {
        const {
          devices: _1,
          email: _2,
          futureChannelBans: _3,
          handle: _4,
          isBot: _5,
          isDeactivated: _6,
          observedAt: _7,
          privacy,
          push,
          ...kept
        } = rest as User
        return [
          {
            ...kept,
            // Values without information are absent.
            ...(privacy !== undefined && Object.keys(privacy).length > 0 && { privacy }),
            ...(push !== undefined && Object.keys(push).length > 0 && { push }),
            ...own,
            ...(entity.mutedChannelIds !== undefined && { mutedChannelIds: entity.mutedChannelIds.map(cid) }),
            teams: entity.teams ?? [],
            isDeactivated: entity.deactivatedAt !== undefined
          }
        ]
      }
      case "channel": {
        const {
          archivedAt: _1,
          audience: _2,
          description: _3,
          distinctMemberIds: _4,
          isDistinct: _5,
          isPublic: _6,
          observedAt: _7,
          topic: _8,
          ...kept
        } = rest as Channel
        return [{ ...kept, ...own, id: cid(entity.id), form: "typed", type: typeOf(entity) }]
      }
      case "member": {
        const { isMuted: _1, observedAt: _2, role, userSnapshot: _3, ...kept } = rest as Member
        const isAnswered = entity.inviteAcceptedAt !== undefined || entity.inviteRejectedAt !== undefined
        return [
          {
            ...kept,
            ...own,
            channelId: cid(entity.channelId),
            ...(role !== undefined && entity.customRole === undefined && { role }),
            ...(entity.isInvited !== undefined && { isInvited: entity.isInvited && !isAnswered })
          }
        ]
      }
      case "message": {
        const {
          editedById: _1,
          observedAt: _2,
          reactionCounts: _3,
          textFormat: _4,
          userSnapshot: _5,
          ...kept
        } = rest as Message
        const attachments = entity.attachments?.map(carriedAttachment)
        return [
          {
            ...kept,
            ...own,
            ...(attachments !== undefined && { attachments }),
            ...(entity.mentionedUserIds !== undefined && {
              mentionedUserIds: Array.from(new Set(entity.mentionedUserIds))
            }),
            channelId: cid(entity.channelId),
            type: isDeletedOnly(entity) ? "regular" : entity.type
          }
        ]
      }
      case "reaction": {
        const of = known.get(entity.messageId)
        // A message lists each of its reactions once.
        const isNested = of !== undefined && !seen.has(Entity.key(entity))
        if (version === 1 && !isNested) return []
        seen.add(Entity.key(entity))
        const location = version === 1 ? of?.channelId : entity.channelId
        return [{ ...rest, ...own, ...(location !== undefined && { channelId: cid(location) }) }]
      }
      default:
        return []
    }
  })
}

const carriedAttachment = (one: Attachment) => {
  const { custom: _1, isAuthRequired: _2, thumbnailUrl, url, ...kept } = one
  const isImage = one.type === "image"
  const isLink = one.type === "link"
  // The only address is that of the file.
  const isMoved = url === undefined && thumbnailUrl !== undefined && (isImage || one.type === "other")
  const isTwice = url !== undefined && url === thumbnailUrl
  const names = isLink
    ? { og_scrape_url: url, title_link: url, image_url: url }
    : { [isImage ? "image_url" : "asset_url"]: url, thumb_url: thumbnailUrl }
  const extras = { ...(isMoved && { thumb_url: thumbnailUrl }), ...(isTwice && names), ...extrasOf(one) }
  return {
    ...kept,
    ...(url !== undefined && { url }),
    ...(thumbnailUrl !== undefined && !isTwice && !isMoved && { thumbnailUrl }),
    ...(isMoved && { url: thumbnailUrl }),
    ...(Object.keys(extras).length > 0 && { custom: { stream: extras } })
  }
}
