// Canonical entities by kind and number. A second version of an entity has the same key and different contents.
import type { Entity } from "@chatferry/core"
import { type Random, random, some } from "../random/random.ts"
import { chatText, plainWord, title } from "../random/text.ts"
import { anyChannel, anyUser, channelId, messageChannel, messageId, userId, type World } from "./ids.ts"
import { rest } from "./rest.ts"
import { later, time } from "./times.ts"

export const world = (
  seed: number,
  records: number,
  shares: { readonly dangling: number; readonly oddIds: number; readonly extremes: number }
): World => ({
  seed,
  ...shares,
  users: Math.max(1, Math.floor(records / 8)),
  channels: Math.max(1, Math.floor(records / 16)),
  messages: Math.max(1, Math.floor(records / 4))
})

export const entity = (of: World, kind: Entity.Kind, index: number, version: number): unknown => {
  const made = {
    ...makers[kind](of, index, random(of.seed, 62, ORDINAL[kind], index, version), version),
    ...further[kind](of, random(of.seed, 71, ORDINAL[kind], index, version))
  }
  return { ...made, ...rest(kind, made, of, random(of.seed, 72, ORDINAL[kind], index, version)) }
}

// internal

type Maker = (of: World, index: number, r: Random, version: number) => Record<string, unknown>

const ORDINAL = { user: 0, channel: 1, member: 2, message: 3, reaction: 4, failed_webhook: 5 } as const

const user: Maker = (of, index, r, version) => ({
  _tag: "user",
  id: userId(of, index),
  ...some(r, 0.8, { name: title(r) }),
  ...some(r, 0.5, { imageUrl: url(r, "png") }),
  ...some(r, 0.1, { role: r.pick(["admin", "user", "guest", "custom_role"]) }),
  ...some(r, 0.05, { teams: ["red", "blue"] }),
  ...some(r, 0.2, { language: r.pick(["en", "ko", "xx-long"]) }),
  ...some(r, 0.05, { isBot: true }),
  ...some(r, 0.05, { isInvisible: r.chance(0.5) }),
  ...some(r, 0.05, { isDeactivated: true, ...some(r, 0.5, { deactivatedAt: time(r) }) }),
  ...some(r, 0.05, { blockedUserIds: [anyUser(of, r)] }),
  ...some(r, 0.05, { mutedUserIds: [anyUser(of, r)] }),
  ...some(r, 0.05, { mutedChannelIds: [anyChannel(of, r)] }),
  ...times(r, version),
  ...some(r, 0.3, { lastSeenAt: time(r) }),
  ...some(r, 0.02, { deletedAt: time(r) }),
  ...custom(of, r)
})

const channel: Maker = (of, index, r, version) => {
  const isDistinct = r.chance(0.2)
  return {
    _tag: "channel",
    id: channelId(of, index),
    // The form is part of a channel's identity; it does not change between versions.
    form: ["group", "open", "group", "typed"][index % 4],
    ...(index % 4 === 3
      ? { type: "support" }
      : some(r, 0.2, { type: r.pick(["team", "has space", "livestream"]) })),
    ...some(r, 0.8, { name: title(r) }),
    ...some(r, 0.3, { imageUrl: url(r, "png") }),
    ...some(r, 0.3, { createdById: anyUser(of, r) }),
    ...some(r, 0.1, { isPublic: r.chance(0.5) }),
    ...(isDistinct
      ? { isDistinct, ...some(r, 0.5, { distinctMemberIds: [userId(of, 0), anyUser(of, r)] }) }
      : {}),
    ...some(r, 0.1, { isFrozen: r.chance(0.5) }),
    ...some(r, 0.05, { isDisabled: true }),
    ...some(r, 0.05, { bannedUserIds: [anyUser(of, r)] }),
    ...times(r, version),
    ...some(r, 0.5, { observedAt: time(r) }),
    ...some(r, 0.05, { truncatedAt: time(r) }),
    ...some(r, 0.02, { deletedAt: time(r) }),
    ...custom(of, r)
  }
}

