/** The mapping of each field of the model: which provider fills it, and how a Stream import represents it. */
import type { Entity } from "@chatferry/core"

/** By the path of a field: why a provider does not give it. */
type Reasons = Readonly<Record<string, string>>
type Lacks = { readonly [K in Entity.Kind]: Reasons }

const ONE_NAME = "users have one name, which many may share"
const NO_SETTING = "users have no such setting"
const NOT_A_RECORD = "no record has it for the user"
const NONE = "Sendbird has none"

/** Fields that no Sendbird record contains. */
const sendbird: Lacks = {
  user: {
    handle: ONE_NAME,
    email: NONE,
    role: "roles are those of members",
    teams: NONE,
    teamRoles: NONE,
    isInvisible: NO_SETTING,
    blockedUserIds: "only the API gives blocks, for one user at a time; exports do not contain them",
    mutedUserIds: "users cannot mute others, only block them",
    mutedChannelIds: "in the member (`isChannelMuted`)",
    "futureChannelBans.byId": NONE,
    "futureChannelBans.reason": NONE,
    "futureChannelBans.isShadow": NONE,
    "futureChannelBans.createdAt": NONE,
    "privacy.isTypingShown": NO_SETTING,
    "privacy.isReadShown": NO_SETTING,
    "privacy.isDeliveryShown": NO_SETTING,
    "devices.id":
      "only the API gives push tokens, for one user and service at a time; exports do not contain them",
    "devices.provider": "as `devices.id`",
    "devices.providerName": "as `devices.id`",
    "devices.isDisabled": "as `devices.id`",
    "devices.disabledReason": "as `devices.id`",
    "devices.createdAt": "as `devices.id`",
    updatedAt: NOT_A_RECORD,
    observedAt: NOT_A_RECORD,
    deactivatedAt: "only whether a user is active",
    deletedAt: "deleted users are not provided"
  },
  channel: {
    topic: NONE,
    description: NONE,
    team: NONE,
    audience: "follows from `isPublic` and `isDistinct`",
    isDisabled: NONE,
    bannedUserIds: "a list of bans does not name its channel: counted",
    updatedAt: "no record has it for the channel",
    archivedAt: NONE,
    deletedAt: "deleted channels are not provided"
  },
  member: {
    inviteAcceptedAt: "only whether the state is `joined`",
    inviteRejectedAt: "users who decline are not members",
    archivedAt: NONE,
    updatedAt: "no record has it for the member"
  },
  message: {
    "userSnapshot.isBot": "a sender has only a name and a picture",
    textFormat: "the app decides how to show text",
    html: NONE,
    "attachments.customType": "a file has only its MIME type",
    quotedMessageId: "a reply is in a thread (`parentId`)",
    isHereMentioned: NONE,
    mentionedRoles: NONE,
    visibleToUserIds: NONE,
    pinnedById: "a channel only names its pinned messages",
    pinExpiresAt: NONE,
    editedById: "no record has it for the message",
    observedAt: "messages have their own times of change"
  },
  reaction: {
    score: NONE,
    updatedAt: "a reaction has one time",
    removedAt: "removed reactions are not provided",
    custom: "a reaction has no other fields"
  },
  failed_webhook: { custom: "all of its fields are in the model" }
}

/** Fields that no Stream record contains. */
const stream: Lacks = {
  user: {
    handle: ONE_NAME,
    email: "a custom field of the app: custom data",
    isBot: "a custom field of the app: custom data",
    observedAt: "users have their own times of change"
  },
  channel: {
    topic: "a custom field of the app: custom data",
    description: "a custom field of the app: custom data",
    isPublic: "the channel type's permissions decide",
    audience: "the channel type's permissions decide",
    observedAt: "channels have their own times of change",
    archivedAt: "each member archives a channel (`archivedAt` of the member)"
  },
  member: {
    isMuted: "a member is kept from writing by a ban: `bannedUserIds`",
    observedAt: "members have their own times of change",
    "userSnapshot.name": "the record contains the user, who is given as a user",
    "userSnapshot.imageUrl": "as `userSnapshot.name`",
    "userSnapshot.isBot": "as `userSnapshot.name`"
  },
  message: {
    "userSnapshot.name": "the record contains the user, who is given as a user",
    "userSnapshot.imageUrl": "as `userSnapshot.name`",
    "userSnapshot.isBot": "as `userSnapshot.name`",
    textFormat: "text is Markdown if the app shows it as such",
    "attachments.isAuthRequired": "links carry their signature",
    editedById: "no record has it for the message",
    observedAt: "messages have their own times of change"
  },
  reaction: {},
  failed_webhook: Object.fromEntries(
    ["id", "url", "statusCode", "category", "body", "failedAt", "custom"].map((path) => [
      path,
      "Stream has none"
    ])
  )
}

export const lacks = { sendbird, stream } as const

