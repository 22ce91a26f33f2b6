// What the members of a JSON document are, by their names.
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

/** What mappings share while an archive is read. */
export interface FileContext extends Context {
  /** The file's channel, for records that do not name theirs; `null` when the file has been searched and has none. */
  channel: Ids.ChannelId | null | undefined
  /** The messages that the file's channel has pinned, where it stands before them. */
  pinned: ReadonlySet<string> | undefined
  /** Something of the file has been read. */
  isBegun: boolean
  /** Pinned messages that stood before their channel. */
  pinnedBefore: ReadonlyArray<RawObject>
}

export type Records = ArchiveReader.Records<FileContext>

export const CHANNEL = "channel"
export const MESSAGES = "messages"

const inactive: Records = {
  kind: "user",
  map: (wire, context) => user.map(wire, { ...context, isInactive: true })
}

const users: Records = { kind: "user", map: (wire, context) => user.map(wire, context) }

/** A bot comes inside of what its app has set for it. */
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
  map: (wire, context) => channel(wire, { ...context, form, isListed: true })
})

const messages: Records = { kind: "message", map: (wire, context) => message.map(wire, context) }

/** Lists of exports. */
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
  map: (wire, context) => listedMember(wire, context, { channel: context.channel, isAmongOperators })
})

/** Restrictions in answers of the API are about a channel or a user that only the request named. */
const restrictions: Records = {
  kind: "member",
  map: (_, { out }) => out.note(declared.restrictionWithoutOwner.code)
}

const muted: Records = {
  kind: "member",
  map: (wire, context) => {
    const { description, end_at: end, user: who, ...rest } = wire
    const raw = {
      ...rest,
      ...(isObject(who) ? who : {}),
      is_muted: true,
      ...(end !== undefined && { muted_end_at: end }),
      ...(description !== undefined && { muted_description: description })
    }
    listedMember(raw, context, { channel: context.channel })
  }
}

const reactions: Records = {
  kind: "reaction",
  map: (wire, context) => {
    const id = idOfMessage(wire)
    const channelId = channelOf(wire) ?? context.channel ?? undefined
    if (id === undefined || channelId === undefined) {
      const problem = "message_id or channel_url is missing or empty"
      return context.out.reject("reaction", declared.missingMessage.code, problem, wire)
    }
    const { channel_url: _url, message_id: _id, msg_id: _other, ...own } = wire
    reaction(own, { id, channelId }, context)
  }
}

/** Lists of the Platform API's pages: other providers use these names too. */
const paged: { readonly [member: string]: Records } = {
  users,
  participants: users,
  bots,
  channels: channels(),
  members: members(false),
  operators: members(true),
  reactions,
  // What a search found.
  results: messages,
  muted_list: muted,
  banned_list: restrictions,
  banned_channels: restrictions,
  muted_channels: restrictions
}

export const lists: { readonly [member: string]: Records } = { ...exported, ...paged }

/** The channel of a page, where somebody has put it there; how the next page is asked for; and what a page counts. */
export const header: ReadonlyArray<string> = [
  "channel_url",
  "has_next",
  "next",
  "total_ban_count",
  "total_count",
  "total_mute_count",
  "ts"
]

/** The channel of a messages file comes whole. */
export const values: { readonly [member: string]: Records } = {
  [CHANNEL]: {
    kind: "channel",
    map: (wire, context) => {
      channel(wire, { ...context, arePinsPlaced: true })
      pinAgain(context.pinnedBefore, wire, context)
    }
  }
}

/** Whether a member comes by element, if it is an array. */
export const isList = (member: string): boolean => member !== CHANNEL

/** Whether a member makes a document one of Sendbird's. */
export const isExported = (member: string): boolean => member === CHANNEL || Object.hasOwn(exported, member)

/** Whether a member may be one of a page of the Platform API. */
export const isPaged = (member: string): boolean => Object.hasOwn(paged, member)