const member: Maker = (of, index, r, version) => {
  const fixed = random(of.seed, 63, index)
  return {
    _tag: "member",
    channelId: anyChannel(of, fixed),
    userId: anyUser(of, fixed),
    ...some(r, 0.5, { role: r.pick(["member", "moderator"]) }),
    ...some(r, 0.05, { customRole: "guide" }),
    ...some(r, 0.1, { isInvited: true, ...some(r, 0.3, { inviteAcceptedAt: time(r) }) }),
    ...some(r, 0.02, { inviteRejectedAt: time(r) }),
    ...some(r, 0.05, { isMuted: true }),
    ...some(r, 0.05, { isChannelHidden: true, ...some(r, 0.5, { hiddenBefore: time(r) }) }),
    ...some(r, 0.02, { archivedAt: time(r) }),
    ...times(r, version),
    ...some(r, 0.5, { observedAt: time(r) }),
    ...some(r, 0.4, { lastReadAt: time(r) }),
    ...some(r, 0.3, {
      userSnapshot: { ...some(r, 0.8, { name: title(r) }), ...some(r, 0.5, { imageUrl: url(r, "png") }) }
    }),
    ...custom(of, r)
  }
}

const message: Maker = (of, index, r, version) => {
  const isSystem = index % 20 === 9
  const isDeleted = r.chance(0.05)
  const isReply = index % 8 === 5
  const fixed = random(of.seed, 64, index)
  const channelId = isReply ? messageChannel(of, index - 5) : messageChannel(of, index)
  return {
    _tag: "message",
    id: messageId(of, index),
    channelId,
    ...(isSystem ? {} : { userId: anyUser(of, fixed) }),
    ...some(r, 0.3, { userSnapshot: { name: title(r) } }),
    type: isSystem ? "system" : "regular",
    ...some(r, 0.95, { text: r.chance(of.extremes) ? "long ".repeat(5000) : chatText(r) }),
    ...some(r, 0.02, { html: "<p>x</p>" }),
    ...some(r, 0.2, {
      attachments: Array.from({ length: r.chance(of.extremes) ? 35 : 1 + r.below(3) }, () => attachment(r))
    }),
    ...(isReply
      ? {
          parentId: fixed.chance(of.dangling) ? "nowhere" : messageId(of, index - 5),
          ...some(r, 0.3, { isShownInChannel: true })
        }
      : {}),
    ...some(r, 0.05, { quotedMessageId: messageId(of, Math.max(0, index - 1)) }),
    ...some(r, 0.1, { mentionedUserIds: [anyUser(of, r), anyUser(of, r)] }),
    ...some(r, 0.03, { isChannelMentioned: true }),
    ...some(r, 0.03, { isSilent: true }),
    ...some(r, 0.02, { visibleToUserIds: [anyUser(of, r)] }),
    ...some(r, 0.02, { pinnedAt: time(r), ...some(r, 0.8, { pinnedById: anyUser(of, r) }) }),
    createdAt: time(fixed),
    ...(version > 0 || r.chance(0.1) ? { updatedAt: later(r, version) } : {}),
    ...(isDeleted ? { isDeleted, ...some(r, 0.5, { deletedAt: later(r, 5) }) } : {}),
    ...custom(of, r)
  }
}

const reaction: Maker = (of, index, r, version) => {
  const fixed = random(of.seed, 65, index)
  const isDangling = fixed.chance(of.dangling)
  const at = fixed.below(of.messages)
  return {
    _tag: "reaction",
    messageId: isDangling ? `nowhere-${index}` : messageId(of, at),
    ...(random(of.seed, 70, index).chance(0.1)
      ? {}
      : { channelId: isDangling ? anyChannel(of, fixed) : messageChannel(of, at) }),
    userId: anyUser(of, fixed),
    type: fixed.pick(["like", "sendbird_emoji_heart_eyes", "❤️", "custom key.1"]),
    ...some(r, 0.3, { score: 1 + r.below(5) }),
    ...times(r, version),
    ...custom(of, r)
  }
}

