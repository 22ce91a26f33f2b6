// The meaning of every code that this package counts.
import { ArchiveReader, RawRecord } from "@chatferry/connector"
import { Consequence, Rejected } from "@chatferry/core"

const { make } = Consequence

const CORRECT = "Correct them in a copy of rejects.ndjson and run again with the option corrections."

/** The codes that are counted while reading an export, from disk or from the API. */
export const declared = {
  ...ArchiveReader.declared,
  ...RawRecord.declared,
  invalidJson: make("invalid_json", {
    effect: "lost",
    says: "records or lines that are not valid JSON or UTF-8, in files that are",
    action: CORRECT
  }),
  missingId: make("missing_id", {
    effect: "lost",
    says: "records without an id, or without a user",
    action: CORRECT
  }),
  missingChannel: make("missing_channel", {
    effect: "lost",
    says: "members or messages that do not name a channel and do not follow a record that names one",
    action: CORRECT
  }),
  missingMessage: make("missing_message", {
    effect: "lost",
    says: "reactions that do not say which message they belong to",
    action: CORRECT
  }),
  missingType: make("missing_type", {
    effect: "lost",
    says: "reactions without a type",
    action: CORRECT
  }),
  invalidTime: make("invalid_time", {
    effect: "lost",
    says: "messages whose created_at is missing or not a time, so that they cannot be put in order",
    action: CORRECT
  }),
  notAList: make("not_a_list", {
    effect: "lost",
    says: "fields of a channel that should be an array of records and are not",
    action: CORRECT
  }),
  unrecognisedRecord: make("unrecognised_record", {
    effect: "lost",
    says: "objects that match no record that Stream exports",
    action: "Check whether they are records of the export: this version does not recognise their form."
  }),
  unrecognisedFile: make("unrecognised_file", {
    effect: "lost",
    says: "files that are JSON by their name only",
    action: "Check whether they belong to the export; if they do not, leave them out of the inputs."
  }),
  messageDropped: make("record_dropped.message.{type}", {
    effect: "left_out_on_purpose",
    says: "messages of the type {type}, which nobody but their author ever saw"
  }),
  messageInExportOfUser: make("record_dropped.message.in_export_of_user", {
    effect: "left_out_on_purpose",
    says: "messages in exports of users; the exports of their channels have those that were requested",
    action: "Set messagesOfUsers to take them where channels are not exported."
  }),
  memberDeleted: make("record_dropped.member.deleted", {
    effect: "left_out_on_purpose",
    says: "members who left the channel at a time that cannot be read"
  }),
  deviceDropped: make("record_dropped.device", {
    effect: "lost",
    says: "devices with their push tokens; the app registers them again when its user opens it",
    action: "Set devices to take if the target app sends with the same credentials."
  }),
  noLocation: make("no_place.{record}", {
    effect: "lost",
    says: "records of the kind {record}, which nothing in the model can hold",
    action: "Create them again in the target app where they still matter."
  }),
  eventPassedOver: make("event_passed_over.{type}", {
    effect: "information",
    says: "events of the type {type}, which do not change anything that is migrated"
  }),
  eventNotApplied: make("event_not_applied.{type}", {
    effect: "lost",
    says: "events of the type {type}, whose change no record can express",
    action: "Read an export that was made after them, or make the change in the target app."
  }),
  eventAppliedInPart: make("event_applied_in_part.{type}", {
    effect: "changed",
    says: "events of the type {type} that change more than the record they contain: messages, channels or reactions that they remove stay as other records have them",
    action:
      "Read an export that was made after them instead of the log, or remove these records in the target app: they may include content that somebody had deleted."
  }),
  unknownEvent: make("unknown_event", {
    effect: "lost",
    says: "events of unknown types",
    action: "Check what they change; an app's custom events do not change anything that is migrated."
  }),
  answerPassedOver: make("answer_passed_over", {
    effect: "information",
    says: "responses of Stream's API without records"
  }),
  partialList: make("told_in_parts.{field}", {
    effect: "changed",
    says: "single entries of {field}: a sink takes only the list of the newest record, because an entry that is missing from a newer list counts as removed; of several single entries only one may remain, and none beside a complete list",
    action: "Read an export of the users that was made after them: it has the complete lists."
  }),
  messageRemoved: make("message_removed", {
    effect: "changed",
    says: "messages that were removed for good; they become deleted messages, with what is left of them"
  }),
  deletedForOne: make("deleted_for_one", {
    effect: "changed",
    says: "messages that a user deleted for themselves only; they stay for everyone, including that user"
  }),
  keptAsCustom: make("kept_as_custom.{field}", {
    effect: "changed",
    says: "values of {field}, which Stream acts on; they are kept as custom data, on which nothing acts",
    action:
      "Set them through the API of the target app where they still matter; the page on Stream's exports says how."
  }),
  unknownValue: make("unknown_value.{field}", {
    effect: "changed",
    says: "unknown values of {field}; they are kept as custom data, and the record is treated as an ordinary one",
    action: "Check what they mean for the app: this version does not know them."
  }),
  appBanKeptAsCustom: make("app_ban_kept_as_custom", {
    effect: "changed",
    says: "users who are banned from the whole app; the ban is kept as custom data, and they can write again",
    action: "Ban these users again in the target app before they can connect to it."
  }),
  muteKeptAsCustom: make("mute_kept_as_custom", {
    effect: "changed",
    says: "temporary mutes of users or channels; they are kept as custom data of the user",
    action: "Mute them again in the target app where they still matter."
  }),
  reactionsNotExported: make("reactions_not_exported", {
    effect: "lost",
    says: "reactions that messages count but do not list, because Stream lists only the latest ten; they are lost unless pages of reactions or exports of users in the input have them, which this number does not take into account",
    action: "Read pages of the messages' reactions, or exports of the users, together with the export."
  }),
  distinctMembersUnknown: make("distinct_members_unknown", {
    effect: "changed",
    says: "channels made for a set of members that has changed since; they become ordinary channels"
  }),
  banKeptAsCustom: make("ban_kept_as_custom", {
    effect: "changed",
    says: "temporary bans and shadow bans; they are kept as custom data of the member",
    action: "Ban these members again in the target app."
  }),
  shadowedMessage: make("shadowed_message", {
    effect: "information",
    says: "messages that only their author saw; they stay visible to the author only"
  }),
  readWithoutMember: make("read_without_member", {
    effect: "lost",
    says: "users who have read a channel but are not in its list of members, with their read times; they are given as members who have left"
  }),
  readInLog: make("read_in_log", {
    effect: "information",
    says: "events that say what a user has read; other records say who is a member, and a sink makes a member of a user without such a record",
    action: "Read the log with an export that lists the members."
  }),
  neverRead: make("never_read", {
    effect: "information",
    says: "members who have never read the channel; they are given as having read it up to 1970"
  }),
  pinAssumed: make("pin_assumed", {
    effect: "changed",
    says: "pinned messages that do not say when they were pinned; they are pinned at the time of their last change"
  }),
  missingSender: make("missing_sender", {
    effect: "information",
    says: "messages without a user that are not system messages"
  }),
  attachmentTypeAssumed: make("attachment_type_assumed", {
    effect: "changed",
    says: "attachments without a type; they become links if they show a page, and files otherwise"
  }),
  expiringUrl: make("expiring_url", {
    effect: "information",
    says: "addresses of files or pictures that stop working some time after the export",
    action: "Import soon, and let the target copy the files."
  }),
  signedUrlStripped: make("signed_url_stripped", {
    effect: "left_out_on_purpose",
    says: "credentials in addresses of files or pictures, without which Stream's files cannot be fetched",
    action: "Leave stripSignedUrls unset to keep them."
  }),
  customFieldTwice: make("custom_field_twice.{kind}", {
    effect: "lost",
    says: "fields of the record {kind} that share their name with another field; only one of the two is kept"
  }),
  ignoredEntry: make("ignored_entry", {
    effect: "information",
    says: "files that are not JSON"
  })
} as const

