// Counts what is generated as it is generated, to check readers against.
import type { StreamChannel } from "./channels.ts"
import type { StreamMessage } from "./messages.ts"
import type { RawObject } from "./shape.ts"

export interface StreamCounts {
  /** Creators, members, authors, mentioned users, reactors in the export, users who pinned and truncated. */
  readonly user: number
  readonly channel: number
  readonly member: number
  /** Without ephemeral messages and errors. */
  readonly message: number
  /** The reactions in the export. */
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
    /** Includes deleted messages, like all following counts; ephemeral messages and errors are not in any. */
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
    /** At most ten per message. */
    readonly latest: number
  }
  readonly channels: {
    readonly distinct: number
    /** Distinct channels whose id is not the hash of their members. */
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
    /** Members who have muted the channel. */
    readonly channelMuted: number
    /** Members with a read state, if the export contains them. */
    readonly withReads: number
  }
}

export interface StreamTally {
  readonly user: (user: number) => void
  readonly channel: (of: StreamChannel) => void
  readonly member: (user: number, record: RawObject) => void
  /** With the reactions in the export, in the message or on their own lines. */
  readonly message: (message: StreamMessage, shown: StreamMessage["reactions"], latest: number) => void
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
    member: (number, record) => {
      distinct.member++
      user(number)
      if (record["invited"] === true) members.invited++
      if (record["archived_at"] !== null) members.archived++
      if (record["hidden"] === true) members.hidden++
      if (record["banned"] === true) members.banned++
      if (record["channel_role"] === "channel_moderator") members.moderators++
      if (record["notifications_muted"] === true) members.channelMuted++
    },
    message: (message, shown, latest) => {
      if (message.type === "ephemeral") messages.ephemeral++
      if (message.type === "error") messages.errors++
      if (message.type === "ephemeral" || message.type === "error") return
      distinct.message++
      distinct.reaction += shown.length
      reactions.all += message.reactions.length
      reactions.latest += latest
      for (const one of message.users) user(one)
      for (const one of shown) user(one.user)
      countMessage(messages, message)
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

const countMessage = (counts: Open<StreamTruth["messages"]>, message: StreamMessage) => {
  const { record } = message
  const length = (field: string) => (record[field] as ReadonlyArray<unknown>).length
  counts[message.type === "system" ? "system" : message.type === "deleted" ? "deleted" : "regular"]++
  if (message.isReply) counts.replies++
  if (message.isOrphan) counts.orphanReplies++
  if (record["show_in_channel"] === true) counts.shownInChannel++
  if (record["quoted_message_id"] !== undefined) counts.quotes++
  if (record["pinned"] === true) counts.pinned++
  if (length("mentioned_users") > 0) counts.withMentions++
  if (record["mentioned_channel"] === true) counts.channelMentions++
  if (record["mentioned_here"] === true) counts.hereMentions++
  if (record["mentioned_roles"] !== undefined) counts.roleMentions++
  if (length("attachments") > 0) counts.withAttachments++
  counts.attachments += length("attachments")
  if (record["i18n"] !== undefined) counts.translated++
  if (record["poll_id"] !== undefined) counts.polls++
  if (record["silent"] === true) counts.silent++
  if (length("restricted_visibility") > 0) counts.restricted++
  if (record["shadowed"] === true) counts.shadowed++
  if (message.reactions.length > 0) counts.withReactions++
}
