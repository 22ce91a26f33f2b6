/**
 * What to do where the source and Stream disagree.
 *
 * Every policy has a default, and everything a policy does is counted in the
 * ledger: under a reason when a whole record is concerned, as a note when a
 * part of it is.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Schema from "effect/Schema"
import { policyFields, replyTypeIn } from "./internal/format/config.ts"

/**
 * Which form the file has. `jsonl`: one `{"type","data"}` per line, what Stream
 * documents today. `json-array`: one array of `{"type","item"}`, what it
 * documented before.
 *
 * @category models
 * @since 0.1.0
 */
export type Dialect = "jsonl" | "json-array"

/**
 * Stream's channel type for each form of channel, or the rule of Stream's own
 * live synchronisation with Sendbird: the channel's own type if it has one,
 * else `public` for open and public channels, else `messaging`. Channels whose
 * source has channel types keep theirs. A type that Stream does not take, with
 * other characters than ASCII letters and digits, `_` and `-` or over 64 of them,
 * counts as none; the note `channel_type_invalid` counts those channels.
 *
 * @category models
 * @since 0.1.0
 */
export type ChannelTypes = { readonly group: string; readonly open: string } | "stream_sync"

/**
 * All policies, each with its default.
 *
 * @category models
 * @since 0.1.0
 */
export interface Policies {
  /** Default `{ group: "messaging", open: "livestream" }`. The types must exist in the app. */
  readonly channelType: ChannelTypes
  /**
   * How to write a channel that exists once per set of members. `"id"` (default): like any other. `"member_ids"`: by
   * its members, so that Stream's SDKs find it by them; only where all members are known and no other channel has the
   * same ones.
   */
  readonly distinctChannels: "id" | "member_ids"
  /**
   * A user whom records refer to and the source does not give. `"placeholder"` (default): made up, with name and image
   * as a message or membership last showed them. `"reject"`: channels, members, messages and reactions of that user are
   * rejected; users merely mentioned in a record are still made up.
   */
  readonly missingUser: "placeholder" | "reject"
  /**
   * A channel that messages are in and the source does not give. `"reject"` (default): its messages, members and
   * reactions are rejected. `"synthesise"`: made up, created at its first message by `adminUserId`, under the id that its
   * record would get. An id `type:id`, as Stream's channels have, says the type too; the note `channel_type_assumed` counts
   * those whose type is a guess.
   */
  readonly unknownChannel: "reject" | "synthesise"
  /**
   * Stream cannot import a channel as deleted. `"disable"` (default): written as `disabled`.
   * `"skip"`: dropped with everything in it.
   */
  readonly deletedChannels: "disable" | "skip"
  /** `"keep"` (default): written with the type `deleted`. `"skip"`: dropped; replies to it become messages of their own. */
  readonly deletedMessages: "keep" | "skip"
  /** What a kept deleted message holds. `"blank"` (default): nothing but who and when. `"keep"`: what the source still has. */
  readonly deletedContent: "blank" | "keep"
  /**
   * A member of whom the source does not say what they have read. `"read"` (default): everything, as Stream assumes.
   * `"unread"`: nothing since the channel was made.
   */
  readonly readState: "read" | "unread"
  /**
   * Id of the user who stands in for the system: sender of messages without one, creator of channels without creator
   * and moderator. Made up when needed and not given by the source. Default `"data-migration-admin"`.
   */
  readonly adminUserId: string
  /** Stream ids for users whose own is not to be used, by source id. Default none. */
  readonly userIds: Readonly<Record<string, string>>
  /** App-wide roles that exist in the app; others are kept as custom data. Default Stream's built-in ones. */
  readonly userRoles: ReadonlyArray<string> | "any"
  /** Roles in channels that exist in the app. Default Stream's built-in ones. */
  readonly channelRoles: ReadonlyArray<string> | "any"
  /**
   * Stream types for reactions, by the source's, such as `{ "sendbird_emoji_heart_eyes": "love" }`. Types that Stream
   * does not take and that are not here are written as code points: 👍 as `u1f44d`. Default none.
   */
  readonly reactionTypes: Readonly<Record<string, string>>
  /**
   * Code points after which a text is cut; the whole text goes to the side file. Default 20,000, the most a channel
   * type can be set up for. Stream refuses texts over 5,000 until the channel type allows more; the note
   * `text_over_default_limit` counts them.
   */
  readonly maxMessageLength: number
  /** `http` URLs of attachments, which Stream refuses: `"upgrade"` (default): to `https`. `"custom"`: kept as custom data. */
  readonly httpUrls: "upgrade" | "custom"
  /** Whether Stream is to copy attachments to its own storage. Default true. One file that cannot be fetched fails the import. */
  readonly migrateResources: boolean
  /** Bytes after which an import goes on in another file. Default 300 MB, the most Stream takes. */
  readonly maxFileBytes: number
  /**
   * Whether to check the files before they are published, by all rules of `StreamImportValidator`. Default true. A file
   * that is not valid is never published; it would be a defect of this package.
   */
  readonly validate: boolean
  /** What items of members are called; Stream's pages say `member` (default), its JSON Schema `channel_member`, which the older dialect `json-array` does not have. */
  readonly memberItem: "member" | "channel_member"
  /**
   * What the answers to invitations are called: `"invite"` (default): `invite_accepted_at`, as in Stream's JSON Schema
   * and API; `"invited"`: `invited_accepted_at`, as on its import page.
   */
  readonly inviteFields: "invite" | "invited"
  /**
   * What the app calls its set-up of a push service, by service, for devices whose source does not say. Default the
   * service's own name in `jsonl`, and none in `json-array`, which takes devices without.
   */
  readonly pushProviderNames: Readonly<Record<string, string>>
  /**
   * A member who has no team in common with the channel: the user is not in its team, or is in one and the channel in
   * none. An app with teams refuses such a file. `"reject"` (default): the membership is rejected. `"add"`: the channel's
   * team is added to the user, who then sees the team's other channels too; where the channel has none, the membership is
   * rejected. `"keep"`: written, for apps without teams.
   */
  readonly teamMismatch: "reject" | "add" | "keep"
  /** The type of replies. Default `"reply"` in `jsonl`, `"regular"` in `json-array`, whose page does not list `reply`. */
  readonly replyType: "reply" | "regular"
}

/**
 * Policies of which any may be left out.
 *
 * @category configuration
 * @since 0.1.0
 */
export type PoliciesConfig = { readonly [Policy in keyof Policies]?: Policies[Policy] | undefined }

/**
 * The defaults for a dialect.
 *
 * @category constructors
 * @since 0.1.0
 */
export const defaults = (dialect: Dialect): Policies => ({
  ...decodeDefaults({}),
  replyType: replyTypeIn(dialect)
})

// internal

const decodeDefaults = Schema.decodeUnknownSync(Schema.Struct(policyFields))
