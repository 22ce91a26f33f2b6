// What becomes of whole records that are not written as they are.
import { Consequence } from "@chatferry/core"

const { make } = Consequence

/** Why records are not in the app although they were to be. */
export const rejections = {
  invalidId: make("invalid_id", {
    effect: "lost",
    says: "records with an id that holds U+0000 or half a surrogate pair, which no file or database keeps",
    action: "Rename the ids in a transform."
  }),
  overFileLimit: make("over_file_limit", {
    effect: "lost",
    says: "records that alone are larger than a file may be",
    action: "Raise maxFileBytes, or make them smaller in a transform."
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
    says: "members whose user is in a team, of channels that are in none; Stream refuses them in an app with teams",
    action: 'Give the channels a team in a transform, or set teamMismatch to "keep" for an app without teams.'
  }),
  membersChanged: make("members_changed", {
    effect: "lost",
    says: "channels that idMap identifies by their members, which have changed",
    action: "Give the channels their former members, or take them out of the map."
  }),
  unknownChannel: make("unknown_channel", {
    effect: "lost",
    says: "records of channels that the source does not give",
    action: 'Add the export that holds the channels, or set unknownChannel to "synthesise".'
  }),
  rejectedChannel: make("rejected_channel", {
    effect: "lost",
    says: "records of channels that were rejected",
    action: "See why their channels were rejected."
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
    action: "See why their messages were rejected."
  })
} as const

/** What is left out, joined and made up. */
export const outcomes = {
  deleted: make("deleted", {
    effect: "left_out_on_purpose",
    says: "deleted channels or messages, which a policy skips",
    action: 'Set deletedChannels to "disable" and deletedMessages to "keep" to write them.'
  }),
  deletedChannel: make("deleted_channel", {
    effect: "left_out_on_purpose",
    says: "records of deleted channels, which a policy skips"
  }),
  deletedMessage: make("deleted_message", {
    effect: "left_out_on_purpose",
    says: "reactions to deleted messages, which a policy skips"
  }),
  removed: make("removed", {
    effect: "left_out_on_purpose",
    says: "members who have left and reactions that were taken back, as the newest record of each says"
  }),
  sameId: make("same_id", {
    effect: "information",
    says: "further records of something that is written once"
  }),
  placeholderUser: make("placeholder", {
    effect: "changed",
    outcome: "synthesised",
    kinds: ["user"],
    says: "users to whom records refer and whom the source does not give; they were created, with the name that a record shows",
    action: "Add the export that holds the users."
  }),
  placeholderLeftOut: make("left_out_placeholder", {
    effect: "changed",
    outcome: "synthesised",
    kinds: ["user"],
    says: "users whom a transform leaves out and to whom kept records refer; they were created, with the name that a record shows"
  }),
  placeholderChannel: make("placeholder", {
    effect: "changed",
    outcome: "synthesised",
    kinds: ["channel"],
    says: "channels created from their messages; only their id is known, and their type if the id gives it",
    action: "Add the export that holds the channels."
  }),
  admin: make("admin", {
    effect: "information",
    outcome: "synthesised",
    says: "user created to represent the system (adminUserId)"
  })
} as const
