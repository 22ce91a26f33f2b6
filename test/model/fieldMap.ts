/** The mapping of each field of the model: which provider fills it, and how a Stream import represents it. */
import type { Entity } from "@chatferry/core"

/** By the path of a field: why a provider does not give it. It follows a colon. */
type Reasons = Readonly<Record<string, string>>
type Lacks = { readonly [K in Entity.Kind]: Reasons }

const ONE_NAME = "users have one name, which many may share"
const NO_SETTING = "users have no such setting"
const NOT_A_RECORD = "no record of a user says it"
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
    blockedUserIds: "blocks are in responses of the API for one user, and not in exports",
    mutedUserIds: "users cannot mute others, only block them",
    mutedChannelIds: "the member has it (`isChannelMuted`)",
    "futureChannelBans.byId": NONE,
    "futureChannelBans.reason": NONE,
    "futureChannelBans.isShadow": NONE,
    "futureChannelBans.createdAt": NONE,
    "privacy.isTypingShown": NO_SETTING,
    "privacy.isReadShown": NO_SETTING,
    "privacy.isDeliveryShown": NO_SETTING,
    "devices.id": "push tokens are in responses of the API for one user and service, and not in exports",
    "devices.provider": "see `devices.id`",
    "devices.providerName": "see `devices.id`",
    "devices.isDisabled": "see `devices.id`",
    "devices.disabledReason": "see `devices.id`",
    "devices.createdAt": "see `devices.id`",
    updatedAt: NOT_A_RECORD,
    observedAt: NOT_A_RECORD,
    deactivatedAt: "exports only say that a user is not active",
    deletedAt: "exports do not contain deleted users"
  },
  channel: {
    topic: NONE,
    description: NONE,
    team: NONE,
    audience: "`isPublic` and `isDistinct` say it",
    isDisabled: NONE,
    bannedUserIds: "a list of bans does not name its channel; it is counted",
    updatedAt: "no record of a channel says it",
    archivedAt: NONE,
    deletedAt: "exports do not contain deleted channels"
  },
  member: {
    inviteAcceptedAt: "exports only say that the state is `joined`",
    inviteRejectedAt: "a user who declines is not a member",
    archivedAt: NONE,
    updatedAt: "no record of a member says it"
  },
  message: {
    "userSnapshot.isBot": "a sender has only a name and a picture",
    textFormat: "the app decides how text is formatted",
    html: NONE,
    "attachments.customType": "a file has only its MIME type",
    quotedMessageId: "a reply is in a thread (`parentId`)",
    isHereMentioned: NONE,
    mentionedRoles: NONE,
    visibleToUserIds: NONE,
    pinnedById: "a channel only names the pinned messages",
    pinExpiresAt: NONE,
    editedById: "no record of a message says it",
    observedAt: "messages have the time of their last change"
  },
  reaction: {
    score: NONE,
    updatedAt: "a reaction has one time",
    removedAt: "exports do not contain reactions that were taken back",
    custom: "a reaction has no other fields"
  },
  failed_webhook: { custom: "all of its fields are in the model" }
}

/** Fields that no Stream record contains. */
const stream: Lacks = {
  user: {
    handle: ONE_NAME,
    email: "it is an app's own field, and custom data",
    isBot: "it is an app's own field, and custom data",
    observedAt: "users have the time of their last change"
  },
  channel: {
    topic: "it is an app's own field, and custom data",
    description: "it is an app's own field, and custom data",
    isPublic: "the channel type's permissions decide",
    audience: "the channel type's permissions decide",
    observedAt: "channels have the time of their last change",
    archivedAt: "each member archives a channel separately (`archivedAt` of the member)"
  },
  member: {
    isMuted: "only a ban keeps a member from writing (`bannedUserIds`)",
    observedAt: "members have the time of their last change",
    "userSnapshot.name": "the record contains the whole user, who is given as one",
    "userSnapshot.imageUrl": "see `userSnapshot.name`",
    "userSnapshot.isBot": "see `userSnapshot.name`"
  },
  message: {
    "userSnapshot.name": "the record contains the whole user, who is given as one",
    "userSnapshot.imageUrl": "see `userSnapshot.name`",
    "userSnapshot.isBot": "see `userSnapshot.name`",
    textFormat: "text is Markdown as far as the app shows it so",
    "attachments.isAuthRequired": "links carry their signature",
    editedById: "no record of a message says it",
    observedAt: "messages have the time of their last change"
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
const inCustom: Loss = { says: "custom data (`chatferry`)", isKept: true }
const snapshot: Loss = { says: "used for users whom the source does not give" }
const off: Loss = { says: "a device that is off is only in the side file", code: "device_disabled" }
const kept = (field: string): Loss => ({ ...inCustom, code: `kept_as_custom.${field}` })
const lacking = (field: string): Loss => ({ ...inCustom, code: `dialect_lacks.${field}` })
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
    says: "custom data (`chatferry`); a setting makes ids of members",
    code: "distinct_by_id",
    isKept: true
  },
  "channel.distinctMemberIds": { says: "see `isDistinct`" },
  "channel.observedAt": decides,
  "channel.archivedAt": { ...inCustom, code: "channel_archived" },
  "channel.deletedAt": {
    says: "the channel is disabled; the time of deletion is custom data (`chatferry`)",
    code: "deleted_channel_disabled",
    isSeen: true,
    isKept: true
  },
  "member.isMuted": { ...inCustom, code: "member_muted" },
  "member.isChannelMuted": { says: "with the user, as `mutedChannelIds`", isSeen: true },
  "member.observedAt": decides,
  "member.updatedAt": kept("member.updatedAt"),
  "member.userSnapshot.name": snapshot,
  "member.userSnapshot.imageUrl": snapshot,
  "member.userSnapshot.isBot": kept("member.userSnapshot.isBot"),
  "message.userSnapshot.name": snapshot,
  "message.userSnapshot.imageUrl": snapshot,
  "message.userSnapshot.isBot": snapshot,
  "message.textFormat": kept("message.textFormat"),
  "message.attachments.isAuthRequired": { ...inCustom, code: "attachment_auth_required" },
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
      says: "a switch that is off for `none` alone; `mentions` is custom data (`chatferry`) and counted as `dialect_lacks.user.push.level`",
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
    "message.visibleToUserIds": { ...inCustom, code: "restricted_visibility_lost" },
    "reaction.updatedAt": kept("reaction.updatedAt")
  } satisfies Losses as Losses
} as const