const webhook: Maker = (of, index, r) => ({
  _tag: "failed_webhook",
  id: `webhook-${index}`,
  url: "https://hooks.example.com/chat",
  ...some(r, 0.9, { statusCode: r.pick([400, 500, 503]) }),
  ...some(r, 0.8, { category: "group_channel:message_send" }),
  body: r.chance(0.9) ? JSON.stringify({ n: index, text: chatText(r) }) : "no JSON",
  ...some(r, 0.9, { failedAt: time(r) }),
  ...custom(of, r)
})

const makers: { readonly [K in Entity.Kind]: Maker } = {
  user,
  channel,
  member,
  message,
  reaction,
  failed_webhook: webhook
}

const shown = (r: Random) => some(r, 0.05, { userSnapshot: { name: title(r), isBot: true } })

const removed = (r: Random) => some(r, 0.03, { removedAt: later(r, r.below(3)) })

/** Features that few providers have. Drawn from a separate sequence, so that the other fields do not change. */
const further: { readonly [K in Entity.Kind]: (of: World, r: Random) => Record<string, unknown> } = {
  user: (_, r) => ({
    ...some(r, 0.1, { handle: plainWord(r) }),
    ...some(r, 0.05, { email: `${plainWord(r)}@example.com` })
  }),
  channel: (_, r) => ({
    ...some(r, 0.1, { topic: title(r) }),
    ...some(r, 0.1, { description: chatText(r) }),
    ...some(r, 0.1, { audience: r.pick(["direct", "group_direct", "private", "public"]) }),
    ...some(r, 0.05, { archivedAt: time(r) })
  }),
  member: (_, r) => ({ ...shown(r), ...removed(r) }),
  message: (of, r) => ({
    ...shown(r),
    ...some(r, 0.1, { textFormat: r.pick(["plain", "markdown", "html", "other"]) }),
    ...some(r, 0.05, { reactionCounts: { like: 1 + r.below(30), "❤️": 1 } }),
    ...some(r, 0.05, { editedById: anyUser(of, r) })
  }),
  reaction: (_, r) => removed(r),
  failed_webhook: () => ({})
}

const times = (r: Random, version: number) => ({
  ...some(r, 0.7, { createdAt: time(r) }),
  ...(version > 0 || r.chance(0.3) ? { updatedAt: later(r, version) } : {})
})

const url = (r: Random, extension: string) =>
  `${r.chance(0.1) ? "http" : "https"}://files.example.com/${r.hex(12)}.${extension}`

const attachment = (r: Random): Record<string, unknown> => ({
  type: r.pick(["image", "video", "audio", "voice", "file", "link", "other"]),
  ...some(r, 0.9, { url: url(r, "bin") }),
  ...some(r, 0.3, { thumbnailUrl: url(r, "png") }),
  ...some(r, 0.7, { name: plainWord(r) }),
  ...some(r, 0.2, { text: title(r) }),
  ...some(r, 0.6, { mimeType: "application/octet-stream" }),
  ...some(r, 0.6, { sizeBytes: r.below(1_000_000) }),
  ...some(r, 0.1, { durationSeconds: r.below(100) / 10 }),
  ...some(r, 0.1, { isAuthRequired: true }),
  ...some(r, 0.1, { custom: { sendbird: { key: r.hex(4) } } })
})

const custom = (of: World, r: Random): Record<string, unknown> => {
  if (r.chance(of.extremes))
    return { custom: { sendbird: { huge: "x".repeat(6000), metadata: { a: null, b: [1, 2.5, true] } } } }
  return some(r, 0.3, {
    custom: {
      sendbird: { metadata: { lang: "en" }, n: r.below(100), none: null },
      ...some(r, 0.2, { other: { x: [] } })
    }
  })
}