/** The result for a field that Stream lacks; `code` counts such fields. */
export interface Loss {
  readonly says: string
  readonly code?: string
  /** Whether it affects the items, although they have no field for it. */
  readonly isSeen?: true
  /** Whether its value is in the custom data, except for this value, which means nothing. */
  readonly isKept?: true
  readonly unless?: unknown
  /** The only values to which this applies; others are in the items. */
  readonly values?: ReadonlyArray<unknown>
}
type Losses = Readonly<Record<string, Loss>>

const decides: Loss = { says: "decides between two records" }
const extras: Loss = { says: "custom data (`chatferry`)", isKept: true }
const snapshot: Loss = { says: "replaces a user that the source does not give" }
const off: Loss = { says: "a disabled device is written to a side file instead", code: "device_disabled" }
const kept = (field: string): Loss => ({ ...extras, code: `kept_as_custom.${field}` })
const lacking = (field: string): Loss => ({ ...extras, code: `dialect_lacks.${field}` })
const noBans: Loss = { says: "not written: the dialect has no such item", code: "future_channel_ban_lost" }

const ofBoth: Losses = {
  "user.handle": kept("user.handle"),
  "user.email": { says: "not written", code: "field_unsupported.user.email" },
  "user.isBot": kept("user.isBot"),
  "user.observedAt": decides,
  "user.lastSeenAt": kept("user.lastSeenAt"),
  "channel.topic": kept("channel.topic"),
  "channel.description": kept("channel.description"),
  "channel.isPublic": kept("channel.isPublic"),
  "channel.audience": kept("channel.audience"),
  "channel.isDistinct": {
    says: "custom data (`chatferry`); a setting makes ids from members",
    code: "distinct_by_id",
    isKept: true
  },
  "channel.distinctMemberIds": { says: "as `isDistinct`" },
  "channel.observedAt": decides,
  "channel.archivedAt": { ...extras, code: "channel_archived" },
  "channel.deletedAt": {
    says: "the channel is disabled; the time of deletion is custom data (`chatferry`)",
    code: "deleted_channel_disabled",
    isSeen: true,
    isKept: true
  },
  "member.isMuted": { ...extras, code: "member_muted" },
  "member.isChannelMuted": { says: "in the user, as `mutedChannelIds`", isSeen: true },
  "member.observedAt": decides,
  "member.updatedAt": kept("member.updatedAt"),
  "member.userSnapshot.name": snapshot,
  "member.userSnapshot.imageUrl": snapshot,
  "member.userSnapshot.isBot": kept("member.userSnapshot.isBot"),
  "message.userSnapshot.name": snapshot,
  "message.userSnapshot.imageUrl": snapshot,
  "message.userSnapshot.isBot": snapshot,
  "message.textFormat": kept("message.textFormat"),
  "message.attachments.isAuthRequired": { ...extras, code: "attachment_auth_required" },
  "message.reactionCounts": { says: "not written", code: "field_unsupported.message.reactionCounts" },
  "message.isSilent": kept("message.isSilent"),
  "message.editedById": { says: "not written", code: "field_unsupported.message.editedById" },
  "message.observedAt": decides,
  "reaction.channelId": { says: "that of the message" },
  "reaction.score": {
    ...kept("reaction.score"),
    says: "custom data (`chatferry`), unless it is 1",
    unless: 1
  }
}

/** By kind and path; all other fields are in the items. */
export const losses = {
  jsonl: {
    ...ofBoth,
    "user.updatedAt": kept("user.updatedAt"),
    "user.devices.isDisabled": { ...off, isSeen: true },
    "user.devices.disabledReason": off,
    "channel.updatedAt": kept("channel.updatedAt"),
    "message.updatedAt": kept("message.updatedAt"),
    "reaction.updatedAt": kept("reaction.updatedAt")
  } satisfies Losses as Losses,
  "json-array": {
    ...ofBoth,
    "user.teamRoles": lacking("user.teamRoles"),
    "user.blockedUserIds": lacking("user.blockedUserIds"),
    "user.futureChannelBans.byId": noBans,
    "user.futureChannelBans.reason": noBans,
    "user.futureChannelBans.isShadow": noBans,
    "user.futureChannelBans.createdAt": noBans,
    "user.privacy.isTypingShown": lacking("user.privacy"),
    "user.privacy.isReadShown": lacking("user.privacy"),
    "user.privacy.isDeliveryShown": lacking("user.privacy"),
    "user.push.level": {
      says: "a switch that is off only for `none`; `mentions` is custom data (`chatferry`) and counted as `dialect_lacks.user.push.level`",
      isSeen: true,
      isKept: true,
      unless: "all",
      values: ["all", "mentions"]
    },
    "channel.bannedUserIds": lacking("channel.bannedUserIds"),
    "channel.truncatedAt": lacking("channel.truncatedAt"),
    "member.archivedAt": lacking("member.archivedAt"),
    "message.isChannelMentioned": lacking("message.isChannelMentioned"),
    "message.isHereMentioned": lacking("message.isHereMentioned"),
    "message.mentionedRoles": lacking("message.mentionedRoles"),
    "message.visibleToUserIds": { ...extras, code: "restricted_visibility_lost" },
    "reaction.updatedAt": kept("reaction.updatedAt")
  } satisfies Losses as Losses
} as const
