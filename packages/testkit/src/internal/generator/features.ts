// How often each feature occurs, including the oddities of real exports, which can be increased or disabled.

/** Shares from 0 to 1. */
export interface Features {
  /** Removed messages; they keep their text. */
  readonly removed: number
  /** Messages that were edited. */
  readonly edited: number
  /** Replies in a thread. */
  readonly replies: number
  /** Replies whose parent is in an earlier window. */
  readonly earlierParents: number
  /** Replies whose parent does not exist. */
  readonly orphans: number
  /** Replies that are also shown in the channel. */
  readonly shownInChannel: number
  /** Messages in group channels with at least one reaction. */
  readonly reactions: number
  /** Reactions by users who are not in any users file. */
  readonly unknownReactors: number
  /** `FILE` messages. */
  readonly files: number
  /** Files that are voice messages. */
  readonly voice: number
  /** Messages with several files. */
  readonly severalFiles: number
  /** Files that cannot be downloaded without credentials. */
  readonly protectedFiles: number
  /** `ADMM` messages. */
  readonly admin: number
  /** Messages that mention users or the whole channel. */
  readonly mentions: number
  /** Mentions of users that are only in the template of the message. */
  readonly mentionTemplates: number
  /** Messages with an `extended_message_payload`: suggested replies and a custom view. */
  readonly payloads: number
  /** `ADMM` messages that are notifications, with a text id and the variables of their template. */
  readonly notifications: number
  /** Group channels with pinned messages: the first of each window. */
  readonly pins: number
  /** Messages with a `sorted_metaarray`. */
  readonly metaArrays: number
  /** Messages with an `og_tag`. */
  readonly links: number
  readonly polls: number
  readonly translations: number
  /** Messages with a `data` string, most of it JSON text. */
  readonly extra: number
  readonly silent: number
  /** Messages whose `created_at` is text with an offset instead of milliseconds. */
  readonly textTimes: number
  /** Text that ends in half an emoji, as if truncated to a length in UTF-16. */
  readonly loneSurrogates: number
  /** Channels whose message ids are above 2^53. */
  readonly bigIds: number
  /** Open channels. */
  readonly open: number
  /** Channels that are only in messages files, not in a channel list. */
  readonly unlisted: number
  /** Channels with `is_distinct`; every 50th is a second one with the same two members. */
  readonly distinct: number
  /** `freeze` written as `"false"` or `"true"`. */
  readonly textBooleans: number
  /** Deactivated users. */
  readonly deactivated: number
  /** Senders who have left the channel. */
  readonly formerMembers: number
  /** Ids of users and channels that other providers do not accept: e-mail addresses, dots, spaces, other scripts. */
  readonly oddIds: number
  /** Users with a planted access token. */
  readonly secrets: number
  /** Messages files whose `channel` comes before `messages`. */
  readonly channelFirst: number
  /** Files in which all non-ASCII characters are escaped. */
  readonly asciiFiles: number
  /** Files in which slashes are escaped. */
  readonly slashFiles: number
  /** Channels that were created shortly before their first message, not long before the first window. */
  readonly recentChannels: number
  /** Messages whose reactions are only in the Platform API, not in exports. */
  readonly apiOnlyReactions: number
  /** Replies that are only marked as such in the Platform API, not in exports. */
  readonly apiOnlyThreads: number
  /** CSV files of messages whose times are text, with a resolution of one second. */
  readonly csvTextTimes: number
  /** CSV files that begin with a byte order mark. */
  readonly csvByteOrderMarks: number
}

export const defaults: Features = {
  removed: 0.01,
  edited: 0.05,
  replies: 0.08,
  earlierParents: 0.15,
  orphans: 0.02,
  shownInChannel: 0.2,
  reactions: 0.12,
  unknownReactors: 0.03,
  files: 0.1,
  voice: 0.1,
  severalFiles: 0.1,
  protectedFiles: 0.1,
  admin: 0.02,
  mentions: 0.05,
  mentionTemplates: 0,
  payloads: 0,
  notifications: 0,
  pins: 0,
  metaArrays: 0.06,
  links: 0.03,
  polls: 0.004,
  translations: 0.03,
  extra: 0.12,
  silent: 0.01,
  textTimes: 0.01,
  loneSurrogates: 0.0005,
  bigIds: 0.02,
  open: 0.08,
  unlisted: 0.03,
  distinct: 0.3,
  textBooleans: 0.3,
  deactivated: 0.04,
  formerMembers: 0.02,
  oddIds: 0.3,
  secrets: 0.2,
  channelFirst: 0.3,
  asciiFiles: 0.3,
  slashFiles: 0.15,
  recentChannels: 0,
  apiOnlyReactions: 0,
  apiOnlyThreads: 0,
  csvTextTimes: 0,
  csvByteOrderMarks: 0
}
