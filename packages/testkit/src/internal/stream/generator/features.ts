// How often each feature occurs in a generated Stream app.

/** Shares from 0 to 1. */
export interface StreamFeatures {
  // Channels.
  /** Channels without an id of their own: `!members-…`, a hash of their members. */
  readonly distinct: number
  /** Distinct channels whose members have changed, so that the hash does not match. */
  readonly changedMembers: number
  readonly frozen: number
  readonly disabled: number
  /** Channels with messages from before they were truncated. */
  readonly truncated: number
  /** Channels that were deleted and can be restored. */
  readonly deletedChannels: number
  /** Channels that belong to a team, like all their members. */
  readonly teams: number
  // Members.
  readonly moderators: number
  /** Pending, accepted and rejected in turn. */
  readonly invited: number
  readonly archived: number
  /** Members who hid the channel, half of them with its history. */
  readonly hidden: number
  /** Members who are banned from the channel, half of them temporarily. */
  readonly bannedMembers: number
  // Users.
  readonly deactivated: number
  /** Deleted users of whom a record is left. */
  readonly deletedUsers: number
  readonly banned: number
  readonly missingImages: number
  /** Users who were never active and have no `last_active`. */
  readonly neverActive: number
  /** Users with one to three devices, some of them disabled. */
  readonly devices: number
  /** Users with privacy settings. */
  readonly privacy: number
  /** Users with notification settings, some in forms that an import does not accept. */
  readonly push: number
  /** Users who have muted another user, half of them temporarily. */
  readonly mutes: number
  /** Users who have muted a channel for themselves, half of them temporarily. */
  readonly channelMutes: number
  /** Users who are banned from another user's future channels. */
  readonly futureBans: number
  /** Ids with `@`, that differ only in case from their neighbour's, or with 255 characters. */
  readonly oddIds: number
  // Messages.
  readonly replies: number
  /** Replies whose parent does not exist. */
  readonly orphans: number
  readonly shownInChannel: number
  readonly quotes: number
  readonly pins: number
  readonly mentions: number
  /** Messages that mention everyone online, or everyone with a role. */
  readonly groupMentions: number
  /** Deleted messages keep their text. */
  readonly deleted: number
  readonly system: number
  readonly ephemeral: number
  readonly errors: number
  readonly edited: number
  readonly attachments: number
  readonly translations: number
  readonly polls: number
  readonly silent: number
  readonly restricted: number
  readonly shadowed: number
  readonly custom: number
  /** Messages of users who are not members, or no longer. */
  readonly formerMembers: number
  /** Messages with at least one reaction. */
  readonly reactions: number
  /** Messages with 11 to 40 reactions, if there are enough users: an export shows the latest ten. */
  readonly manyReactions: number
}

export const defaults: StreamFeatures = {
  distinct: 0.35,
  changedMembers: 0.15,
  frozen: 0.05,
  disabled: 0.02,
  truncated: 0.05,
  deletedChannels: 0.03,
  teams: 0.12,
  moderators: 0.06,
  invited: 0.06,
  archived: 0.03,
  hidden: 0.03,
  bannedMembers: 0.01,
  deactivated: 0.03,
  deletedUsers: 0.02,
  banned: 0.02,
  missingImages: 0.15,
  neverActive: 0.1,
  devices: 0.2,
  privacy: 0.05,
  push: 0.1,
  mutes: 0.03,
  channelMutes: 0.03,
  futureBans: 0.03,
  oddIds: 0.3,
  replies: 0.1,
  orphans: 0.01,
  shownInChannel: 0.2,
  quotes: 0.04,
  pins: 0.01,
  mentions: 0.05,
  groupMentions: 0.01,
  deleted: 0.02,
  system: 0.02,
  ephemeral: 0.002,
  errors: 0.002,
  edited: 0.04,
  attachments: 0.1,
  translations: 0.03,
  polls: 0.005,
  silent: 0.01,
  restricted: 0.005,
  shadowed: 0.003,
  custom: 0.08,
  formerMembers: 0.03,
  reactions: 0.12,
  manyReactions: 0.08
}
