// Counts what is generated as it is generated, to check readers against.
import type { Entity } from "@chatferry/core"
import type { Channel } from "./channels.ts"
import type { GeneratedMessage } from "./messages.ts"
import type { Plan } from "./plan.ts"

export type Counts = { readonly [K in Entity.Kind]: number }

export interface MessageCounts {
  readonly regular: number
  readonly system: number
  readonly removed: number
  readonly edited: number
  readonly replies: number
  readonly repliesToEarlierWindow: number
  readonly orphanReplies: number
  readonly shownInChannel: number
  readonly withFiles: number
  readonly files: number
  readonly voice: number
  readonly links: number
  readonly polls: number
  readonly translated: number
  readonly withMetaArrays: number
  readonly withMentions: number
  readonly channelMentions: number
  readonly withReactions: number
  readonly withExtra: number
  readonly silent: number
  readonly textTimes: number
}

export interface Truth {
  readonly records: Counts
  readonly distinct: Counts
  readonly messages: MessageCounts
  readonly users: {
    readonly active: number
    readonly deactivated: number
    readonly missing: number
    readonly withSecrets: number
  }
  readonly channels: {
    readonly group: number
    readonly open: number
    readonly listed: number
    readonly withoutMessages: number
    readonly distinct: number
  }
}

export interface Tally {
  readonly user: (isActive: boolean, hasSecret: boolean) => void
  /** A channel, once, and how it is exported. */
  readonly channel: (
    channel: Channel,
    shown: { readonly isListed: boolean; readonly hasMessages: boolean }
  ) => void
  /** One object that describes a channel, with the numbers of its members. */
  readonly channelRecord: (users: ReadonlyArray<number>) => void
  readonly message: (message: GeneratedMessage, isCopy: boolean) => void
  readonly failedWebhook: () => void
  readonly truth: () => Truth
}

export const tally = (plan: Plan): Tally => {
  const records = zero()
  const distinct = zero()
  const messages = zeroMessages()
  const users = { active: 0, deactivated: 0, missing: 0, withSecrets: 0 }
  const channels = { group: 0, open: 0, listed: 0, withoutMessages: 0, distinct: 0 }
  const isMissing = new Uint8Array(plan.missingUsers)
  const refer = (referenced: ReadonlyArray<number>) => {
    for (const user of referenced) {
      if (user < plan.users || isMissing[user - plan.users] === 1) continue
      isMissing[user - plan.users] = 1
      users.missing++
    }
  }
  return {
    user: (isActive, hasSecret) => {
      records.user++
      distinct.user++
      users[isActive ? "active" : "deactivated"]++
      if (hasSecret) users.withSecrets++
    },
    channel: (channel, { hasMessages, isListed }) => {
      if (!isListed && !hasMessages) return
      distinct.channel++
      distinct.member += hasMessages
        ? participantsOf(channel).length
        : participantsOf(channel).length - (channel.isListOlder ? 1 : 0)
      channels[channel.isOpen ? "open" : "group"]++
      if (isListed) channels.listed++
      if (!hasMessages) channels.withoutMessages++
      if (channel.isDistinct) channels.distinct++
    },
    channelRecord: (found) => {
      records.channel++
      records.member += found.length
      refer(found)
    },
    message: (message, isCopy) => {
      records.message++
      records.reaction += message.reactions
      refer(message.users)
      if (isCopy) return
      distinct.message++
      distinct.reaction += message.reactions
      countMessage(messages, message)
    },
    failedWebhook: () => {
      records.failed_webhook++
      distinct.failed_webhook++
    },
    truth: () => ({
      records: { ...records },
      distinct: { ...distinct },
      messages: { ...messages },
      users: { ...users },
      channels: { ...channels }
    })
  }
}

/** The members of a channel, or the operators of an open channel. */
export const participantsOf = (channel: Channel): ReadonlyArray<number> =>
  channel.isOpen ? channel.operators : channel.members

// internal

type Open<A> = { -readonly [K in keyof A]: A[K] }

const zero = (): Open<Counts> => ({
  user: 0,
  channel: 0,
  member: 0,
  message: 0,
  reaction: 0,
  failed_webhook: 0
})

const zeroMessages = (): Open<MessageCounts> => ({
  regular: 0,
  system: 0,
  removed: 0,
  edited: 0,
  replies: 0,
  repliesToEarlierWindow: 0,
  orphanReplies: 0,
  shownInChannel: 0,
  withFiles: 0,
  files: 0,
  voice: 0,
  links: 0,
  polls: 0,
  translated: 0,
  withMetaArrays: 0,
  withMentions: 0,
  channelMentions: 0,
  withReactions: 0,
  withExtra: 0,
  silent: 0,
  textTimes: 0
})

const countMessage = (counts: Open<MessageCounts>, { reactions, reply, record }: GeneratedMessage) => {
  counts[record.type === "ADMM" ? "system" : "regular"]++
  if (record.is_removed === true) counts.removed++
  if (record.updated_at !== 0) counts.edited++
  if (reply !== "none") counts.replies++
  if (reply === "earlier") counts.repliesToEarlierWindow++
  if (reply === "orphan") counts.orphanReplies++
  if (record.is_reply_to_channel === true) counts.shownInChannel++
  if (record.type === "FILE") {
    const several = Array.isArray(record.files) ? record.files.length : 0
    counts.withFiles++
    counts.files += several === 0 ? 1 : several
    if (several === 0 && (record.file as { readonly type: string }).type.includes("sbu_type=voice"))
      counts.voice++
  }
  if (record.og_tag !== undefined) counts.links++
  if (record.poll !== undefined) counts.polls++
  if (Object.keys(record.translations as object).length > 0) counts.translated++
  if (record.sorted_metaarray !== undefined) counts.withMetaArrays++
  const isMentioning = (record.mentioned_users as ReadonlyArray<unknown>).length > 0
  if (isMentioning || record.mentioned_message_template !== undefined) counts.withMentions++
  if (record.mention_type === "channel") counts.channelMentions++
  if (reactions > 0) counts.withReactions++
  if (record.data !== "") counts.withExtra++
  if (record.silent === true) counts.silent++
  if (typeof record.created_at === "string") counts.textTimes++
}
