// What happens to whole records that are not written as they are.
import { Consequence } from "@chatferry/core"

const { make } = Consequence

/** Why records were rejected. */
export const rejections = {
  invalidId: make("invalid_id", {
    effect: "lost",
    says: "records with an id that contains U+0000 or half a surrogate pair, which files and databases do not store",
    action: "Rename the ids in a transform."
  }),
  overFileLimit: make("over_file_limit", {
    effect: "lost",
    says: "records that are larger than a whole file may be",
    action: "Raise maxFileBytes, or make the records smaller in a transform."
  }),
  unsupportedKind: make("unsupported_kind", {
    effect: "lost",
    outcome: "rejected",
    says: "records of a kind that Stream does not import"
  }),
  teamMismatch: make("team_mismatch", {
    effect: "lost",
    says: "members whose user is not in the team of the channel",
    action: 'Set teamMismatch to "add" to give them the team, or to "keep" for an app without teams.'
  }),
  channelWithoutTeam: make("channel_without_team", {
    effect: "lost",
    says: "members whose user is in a team while the channel is not; Stream rejects them in an app with teams",
    action: 'Give the channels a team in a transform, or set teamMismatch to "keep" for an app without teams.'
  }),
  membersChanged: make("members_changed", {
    effect: "lost",
    says: "channels that idMap identifies by their members, which have changed since",
    action: "Give the channels their former members, or remove the channels from the map."
  }),
  unknownChannel: make("unknown_channel", {
    effect: "lost",
    says: "records of channels that the source does not give",
    action: 'Add the export that holds the channels, or set unknownChannel to "synthesise".'
  }),
  rejectedChannel: make("rejected_channel", {
    effect: "lost",
    says: "records of channels that were rejected",
    action: "Find out why the channels were rejected."
  }),
  unknownUser: make("unknown_user", {
    effect: "lost",
    says: "records of users whom the source does not give",
    action: 'Add the export that holds the users, or set missingUser to "placeholder".'
  }),
  unknownMessage: make("unknown_message", {
    effect: "lost",
    says: "reactions to messages that the source does not give",
    action: "Add the export that holds the messages."
  }),
  rejectedMessage: make("rejected_message", {
    effect: "lost",
    says: "reactions to messages that were rejected",
    action: "Find out why the messages were rejected."
  })
} as const

/** Why records were dropped, merged or created. */
export const outcomes = {
  deleted: make("deleted", {
    effect: "left_out_on_purpose",
    says: "deleted channels or messages that a policy skips",
    action: 'Set deletedChannels to "disable" and deletedMessages to "keep" to write them.'
  }),
  deletedChannel: make("deleted_channel", {
    effect: "left_out_on_purpose",
    says: "records of deleted channels that a policy skips"
  }),
  deletedMessage: make("deleted_message", {
    effect: "left_out_on_purpose",
    says: "reactions to deleted messages that a policy skips"
  }),
  removed: make("removed", {
    effect: "left_out_on_purpose",
    says: "members who have left and reactions that were removed, according to their newest records"
  }),
  sameId: make("same_id", {
    effect: "information",
    says: "additional records of an entity that is written once"
  }),
  placeholderUser: make("placeholder", {
    effect: "changed",
    outcome: "synthesised",
    kinds: ["user"],
    says: "users whom records refer to but the source does not give; they were created, with the name in a record",
    action: "Add the export that holds the users."
  }),
  placeholderLeftOut: make("left_out_placeholder", {
    effect: "changed",
    outcome: "synthesised",
    kinds: ["user"],
    says: "users whom a transform leaves out but the remaining records refer to; they were created, with the name in a record"
  }),
  placeholderChannel: make("placeholder", {
    effect: "changed",
    outcome: "synthesised",
    kinds: ["channel"],
    says: "channels created from their messages; only their id is known, and their type if the id contains it",
    action: "Add the export that holds the channels."
  }),
  admin: make("admin", {
    effect: "information",
    outcome: "synthesised",
    says: "the user adminUserId, created to represent the system"
  })
} as const
