// Every code that the sink counts, and what it means for the app that imports the files.
import { Consequence, Sink } from "@chatferry/core"
import { outcomes, rejections } from "./consequencesOfRecords.ts"

export { outcomes, rejections } from "./consequencesOfRecords.ts"

const { make } = Consequence

/** Changes inside records that are written. */
export const notes = {
  channelCreatorModerator: make("channel_creator_moderator", {
    effect: "changed",
    says: "channels without a creator; their first moderator by id became the creator"
  }),
  channelCreatorAdmin: make("channel_creator_admin", {
    effect: "changed",
    says: "channels without a creator or a moderator; adminUserId became the creator"
  }),
  deletedChannelDisabled: make("deleted_channel_disabled", {
    effect: "changed",
    says: "deleted channels, which were written as disabled because Stream cannot import deleted channels",
    action: 'Set deletedChannels to "skip" to leave them out.'
  }),
  deletedContentBlanked: make("deleted_content_blanked", {
    effect: "left_out_on_purpose",
    says: "deleted messages that were written without text, attachments, mentions and custom data",
    action: 'Set deletedContent to "keep" to write what the source still has of them.'
  }),
  messageWithoutUser: make("message_without_user", {
    effect: "changed",
    says: "messages without a sender, which became system messages of adminUserId"
  }),
  pinnedByAdmin: make("pinned_by_admin", {
    effect: "changed",
    says: "pinned messages whose pinner is unknown or left out; Stream requires one, so adminUserId became the pinner"
  }),
  replyDetached: make("reply_detached", {
    effect: "changed",
    says: "replies whose parent is not written, is in another channel or leads back to the reply; they became messages outside of a thread",
    action: "Add the export that holds their parents."
  }),
  replyReattached: make("reply_reattached", {
    effect: "changed",
    says: "replies to replies, which became replies to the first message of the thread"
  }),
  quotedMessageUnknown: make("quoted_message_unknown", {
    effect: "changed",
    says: "messages that lost their quote because the quoted message is not written, is in another channel or quotes them back",
    action: "Add the export that holds the quoted messages."
  }),
  reactionTimeAssumed: make("reaction_time_assumed", {
    effect: "changed",
    says: "reactions without a time, which got the time of their message"
  }),
  reactionTypeMapped: make("reaction_type_mapped", {
    effect: "changed",
    says: "reactions of a type that Stream does not accept, which got another type",
    action: "Make the app show the new types, or choose the types with reactionTypes."
  }),
  distinctMembersShared: make("distinct_members_shared", {
    effect: "changed",
    says: "channels for a set of members that another channel has too; they were written with an id"
  }),
  distinctMembersIncomplete: make("distinct_members_incomplete", {
    effect: "changed",
    says: "channels for a set of members, not all of whom are known; they were written with an id",
    action: "Add the export that holds their members."
  }),
  distinctMembersDiffer: make("distinct_members_differ", {
    effect: "lost",
    says: "channels for a set of members that differs from their current members; only the current members were written",
    action: "Keep the set as custom data in a transform if the app needs it."
  }),
  textTruncated: make("text_truncated", {
    effect: "lost",
    says: "texts over maxMessageLength, which were truncated; the whole texts are only in oversize-custom.ndjson",
    action: "Raise maxMessageLength, and max_message_length of the app's channel types."
  }),
  textOverDefaultLimit: make("text_over_default_limit", {
    effect: "information",
    says: "texts over 5,000 code points, which Stream rejects by default",
    action: "Raise max_message_length of the app's channel types before the import."
  }),
  customMoved: make("custom_moved", {
    effect: "lost",
    says: "fields of custom data over Stream's limit of 5 KB; they are only in oversize-custom.ndjson",
    action: "Remove fields that the app does not need in a transform, or keep their values elsewhere."
  }),
  attachmentMoved: make("attachment_moved", {
    effect: "lost",
    says: "attachments over the limit of 30 per message; they are only in oversize-custom.ndjson"
  }),
  characterReplaced: make("character_replaced", {
    effect: "changed",
    says: "records with U+0000 or half a surrogate pair in a text, which databases do not store; each was replaced by U+FFFD"
  }),
  attachmentUrlUpgraded: make("attachment_url_upgraded", {
    effect: "changed",
    says: "http addresses of attachments, which were changed to https",
    action: 'Set httpUrls to "custom" if their hosts do not support https.'
  }),
  attachmentUrlHttp: make("attachment_url_http", {
    effect: "changed",
    says: "http addresses of attachments, which are kept as custom data and not shown",
    action: 'Set httpUrls to "upgrade" if their hosts support https.'
  }),
  attachmentUrlNormalised: make("attachment_url_normalised", {
    effect: "changed",
    says: "addresses of attachments with characters that are not allowed in URLs, which were percent-encoded"
  }),
  attachmentUrlInvalid: make("attachment_url_invalid", {
    effect: "changed",
    says: "addresses of attachments that are not URLs or hold a password, which are kept as custom data and not shown"
  }),
  attachmentAuthRequired: make("attachment_auth_required", {
    effect: "changed",
    says: "files that need credentials, which Stream will not copy",
    action: "Copy the files or sign their addresses before the import, or the app cannot show them."
  }),
  restrictedVisibility: make("restricted_visibility", {
    effect: "information",
    says: "messages that only some users may see, a feature that not every Stream plan has",
    action: "Make sure that the app's plan has the feature."
  }),
  restrictedVisibilityLost: make("restricted_visibility_lost", {
    effect: "changed",
    says: "messages that only some users could see, and that everyone in the channel will see",
    action: 'Write the dialect "jsonl", or leave these messages out in a transform.'
  }),
  restrictedVisibilityOverLimit: make("restricted_visibility_over_limit", {
    effect: "information",
    says: "messages with a list of more than 10 users who may see them, which Stream may reject"
  }),
  memberMuted: make("member_muted", {
    effect: "changed",
    says: "members who may not write in the channel, which Stream cannot import; this is kept as custom data, and they will be able to write",
    action:
      "Give them a channel role without the permission to write: set customRole in a transform, and list the role in channelRoles."
  }),
  channelRoleUnknown: make("channel_role_unknown", {
    effect: "changed",
    says: "members with a role that the app may not have; the role was kept as custom data, and they became ordinary members, or moderators if the source says so",
    action: "Create the roles in the app and list them in channelRoles."
  }),
  channelArchived: make("channel_archived", {
    effect: "changed",
    says: "channels that were archived for everyone, which Stream cannot import; this is kept as custom data, and they will be shown",
    action: "Make the app check chatferry.archived_at, or set isFrozen or isDisabled in a transform."
  }),
  channelPublic: make("channel_public", {
    effect: "changed",
    says: "group channels that anyone could join; in Stream, their channel type decides that",
    action: "Set channelType to a channel type that everyone may join."
  }),
  distinctById: make("distinct_by_id", {
    effect: "changed",
    says: "channels that exist once per set of members but were written with an id, so Stream's SDKs do not find them by their members",
    action: 'Set distinctChannels to "member_ids".'
  }),
  userRoleUnknown: make("user_role_unknown", {
    effect: "changed",
    says: "users with a role that the app may not have; the role was kept as custom data, and they have no role",
    action: "Create the roles in the app and list them in userRoles."
  }),
  deactivationTimeAssumed: make("deactivation_time_assumed", {
    effect: "changed",
    says: "deactivated users without a time of deactivation, who got the time when they were last seen, changed or created, or 1970"
  }),
  mutedChannelUnknown: make("muted_channel_unknown", {
    effect: "changed",
    says: "muted channels that are not written with an id, which are kept as custom data of the user"
  }),
  invalidUserReference: make("invalid_user_reference", {
    effect: "lost",
    says: "references to users whose id cannot be stored in a file",
    action: "Rename the ids in a transform."
  }),
  filledFromOlder: make("filled_from_older.{kind}", {
    effect: "information",
    says: "records of the kind {kind} with a field that only an older record of the same {kind} has; a value that was removed since may be back",
    action: "Leave out older inputs if that matters."
  }),
  itemRepeated: make("item_repeated_{kind}", {
    effect: "information",
    says: "items of the kind {kind} that are in more than one file, so that no file refers to items outside of it"
  }),
  teamAdded: make("team_added", {
    effect: "changed",
    says: "teams that users got because of their channels; the users see the other channels of the team too",
    action: 'Set teamMismatch to "reject" to reject these memberships instead.'
  }),
  deviceWritten: make("device_written", {
    effect: "information",
    says: "devices of users, which were written as separate items"
  }),
  deviceDisabled: make("device_disabled", {
    effect: "left_out_on_purpose",
    says: "disabled devices, for which jsonl has no field: if written, they would get notifications; they are only in oversize-custom.ndjson",
    action: 'Write the dialect "json-array" to import them as disabled.'
  }),
  deviceRepeated: make("device_repeated", {
    effect: "changed",
    says: "devices whose token several users have; only the last of these users got the device"
  }),
  deviceInvalid: make("device_invalid", {
    effect: "lost",
    says: "devices that Stream does not accept; they are only in oversize-custom.ndjson"
  }),
  futureChannelBanWritten: make("future_channel_ban_written", {
    effect: "information",
    says: "bans from future channels, which were written as separate items"
  }),
  futureChannelBanLost: make("future_channel_ban_lost", {
    effect: "lost",
    says: "bans from future channels; they are only in oversize-custom.ndjson",
    action: 'Write the dialect "jsonl", or ban these users in the app.'
  }),
  channelTypeInvalid: make("channel_type_invalid", {
    effect: "changed",
    says: "channels whose type has characters or a length that Stream does not accept; the type is kept as custom data, and they got another type",
    action: "Give them one of the app's channel types in a transform."
  }),
  channelTypeAssumed: make("channel_type_assumed", {
    effect: "changed",
    says: "channels created from their messages whose ids do not contain a type, which got the type from channelType",
    action: "Add the export that holds the channels."
  }),
  channelTypeKept: make("channel_type_kept", {
    effect: "information",
    says: "channels that keep their type from idMap, although the settings would now give another type"
  })
} as const

