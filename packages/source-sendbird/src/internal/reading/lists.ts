// The lists and objects of JSON documents, by name.
import type { ArchiveReader } from "@chatferry/connector"
import type { Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { channel } from "../records/channel.ts"
import type { Context } from "../records/context.ts"
import { failedWebhook } from "../records/failedWebhook.ts"
import { listedMember } from "../records/members.ts"
import { channelOf, message } from "../records/message.ts"
import { pinAgain } from "../records/pinAgain.ts"
import { idOfMessage, isObject, type RawObject } from "../records/raw.ts"
import { reaction } from "../records/reaction.ts"
import { user } from "../records/user.ts"

/** The state that mappings share while an archive is read. */
export interface FileContext extends Context {
  /** The channel of the file, for records that do not name one; `null` if a search of the file found none. */
  channel: Ids.ChannelId | null | undefined
  /** Ids of the pinned messages of the file's channel, if the channel comes before the messages. */
  pinned: ReadonlySet<string> | undefined
  /** True once part of the file has been read. */
  isBegun: boolean
  /** Pinned messages that come before their channel. */
  pinnedBefore: ReadonlyArray<RawObject>
}

export type Records = ArchiveReader.Records<FileContext>

export const CHANNEL = "channel"
export const MESSAGES = "messages"

const inactive: Records = {
  kind: "user",
  map: (raw, context) => user.map(raw, { ...context, isInactive: true })
}

const users: Records = { kind: "user", map: (raw, context) => user.map(raw, context) }

/** A bot is nested in the settings that the app has for it. */
const bots: Records = {
  kind: "user",
  map: ({ bot, ...settings }, context) => {
    const {
      bot_userid: user_id,
      bot_nickname: nickname,
      bot_profile_url: profile_url,
      bot_metadata: metadata,
      ...own
    } = isObject(bot) ? bot : {}
    user.map({ ...own, ...settings, user_id, nickname, profile_url, metadata, is_bot: true }, context)
  }
}

const channels = (form?: "group" | "open"): Records => ({
  kind: "channel",
  map: (raw, context) => channel(raw, { ...context, form, isListed: true })
})

const messages: Records = { kind: "message", map: (raw, context) => message.map(raw, context) }

/** The lists of exports. */
const exported: { readonly [member: string]: Records } = {
  [MESSAGES]: messages,
  group_channels: channels("group"),
  open_channels: channels("open"),
  active_users: users,
  inactive_users: inactive,
  deactivated_users: inactive,
  failed_webhooks: { kind: "failed_webhook", map: failedWebhook }
}

const members = (isAmongOperators: boolean): Records => ({
  kind: "member",
  map: (raw, context) => listedMember(raw, context, { channel: context.channel, isAmongOperators })
})

/** Restrictions in responses of the API belong to a channel or user that only the request named. */
const restrictions: Records = {
  kind: "member",
  map: (_, { out }) => out.note(declared.restrictionWithoutOwner.code)
}

const muted: Records = {
  kind: "member",
  map: (raw, context) => {
    const { description, end_at: end, user: who, ...rest } = raw
    const record = {
      ...rest,
      ...(isObject(who) ? who : {}),
      is_muted: true,
      ...(end !== undefined && { muted_end_at: end }),
      ...(description !== undefined && { muted_description: description })
    }
    listedMember(record, context, { channel: context.channel })
  }
}

const reactions: Records = {
  kind: "reaction",
  map: (raw, context) => {
    const id = idOfMessage(raw)
    const channelId = channelOf(raw) ?? context.channel ?? undefined
    if (id === undefined || channelId === undefined) {
      const problem = "message_id or channel_url is missing or empty"
      return context.out.reject("reaction", declared.missingMessage.code, problem, raw)
    }
    const { channel_url: _url, message_id: _id, msg_id: _other, ...own } = raw
    reaction(own, { id, channelId }, context)
  }
}

/** The lists of the Platform API's pages. Other providers use these names too. */
const paged: { readonly [member: string]: Records } = {
  users,
  participants: users,
  bots,
  channels: channels(),
  members: members(false),
  operators: members(true),
  reactions,
  // Results of a search.
  results: messages,
  muted_list: muted,
  banned_list: restrictions,
  banned_channels: restrictions,
  muted_channels: restrictions
}

export const lists: { readonly [member: string]: Records } = { ...exported, ...paged }

/** Fields beside the lists of a page: the channel, if it was stored there, tokens and counts. */
export const header: ReadonlyArray<string> = [
  "channel_url",
  "has_next",
  "next",
  "total_ban_count",
  "total_count",
  "total_mute_count",
  "ts"
]

/** The channel of a messages file is read as a whole. */
export const values: { readonly [member: string]: Records } = {
  [CHANNEL]: {
    kind: "channel",
    map: (raw, context) => {
      channel(raw, { ...context, arePinsPlaced: true })
      pinAgain(context.pinnedBefore, raw, context)
    }
  }
}

/** True if a field is read by element when it is an array. */
export const isList = (member: string): boolean => member !== CHANNEL

/** True if a field identifies a document as one of Sendbird's. */
export const isExported = (member: string): boolean => member === CHANNEL || Object.hasOwn(exported, member)

/** True if a field may belong to a page of the Platform API. */
export const isPaged = (member: string): boolean => Object.hasOwn(paged, member)
