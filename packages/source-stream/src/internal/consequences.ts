// Every code that this package counts, with what it means.
import { ArchiveReader, RawRecord } from "@chatferry/connector"
import { Consequence, Rejected } from "@chatferry/core"

const { make } = Consequence

const CORRECT = "Correct them in a copy of rejects.ndjson and run again with the option corrections."

/** What reading an export counts, whether it lies on the disk or comes from the API. */
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
    says: "members or messages that name no channel, behind nothing that names one",
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
    says: "members of a channel that should be an array of records and are not",
    action: CORRECT
  }),
  unrecognisedRecord: make("unrecognised_record", {
    effect: "lost",
    says: "objects that fit nothing that Stream exports",
    action: "Look whether they are records of the export; this version does not know their form."
  }),
  unrecognisedFile: make("unrecognised_file", {
    effect: "lost",
    says: "files that are JSON by their name only",
    action: "Look whether they belong to the export; if they do not, leave them out of the inputs."
  }),
  messageDropped: make("record_dropped.message.{type}", {
    effect: "left_out_on_purpose",
    says: "messages of the type {type}, which nobody but their author ever saw"
  }),
  messageInExportOfUser: make("record_dropped.message.in_export_of_user", {
    effect: "left_out_on_purpose",
    says: "messages in exports of users, which the exports of their channels have as far as they were asked for",
    action: "Set messagesOfUsers to take them where channels are not exported."
  }),
  memberDeleted: make("record_dropped.member.deleted", {
    effect: "left_out_on_purpose",
    says: "members who have left the channel at a time that cannot be read"
  }),
  deviceDropped: make("record_dropped.device", {
    effect: "lost",
    says: "devices with their push tokens; the app registers them again when its user opens it"
  }),
  banDropped: make("record_dropped.future_channel_ban", {
    effect: "lost",
    says: "bans from channels that are yet to be made",
    action: "Ban these users again in the target app."
  }),
  reactionsNotExported: make("reactions_not_exported", {
    effect: "lost",
    says: "reactions that messages count and do not show: Stream shows the latest ten",
    action:
      "Read exports of the users as well: reactions in them are kept, though this number does not see them."
  }),
  distinctMembersUnknown: make("distinct_members_unknown", {
    effect: "changed",
    says: "channels made for a set of members that has changed since; they become ordinary channels"
  }),
  banKeptAsCustom: make("ban_kept_as_custom", {
    effect: "changed",
    says: "bans that end, or that the banned do not notice; they are kept as custom data of the member",
    action: "Ban these members again in the target app."
  }),
  shadowedMessage: make("shadowed_message", {
    effect: "information",
    says: "messages that only their author saw; they stay so"
  }),
  neverRead: make("never_read", {
    effect: "information",
    says: "members who have never read the channel; they have read it up to 1970"
  }),
  missingSender: make("missing_sender", {
    effect: "information",
    says: "messages without a user that are not system messages"
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
  }),
  ignoredMember: make("ignored_member", {
    effect: "lost",
    says: "members of exported channels that are not known, with what is in them",
    action: "Look whether they hold records; this version does not know them."
  })
} as const

/** What the export API adds to that. */
export const declaredByApi = {
  exportAskedAgain: make("export_asked_again", {
    effect: "information",
    says: "exports that were asked for again after an answer was lost"
  }),
  channelNotInExport: make("channel_not_in_export", {
    effect: "lost",
    says: "channels that were asked for and are not in their export, or whose record was rejected",
    action:
      "Look for them in the app and among the rejects, and export them once more into another directory."
  }),
  userNotInExport: make("user_not_in_export", {
    effect: "lost",
    says: "users who were asked for and are not in their export, or whose record was rejected",
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

/** What an export counts, with what core counts for this source. */
export const consequences: ReadonlyArray<Consequence.Consequence> = [
  ...Object.values(declared),
  Rejected.TOO_LARGE
]

/** The same over the API. */
export const consequencesOfApi: ReadonlyArray<Consequence.Consequence> = [
  ...consequences,
  ...Object.values(declaredByApi)
]