/** Fields that the newer dialect has and the older one lacks. */
const DIALECT_LACKS = make("dialect_lacks.{field}", {
  effect: "changed",
  says: "records with the field {field}, which json-array does not have; it is kept as custom data and has no effect: truncated messages are shown again, banned users can write, messages of blocked users are shown",
  action: 'Write the dialect "jsonl", which has it.'
})
const lacks = (field: string) => Consequence.codeOf(DIALECT_LACKS, field)
export const lacking = {
  teamRoles: lacks("user.teamRoles"),
  blockedUserIds: lacks("user.blockedUserIds"),
  privacy: lacks("user.privacy"),
  pushLevel: lacks("user.push.level"),
  truncatedAt: lacks("channel.truncatedAt"),
  bannedUserIds: lacks("channel.bannedUserIds"),
  archivedAt: lacks("member.archivedAt"),
  isChannelMentioned: lacks("message.isChannelMentioned"),
  isHereMentioned: lacks("message.isHereMentioned"),
  mentionedRoles: lacks("message.mentionedRoles")
} as const

/** Fields that neither dialect has. */
const KEPT_AS_CUSTOM = make("kept_as_custom.{field}", {
  effect: "information",
  says: "records with the field {field}, which the import format does not have; it is in their custom data under chatferry"
})
const keeps = (field: string) => Consequence.codeOf(KEPT_AS_CUSTOM, field)
export const kept = {
  userIsBot: keeps("user.isBot"),
  userHandle: keeps("user.handle"),
  userUpdatedAt: keeps("user.updatedAt"),
  lastSeenAt: keeps("user.lastSeenAt"),
  isPublic: keeps("channel.isPublic"),
  audience: keeps("channel.audience"),
  topic: keeps("channel.topic"),
  description: keeps("channel.description"),
  channelUpdatedAt: keeps("channel.updatedAt"),
  memberIsBot: keeps("member.userSnapshot.isBot"),
  memberUpdatedAt: keeps("member.updatedAt"),
  textFormat: keeps("message.textFormat"),
  isSilent: keeps("message.isSilent"),
  pinnedById: keeps("message.pinnedById"),
  messageUpdatedAt: keeps("message.updatedAt"),
  score: keeps("reaction.score"),
  reactionUpdatedAt: keeps("reaction.updatedAt")
} as const

/** The code of a field that is not written although the sink takes whole records. */
export const unsupported = (field: "user.email" | "message.editedById" | "message.reactionCounts"): string =>
  Consequence.codeOf(Sink.FIELD_UNSUPPORTED, field)

export const consequences: ReadonlyArray<Consequence.Consequence> = [
  ...Object.values(rejections),
  ...Object.values(outcomes),
  ...Object.values(notes),
  DIALECT_LACKS,
  KEPT_AS_CUSTOM,
  Sink.FIELD_UNSUPPORTED
]
