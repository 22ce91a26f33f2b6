// The meaning of every code that this package counts.
import { ArchiveReader, RawRecord } from "@chatferry/connector"
import { Consequence, Rejected } from "@chatferry/core"

const { make } = Consequence

const CORRECT = "Correct them in a copy of rejects.ndjson and run again with the option corrections."

/** The codes that are counted while reading an export, from disk or from the API. */
export const declared = {
  ...ArchiveReader.declared,
  ...ArchiveReader.declaredOfRows,
  missingId: make("missing_id", {
    effect: "lost",
    says: "records without an id",
    action: CORRECT
  }),
  invalidTime: make("invalid_time", {
    effect: "lost",
    says: "messages whose created_at is missing or not a time, so that they cannot be put in order",
    action: CORRECT
  }),
  missingChannel: make("missing_channel", {
    effect: "lost",
    says: "records that name no channel, in files that name none either",
    action: CORRECT
  }),
  notSent: make("not_sent", {
    effect: "lost",
    says: "messages that were scheduled or started and, according to their state, have not been sent",
    action: "Schedule or send them in the target: the records are in rejects.ndjson."
  }),
  missingMessage: make("missing_message", {
    effect: "lost",
    says: "reactions in lists of the Platform API that do not name their message",
    action:
      "Give them message_id and channel_url in a copy of rejects.ndjson and run again with the option corrections."
  }),
  restrictionWithoutOwner: make("restriction_without_owner", {
    effect: "lost",
    says: "bans and mutes in pages of the Platform API that name the user without the channel (banned_list), or the channel without the user (banned_channels, muted_channels)",
    action:
      "Ban and mute these users through the target's API: the pages are in the input, and the requests for them name the missing channel or user."
  }),
  missingKey: make("missing_key", {
    effect: "lost",
    says: "reactions without a key, so that their type is not known",
    action: CORRECT
  }),
  missingUrl: make("missing_url", {
    effect: "lost",
    says: "failed webhooks that do not say where they were to be delivered",
    action: CORRECT
  }),
  missingBody: make("missing_body", {
    effect: "lost",
    says: "failed webhooks whose body is neither text nor an object",
    action: CORRECT
  }),
  ...RawRecord.declared,
  unrecognisedFile: make("unrecognised_file", {
    effect: "lost",
    says: "JSON and CSV files without any part of an export, and files that are compressed with gzip",
    action:
      "Check whether they belong to the export: unpack them if they do, and leave them out of the inputs if not."
  }),
  unrecognisedRecord: make("unrecognised_record", {
    effect: "lost",
    says: "objects in arrays or on lines that match nothing in Sendbird's exports or Platform API",
    action: "Check whether they are records of the app; this version does not know their form."
  }),
  personalDropped: make("personal_dropped.{field}", {
    effect: "left_out_on_purpose",
    says: "personal values of users ({field})",
    action: "Set keepPersonalFields to keep them."
  }),
  smallerThumbnails: make("field_dropped.message.smaller_thumbnails", {
    effect: "left_out_on_purpose",
    says: "attachments whose largest thumbnail was kept and whose smaller ones were not"
  }),
  sender: make("field_dropped.sender.{field}", {
    effect: "left_out_on_purpose",
    says: "values of users that are repeated in their messages; those of the users files are kept"
  }),
  neverRead: make("never_read", {
    effect: "information",
    says: "members who have never read the channel; they count as having read it up to its creation, or to 1970 if their list does not say when that was"
  }),
  signedUrlKept: make("signed_url_kept", {
    effect: "information",
    says: "addresses of files, pictures or webhooks that carry a credential and were kept as they are",
    action: "Set stripSignedUrls if the credentials must not be passed on."
  }),
  signedUrlStripped: make("signed_url_stripped", {
    effect: "left_out_on_purpose",
    says: "credentials in addresses of files, pictures or webhooks, without which the files may not be fetched",
    action: "Leave stripSignedUrls unset to keep them."
  }),
  missingSender: make("missing_sender", {
    effect: "information",
    says: "messages without a sender that are not an administrator's"
  }),
  memberLeft: make("record_dropped.member.left", {
    effect: "left_out_on_purpose",
    says: "users who are not, or no longer, members of a channel, where nothing says when that was observed"
  }),
  reactionsNotListed: make("reactions_not_listed", {
    effect: "lost",
    says: "reactions that messages count and do not list; the messages keep the numbers (reactionCounts)"
  }),
  reactionWithoutUsers: make("reaction_without_users", {
    effect: "lost",
    says: "reaction keys that list no user"
  }),
  readReceiptWithoutMember: make("read_receipt_without_member", {
    effect: "lost",
    says: "read times of users who are not members of the channel"
  }),
  switchKept: make("switch_kept.{field}", {
    effect: "changed",
    says: "records on which {field} is on: it is kept as custom data, and nothing in the target acts on it as Sendbird did",
    action:
      "Have the app or the target's own settings do it: docs/providers/sendbird.md says what, under Switches."
  }),
  viewerState: make("viewer_state.{field}", {
    effect: "lost",
    says: "channels for which some user had set {field}, in lists that do not say which user",
    action: "Read the members of the channels too (enrich.members): they say it with the user."
  }),
  pinAssumed: make("pin_assumed", {
    effect: "changed",
    says: "pinned messages: Sendbird says neither when nor by whom, so they are pinned as of when they were sent, without a user; a pin stays even if a newer export of the same message no longer has it"
  }),
  pinsElsewhere: make("pins_elsewhere", {
    effect: "changed",
    says: "pinned messages that a channel names by their ids, apart from the messages themselves; they are pinned if a file of the channel's messages or the enrichment names them too",
    action:
      "Switch on enrich.channels and enrich.messages, or have the app pin them: the ids are in custom.sendbird.pinned_message_ids."
  }),
  channelFormAssumed: make("channel_form_assumed", {
    effect: "changed",
    says: "channels that nothing marks as open or group; they are treated as group channels",
    action: "Read the export of channels as well: its lists show their form."
  }),
  ignoredEntry: make("ignored_entry", {
    effect: "information",
    says: "files that are not part of an export: logs, responses to requests for exports, other formats, or files of the operating system"
  }),
  emptyWindow: make("empty_window", {
    effect: "information",
    says: "windows in which Sendbird had nothing to export"
  }),
  windowTooOld: make("window_too_old", {
    effect: "lost",
    says: "windows whose failed webhooks are older than Sendbird keeps them"
  }),
  enriched: make("enriched.{what}", {
    effect: "information",
    says: "{what} that the Platform API completed"
  }),
  goneChannel: make("gone.channel", {
    effect: "information",
    says: "channels that were deleted between the export and the enrichment; they are as in the export"
  }),
  unusableChannelUrl: make("unusable.channel_url", {
    effect: "lost",
    says: "channels whose URL cannot be part of an address of the API; they are as in the export"
  }),
  restarted: make("restarted.expired_page_token", {
    effect: "information",
    says: "listings that were started again because their page token had expired"
  })
} as const

/** All codes of this source, with those that core counts for it. */
export const consequences: ReadonlyArray<Consequence.Consequence> = [
  ...Object.values(declared),
  Rejected.TOO_LARGE
]
