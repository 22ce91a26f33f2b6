// Counts what is made while it is made, so that a reader can be held to it.
import type { StreamSaid } from "./messages.ts"
import type { StreamRoom } from "./rooms.ts"
import type { RawObject } from "./shape.ts"

export interface StreamCounts {
  /** Creators, members, authors, mentioned people, reactors that are shown, those who pinned and truncated. */
  readonly user: number
  readonly channel: number
  readonly member: number
  /** Without ephemeral ones and errors. */
  readonly message: number
  /** Those that the export shows. */
  readonly reaction: number
}

export interface StreamTruth {
  readonly distinct: StreamCounts
  readonly messages: {
    readonly regular: number
    readonly system: number
    readonly deleted: number
    readonly ephemeral: number
    readonly errors: number
    /** Deleted ones too, as in all that follow; ephemeral ones and errors are in none. */
    readonly replies: number
    readonly orphanReplies: number
    readonly shownInChannel: number
    readonly quotes: number
    readonly pinned: number
    readonly withMentions: number
    readonly channelMentions: number
    readonly hereMentions: number
    readonly roleMentions: number
    readonly withAttachments: number
    readonly attachments: number
    readonly translated: number
    readonly polls: number
    readonly silent: number
    readonly restricted: number
    readonly shadowed: number
    readonly withReactions: number
  }
  readonly reactions: {
    readonly all: number
    /** At most ten of each message. */
    readonly latest: number
  }
  readonly channels: {
    readonly distinct: number
    /** Distinct ones whose id is not the hash of their members. */
    readonly changedMembers: number
    readonly frozen: number
    readonly disabled: number
    readonly truncated: number
    readonly deleted: number
    readonly withTeam: number
    readonly withoutMembers: number
  }
  readonly members: {
    readonly invited: number
    readonly archived: number
    readonly hidden: number
    readonly banned: number
    readonly moderators: number
    /** Who want no notifications of the channel. */
    readonly channelMuted: number
    /** Where an export says what they have read. */
    readonly withReads: number
  }
}

export interface StreamTally {
  readonly user: (user: number) => void
  readonly channel: (of: StreamRoom) => void
  readonly member: (user: number, wire: RawObject) => void
  /** With the reactions that are shown, in the message or on lines of their own. */
  readonly message: (said: StreamSaid, shown: StreamSaid["reactions"], latest: number) => void
  readonly read: () => void
  readonly truth: () => StreamTruth
}

export const streamTally = (users: number): StreamTally => {
  const isKnown = new Uint8Array(users)
  const distinct = { user: 0, channel: 0, member: 0, message: 0, reaction: 0 }
  const messages = zeroMessages()
  const reactions = { all: 0, latest: 0 }
  const channels = zeroChannels()
  const members = {
    invited: 0,
    archived: 0,
    hidden: 0,
    banned: 0,
    moderators: 0,
    channelMuted: 0,
    withReads: 0
  }
  const user = (number: number) => {
    if (isKnown[number] === 1) return
    isKnown[number] = 1
    distinct.user++
  }
  return {
    user,
    channel: (of) => {
      distinct.channel++
      user(of.creator)
      if (of.isDistinct) channels.distinct++
      if (of.hasChanged) channels.changedMembers++
      if (of.isFrozen) channels.frozen++
      if (of.isDisabled) channels.disabled++
      if (of.truncatedAt !== undefined) channels.truncated++
      if (of.deletedAt !== undefined) channels.deleted++
      if (of.team !== undefined) channels.withTeam++
      if (of.members.length === 0) channels.withoutMembers++
    },
    member: (number, wire) => {
      distinct.member++
      user(number)
      if (wire["invited"] === true) members.invited++
      if (wire["archived_at"] !== null) members.archived++
      if (wire["hidden"] === true) members.hidden++
      if (wire["banned"] === true) members.banned++
      if (wire["channel_role"] === "channel_moderator") members.moderators++
      if (wire["notifications_muted"] === true) members.channelMuted++
    },
    message: (said, shown, latest) => {
      if (said.type === "ephemeral") messages.ephemeral++
      if (said.type === "error") messages.errors++
      if (said.type === "ephemeral" || said.type === "error") return
      distinct.message++
      distinct.reaction += shown.length
      reactions.all += said.reactions.length
      reactions.latest += latest
      for (const one of said.people) user(one)
      for (const one of shown) user(one.user)
      countMessage(messages, said)
    },
    read: () => {
      members.withReads++
    },
    truth: () => ({
      distinct: { ...distinct },
      messages: { ...messages },
      reactions: { ...reactions },
      channels: { ...channels },
      members: { ...members }
    })
  }
}

// internal

type Open<A> = { -readonly [K in keyof A]: A[K] }

const zeroMessages = (): Open<StreamTruth["messages"]> => ({
  regular: 0,
  system: 0,
  deleted: 0,
  ephemeral: 0,
  errors: 0,
  replies: 0,
  orphanReplies: 0,
  shownInChannel: 0,
  quotes: 0,
  pinned: 0,
  withMentions: 0,
  channelMentions: 0,
  hereMentions: 0,
  roleMentions: 0,
  withAttachments: 0,
  attachments: 0,
  translated: 0,
  polls: 0,
  silent: 0,
  restricted: 0,
  shadowed: 0,
  withReactions: 0
})

const zeroChannels = (): Open<StreamTruth["channels"]> => ({
  distinct: 0,
  changedMembers: 0,
  frozen: 0,
  disabled: 0,
  truncated: 0,
  deleted: 0,
  withTeam: 0,
  withoutMembers: 0
})

const countMessage = (counts: Open<StreamTruth["messages"]>, said: StreamSaid) => {
  const { wire } = said
  const length = (field: string) => (wire[field] as ReadonlyArray<unknown>).length
  counts[said.type === "system" ? "system" : said.type === "deleted" ? "deleted" : "regular"]++
  if (said.isReply) counts.replies++
  if (said.isOrphan) counts.orphanReplies++
  if (wire["show_in_channel"] === true) counts.shownInChannel++
  if (wire["quoted_message_id"] !== undefined) counts.quotes++
  if (wire["pinned"] === true) counts.pinned++
  if (length("mentioned_users") > 0) counts.withMentions++
  if (wire["mentioned_channel"] === true) counts.channelMentions++
  if (wire["mentioned_here"] === true) counts.hereMentions++
  if (wire["mentioned_roles"] !== undefined) counts.roleMentions++
  if (length("attachments") > 0) counts.withAttachments++
  counts.attachments += length("attachments")
  if (wire["i18n"] !== undefined) counts.translated++
  if (wire["poll_id"] !== undefined) counts.polls++
  if (wire["silent"] === true) counts.silent++
  if (length("restricted_visibility") > 0) counts.restricted++
  if (wire["shadowed"] === true) counts.shadowed++
  if (said.reactions.length > 0) counts.withReactions++
}