/** The additional codes of the export API. */
export const declaredByApi = {
  exportAskedAgain: make("export_asked_again", {
    effect: "information",
    says: "exports that were requested again after a response was lost"
  }),
  channelNotInExport: make("channel_not_in_export", {
    effect: "lost",
    says: "channels that were requested but are not in their export, or whose record was rejected",
    action: "Look for them in the app and among the rejects, and export them again into another directory."
  }),
  userNotInExport: make("user_not_in_export", {
    effect: "lost",
    says: "users who were requested but are not in their export, or whose record was rejected",
    action: "Look for them in the app and among the rejects, and export them again into another directory."
  }),
  channelMissing: make("channel_missing", {
    effect: "lost",
    says: "channels that were listed but that Stream no longer knew when it was asked to export them"
  }),
  userMissing: make("user_missing", {
    effect: "lost",
    says: "users who were listed but whom Stream no longer knew when it was asked to export them"
  }),
  userOverLimit: make("user_over_limit", {
    effect: "lost",
    says: "users with more messages or reactions than Stream exports",
    action: "Ask Stream's support for an export of these users."
  })
} as const

/** All codes of an export, with those that core counts for this source. */
export const consequences: ReadonlyArray<Consequence.Consequence> = [
  ...Object.values(declared),
  Rejected.TOO_LARGE
]

/** The same with the codes of the export API. */
export const consequencesOfApi: ReadonlyArray<Consequence.Consequence> = [
  ...consequences,
  ...Object.values(declaredByApi)
]
