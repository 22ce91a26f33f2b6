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
    says: "members or messages that do not name a channel, with nothing before them that names one",
    action: CORRECT
  }),
  missingMessage: make("missing_message", {
    effect: "lost",
    says: "reactions that do not name their message",
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
    says: "members of a channel that should be an array of records and are not",
    action: CORRECT
  }),
  unrecognisedRecord: make("unrecognised_record", {
    effect: "lost",
    says: "objects that match no record that Stream exports",
    action: "Check whether they are records of the export; this version does not know their form."
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
    says: "members who have left the channel at a time that cannot be read"
  }),
  deviceDropped: make("record_dropped.device", {
    effect: "lost",
    says: "devices with their push tokens; the app registers them again when its user opens it",
    action: "Set devices to take if the target app sends with the same credentials."
  }),
  noLocation: make("no_place.{record}", {
    effect: "lost",
    says: "records of the kind {record}, for which the model has no place",
    action: "Create them again in the target app if they still matter."
  }),
  eventPassedOver: make("event_passed_over.{type}", {
    effect: "information",
    says: "events of the type {type}, which change nothing that is migrated"
  }),
  eventNotApplied: make("event_not_applied.{type}", {
    effect: "lost",
    says: "events of the type {type} whose change no record can express",
    action: "Read an export that was made after them, or make the change in the target app."
  }),
  eventAppliedInPart: make("event_applied_in_part.{type}", {
    effect: "changed",
    says: "events of the type {type} that change more than the record they show: messages, channels or reactions that they remove stay as other records say",
    action:
      "Read an export that was made after them instead of the log, or remove these in the target app: content that somebody had deleted may be among them."
  }),
  unknownEvent: make("unknown_event", {
    effect: "lost",
    says: "events of types that are not known",
    action: "Check what they change; events that an app sends itself change nothing that is migrated."
  }),
  answerPassedOver: make("answer_passed_over", {
    effect: "information",
    says: "responses of Stream's API without records"
  }),
  partialList: make("told_in_parts.{field}", {
    effect: "changed",
    says: "single entries of {field}: a sink takes only the list of the newest record, because an entry that a newer list lacks is removed; of several single entries one may be left, and none beside a whole list",
    action: "Read an export of the users that was made after them, which has the whole lists."
  }),
  messageRemoved: make("message_removed", {
    effect: "changed",
    says: "messages that were removed for good; they become deleted messages, with what is left of them"
  }),
  deletedForOne: make("deleted_for_one", {
    effect: "changed",
    says: "messages that a user deleted only for themselves; they stay for everyone, including that user"
  }),
  keptAsCustom: make("kept_as_custom.{field}", {
    effect: "changed",
    says: "values of {field}, on which Stream acts; they are kept as custom data, on which nothing acts",
    action:
      "Set them through the API of the target app if they still matter; the page on Stream's exports says how."
  }),
  unknownValue: make("unknown_value.{field}", {
    effect: "changed",
    says: "values of {field} that are not known; they are kept as custom data, and the record is treated as a normal one",
    action: "Check what they mean for the app; this version does not know them."
  }),
  appBanKeptAsCustom: make("app_ban_kept_as_custom", {
    effect: "changed",
    says: "users who are banned from the whole app; the ban is kept as custom data, and they can write again",
    action: "Ban these users again in the target app before they can connect to it."
  }),
  muteKeptAsCustom: make("mute_kept_as_custom", {
    effect: "changed",
    says: "temporary mutes of users or channels; they are kept as custom data of the user",
    action: "Mute them again in the target app if they still matter."
  }),
  reactionsNotExported: make("reactions_not_exported", {
    effect: "lost",
    says: "reactions that messages count and do not show, because Stream shows only the latest ten; they are lost unless pages of reactions or exports of users in the input have them, which this number does not consider",
    action: "Read pages of the messages' reactions, or exports of the users, beside the export."
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
    says: "messages that only their author saw; they stay so"
  }),
  readWithoutMember: make("read_without_member", {
    effect: "lost",
    says: "users who have read a channel and are not in the list of its members, with what they have read; they are given as members who have left"
  }),
  readInLog: make("read_in_log", {
    effect: "information",
    says: "events that say what a user has read; membership is in other records, and a sink creates a member if there is none",
    action: "Read the log with an export that lists the members."
  }),
  neverRead: make("never_read", {
    effect: "information",
    says: "members who have never read the channel; they count as having read it up to 1970"
  }),
  pinAssumed: make("pin_assumed", {
    effect: "changed",
    says: "messages that are pinned and do not say when; they are pinned at the time of their last change"
  }),
  missingSender: make("missing_sender", {
    effect: "information",
    says: "messages without a user that are not system messages"
  }),
  attachmentTypeAssumed: make("attachment_type_assumed", {
    effect: "changed",
    says: "attachments without a type, which became links if they show a page, and files otherwise"
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
    says: "fields of the record {kind} that share their name with another one; one of the two is kept"
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
    says: "channels that were requested and are not in their export, or whose record was rejected",
    action:
      "Look for them in the app and among the rejects, and export them once more into another directory."
  }),
  userNotInExport: make("user_not_in_export", {
    effect: "lost",
    says: "users who were requested and are not in their export, or whose record was rejected",
    action:
      "Look for them in the app and among the rejects, and export them once more into another directory."
  }),
  channelMissing: make("channel_missing", {
    effect: "lost",
    says: "channels that were listed and that Stream did not know when they were to be exported"
  }),
  userMissing: make("user_missing", {
    effect: "lost",
    says: "users who were listed and whom Stream did not know when they were to be exported"
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
