// Counts what is generated while it is generated, so that a reader can be held to it.
import type { Entity } from "@chatferry/core"
import type { Room } from "./channels.ts"
import type { Said } from "./messages.ts"
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
  /** A room, once, with what the export shows of it. */
  readonly room: (room: Room, shown: { readonly isListed: boolean; readonly hasMessages: boolean }) => void
  /** One object that shows a room, with this many people in it. */
  readonly channelRecord: (people: ReadonlyArray<number>) => void
  readonly message: (said: Said, isCopy: boolean) => void
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
  const refer = (people: ReadonlyArray<number>) => {
    for (const user of people) {
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
    room: (room, { hasMessages, isListed }) => {
      if (!isListed && !hasMessages) return
      distinct.channel++
      distinct.member += hasMessages ? people(room).length : people(room).length - (room.isListOlder ? 1 : 0)
      channels[room.isOpen ? "open" : "group"]++
      if (isListed) channels.listed++
      if (!hasMessages) channels.withoutMessages++
      if (room.isDistinct) channels.distinct++
    },
    channelRecord: (found) => {
      records.channel++
      records.member += found.length
      refer(found)
    },
    message: (said, isCopy) => {
      records.message++
      records.reaction += said.reactions
      refer(said.people)
      if (isCopy) return
      distinct.message++
      distinct.reaction += said.reactions
      countMessage(messages, said)
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

/** Who is in a room: its members, or in an open channel its operators. */
export const people = (room: Room): ReadonlyArray<number> => (room.isOpen ? room.operators : room.members)

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

const countMessage = (counts: Open<MessageCounts>, { reactions, reply, wire }: Said) => {
  counts[wire.type === "ADMM" ? "system" : "regular"]++
  if (wire.is_removed === true) counts.removed++
  if (wire.updated_at !== 0) counts.edited++
  if (reply !== "none") counts.replies++
  if (reply === "earlier") counts.repliesToEarlierWindow++
  if (reply === "orphan") counts.orphanReplies++
  if (wire.is_reply_to_channel === true) counts.shownInChannel++
  if (wire.type === "FILE") {
    const several = Array.isArray(wire.files) ? wire.files.length : 0
    counts.withFiles++
    counts.files += several === 0 ? 1 : several
    if (several === 0 && (wire.file as { readonly type: string }).type.includes("sbu_type=voice"))
      counts.voice++
  }
  if (wire.og_tag !== undefined) counts.links++
  if (wire.poll !== undefined) counts.polls++
  if (Object.keys(wire.translations as object).length > 0) counts.translated++
  if (wire.sorted_metaarray !== undefined) counts.withMetaArrays++
  const isMentioning = (wire.mentioned_users as ReadonlyArray<unknown>).length > 0
  if (isMentioning || wire.mentioned_message_template !== undefined) counts.withMentions++
  if (wire.mention_type === "channel") counts.channelMentions++
  if (reactions > 0) counts.withReactions++
  if (wire.data !== "") counts.withExtra++
  if (wire.silent === true) counts.silent++
  if (typeof wire.created_at === "string") counts.textTimes++
}
