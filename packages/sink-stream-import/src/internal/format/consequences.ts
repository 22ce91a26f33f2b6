// Every code that the sink counts, with what it means for the app that imports the files.
import { Consequence, Sink } from "@chatferry/core"
import { outcomes, rejections } from "./consequencesOfRecords.ts"

export { outcomes, rejections } from "./consequencesOfRecords.ts"

const { make } = Consequence

/** What changed inside records that are written. */
export const notes = {
  channelCreatorModerator: make("channel_creator_moderator", {
    effect: "changed",
    says: "channels without a creator, which got their first moderator by id"
  }),
  channelCreatorAdmin: make("channel_creator_admin", {
    effect: "changed",
    says: "channels without a creator or a moderator, which got adminUserId as their creator"
  }),
  deletedChannelDisabled: make("deleted_channel_disabled", {
    effect: "changed",
    says: "deleted channels, which are there and disabled: Stream cannot import them as deleted",
    action: 'Set deletedChannels to "skip" to leave them out.'
  }),
  deletedContentBlanked: make("deleted_content_blanked", {
    effect: "left_out_on_purpose",
    says: "deleted messages without their text, attachments, mentions and custom data",
    action: 'Set deletedContent to "keep" to write what the source still has of them.'
  }),
  messageWithoutUser: make("message_without_user", {
    effect: "changed",
    says: "messages without a sender, which became system messages of adminUserId"
  }),
  pinnedByAdmin: make("pinned_by_admin", {
    effect: "changed",
    says: "pinned messages whose pinner is not known or is left out; Stream requires one, so it is adminUserId"
  }),
  replyDetached: make("reply_detached", {
    effect: "changed",
    says: "replies whose parent is not written, is in another channel or replies in a circle; they are messages of their own",
    action: "Add the export that holds their parents."
  }),
  replyReattached: make("reply_reattached", {
    effect: "changed",
    says: "replies to replies, which became replies to the first message of the thread"
  }),
  quotedMessageUnknown: make("quoted_message_unknown", {
    effect: "changed",
    says: "messages without their quote: the quoted message is not written, is in another channel or quotes back",
    action: "Add the export that holds the quoted messages."
  }),
  reactionTimeAssumed: make("reaction_time_assumed", {
    effect: "changed",
    says: "reactions without a time, which got that of their message"
  }),
  reactionTypeMapped: make("reaction_type_mapped", {
    effect: "changed",
    says: "reactions of a type that Stream does not accept, which got another one",
    action: "Configure what the app shows for the new types, or choose them with reactionTypes."
  }),
  distinctMembersShared: make("distinct_members_shared", {
    effect: "changed",
    says: "channels made for a set of members that another channel has too; they were written with an id"
  }),
  distinctMembersIncomplete: make("distinct_members_incomplete", {
    effect: "changed",
    says: "channels made for a set of members, not all of whom are known; they were written with an id",
    action: "Add the export that holds their members."
  }),
  distinctMembersDiffer: make("distinct_members_differ", {
    effect: "lost",
    says: "channels made for a set of members that differs from their members; only the members are written",
    action: "Keep the set as custom data in a transform if the app needs it."
  }),
  textTruncated: make("text_truncated", {
    effect: "lost",
    says: "ends of texts over maxMessageLength; the whole texts are only in oversize-custom.ndjson",
    action: "Raise maxMessageLength, and max_message_length of the channel types in the app."
  }),
  textOverDefaultLimit: make("text_over_default_limit", {
    effect: "information",
    says: "texts over 5,000 code points, which Stream refuses by default",
    action: "Raise max_message_length of the channel types in the app before the import."
  }),
  customMoved: make("custom_moved", {
    effect: "lost",
    says: "fields of custom data over Stream's 5 KB; they are only in oversize-custom.ndjson",
    action: "Leave out in a transform what the app does not need, or keep the values elsewhere."
  }),
  attachmentMoved: make("attachment_moved", {
    effect: "lost",
    says: "attachments beyond the 30 that a message may have; they are only in oversize-custom.ndjson"
  }),
  characterReplaced: make("character_replaced", {
    effect: "changed",
    says: "records with U+0000 or half a surrogate pair in a text, which no database keeps; each is replaced by U+FFFD"
  }),
  attachmentUrlUpgraded: make("attachment_url_upgraded", {
    effect: "changed",
    says: "http addresses of attachments, which became https",
    action: 'Set httpUrls to "custom" if their hosts do not speak https.'
  }),
  attachmentUrlHttp: make("attachment_url_http", {
    effect: "changed",
    says: "http addresses of attachments, which are kept as custom data and not shown",
    action: 'Set httpUrls to "upgrade" if their hosts speak https.'
  }),
  attachmentUrlNormalised: make("attachment_url_normalised", {
    effect: "changed",
    says: "addresses of attachments with characters that URLs do not have, which were percent-encoded"
  }),
  attachmentUrlInvalid: make("attachment_url_invalid", {
    effect: "changed",
    says: "addresses of attachments that are not a URL or hold a password, which are kept as custom data and not shown"
  }),
  attachmentAuthRequired: make("attachment_auth_required", {
    effect: "changed",
    says: "files that need credentials, which Stream is not asked to copy",
    action: "Copy or sign the files before the import, or the app shows nothing for them."
  }),
  restrictedVisibility: make("restricted_visibility", {
    effect: "information",
    says: "messages that only some users may see, which not every plan of Stream has",
    action: "Make sure that the app's plan has it."
  }),
  restrictedVisibilityLost: make("restricted_visibility_lost", {
    effect: "changed",
    says: "messages that only some users should see and that everyone in the channel will see",
    action: 'Write the dialect "jsonl", or leave these messages out in a transform.'
  }),
  restrictedVisibilityOverLimit: make("restricted_visibility_over_limit", {
    effect: "information",
    says: "messages that more than 10 users may see, which Stream may refuse"
  }),
  memberMuted: make("member_muted", {
    effect: "changed",
    says: "members who may not write in the channel, which Stream cannot import; that is kept as custom data, and they can write",
    action:
      "Give them a channel role that may not write: set customRole in a transform, and list it in channelRoles."
  }),
  channelRoleUnknown: make("channel_role_unknown", {
    effect: "changed",
    says: "members with a role that the app may not have; it was kept as custom data, and they are plain members, or moderators if the source says so",
    action: "Create the roles in the app and list them in channelRoles."
  }),
  channelArchived: make("channel_archived", {
    effect: "changed",
    says: "channels that were archived for everyone, which Stream cannot import; the time is kept as custom data, and they are shown",
    action: "Let the app use chatferry.archived_at, or set isFrozen or isDisabled in a transform."
  }),
  channelPublic: make("channel_public", {
    effect: "changed",
    says: "group channels that anyone could join; whether they can in Stream depends on the channel type",
    action: "Write them to a channel type that everyone may join, with channelType."
  }),
  distinctById: make("distinct_by_id", {
    effect: "changed",
    says: "channels that exist once per set of members and were written with an id: Stream's SDKs do not find them by their members",
    action: 'Set distinctChannels to "member_ids".'
  }),
  userRoleUnknown: make("user_role_unknown", {
    effect: "changed",
    says: "users with a role that the app may not have; it was kept as custom data, and they have none",
    action: "Create the roles in the app and list them in userRoles."
  }),
  deactivationTimeAssumed: make("deactivation_time_assumed", {
    effect: "changed",
    says: "deactivated users without a time, which got the time when they were last seen, changed or created, or 1970"
  }),
  mutedChannelUnknown: make("muted_channel_unknown", {
    effect: "changed",
    says: "muted channels that are not written under an id, which are kept as custom data of the user"
  }),
  invalidUserReference: make("invalid_user_reference", {
    effect: "lost",
    says: "references to users whose id no file can hold",
    action: "Rename the ids in a transform."
  }),
  filledFromOlder: make("filled_from_older.{kind}", {
    effect: "information",
    says: "records of the kind {kind} with a field that only an older record of the same has; values that were removed since may be there again",
    action: "Leave older inputs out where that matters."
  }),
  itemRepeated: make("item_repeated_{kind}", {
    effect: "information",
    says: "items of the kind {kind} that are in more than one file, so that each file is self-contained"
  }),
  teamAdded: make("team_added", {
    effect: "changed",
    says: "teams given to users because of their channels; they see the other channels of the team too",
    action: 'Set teamMismatch to "reject" to leave the memberships out instead.'
  }),
  deviceWritten: make("device_written", {
    effect: "information",
    says: "devices of users, written as items of their own"
  }),
  deviceDisabled: make("device_disabled", {
    effect: "left_out_on_purpose",
    says: "devices that are switched off, for which jsonl has no field: if written, they would be notified; they are only in oversize-custom.ndjson",
    action: 'Write the dialect "json-array" to have them, switched off.'
  }),
  deviceRepeated: make("device_repeated", {
    effect: "changed",
    says: "devices whose token several users have; the last of them got it"
  }),
  deviceInvalid: make("device_invalid", {
    effect: "lost",
    says: "devices that Stream does not accept; they are only in oversize-custom.ndjson"
  }),
  futureChannelBanWritten: make("future_channel_ban_written", {
    effect: "information",
    says: "bans from channels that do not exist yet, written as items of their own"
  }),
  futureChannelBanLost: make("future_channel_ban_lost", {
    effect: "lost",
    says: "bans from channels that do not exist yet; they are only in oversize-custom.ndjson",
    action: 'Write the dialect "jsonl", or ban these users in the app.'
  }),
  channelTypeInvalid: make("channel_type_invalid", {
    effect: "changed",
    says: "channels whose own type has characters or a length that Stream does not accept; it is kept as custom data, and they got another type",
    action: "Give them a type of the app's in a transform."
  }),
  channelTypeAssumed: make("channel_type_assumed", {
    effect: "changed",
    says: "channels created from their messages whose ids do not give a type, and which got the one of channelType",
    action: "Add the export that holds the channels."
  }),
  channelTypeKept: make("channel_type_kept", {
    effect: "information",
    says: "channels that keep the type that idMap gives, though the settings give another one now"
  })
} as const

/** What the older dialect lacks and the newer has. */
const DIALECT_LACKS = make("dialect_lacks.{field}", {
  effect: "changed",
  says: "records with the field {field}, for which json-array has no place; it is kept as custom data and has no effect: truncated messages are shown again, banned users can write, blocked users are heard",
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

/** What neither dialect has. */
const KEPT_AS_CUSTOM = make("kept_as_custom.{field}", {
  effect: "information",
  says: "records with the field {field}, for which the import has no place; the app finds it in their custom data, in chatferry"
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

/** The code of a field that is not written though the sink takes records whole. */
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
