/**
 * What to do where the source and Stream differ.
 *
 * Every policy has a default. The ledger counts everything that a policy does:
 * under a reason if it concerns a whole record, as a note if it concerns a part
 * of one.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Schema from "effect/Schema"
import { policyFields, replyTypeIn } from "./internal/format/config.ts"

/**
 * The format of the file. `jsonl`: one `{"type","data"}` per line, the format
 * that Stream documents today. `json-array`: one array of `{"type","item"}`, the
 * format that it documented before.
 *
 * @category models
 * @since 0.1.0
 */
export type Dialect = "jsonl" | "json-array"

/**
 * Stream's channel type for each form of channel, or the rule of Stream's own
 * live synchronisation with Sendbird (`stream_sync`): the channel's own type if
 * it has one, otherwise `public` for open and public channels and `messaging`
 * for the others. Channels whose source has channel types keep theirs. Stream
 * only accepts types of at most 64 ASCII letters, digits, `_` and `-`: other
 * types are ignored, and the note `channel_type_invalid` counts their channels.
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
  /**
   * Stream's channel types. They must exist in the app.
   *
   * @default { group: "messaging", open: "livestream" }
   */
  readonly channelType: ChannelTypes
  /**
   * How to write a channel that exists once per set of members. `"id"`: like any other channel. `"member_ids"`: by its
   * members, so that Stream's SDKs find it by them. This needs all members to be known, and no other channel may have the
   * same ones.
   *
   * @default "id"
   */
  readonly distinctChannels: "id" | "member_ids"
  /**
   * What to do about a user whom records refer to but the source does not give. `"placeholder"`: create the user, with
   * the latest name and image in a message or membership. `"reject"`: reject the channels, members, messages and
   * reactions of that user. Users who are only mentioned in a record are still created.
   *
   * @default "placeholder"
   */
  readonly missingUser: "placeholder" | "reject"
  /**
   * What to do about a channel that has messages but that the source does not give. `"reject"`: reject its messages,
   * members and reactions. `"synthesise"`: create the channel, with the time of its first message, `adminUserId` as its
   * creator, and the id that its record would get. An id `type:id`, as Stream's channels have, gives the type too; the
   * note `channel_type_assumed` counts channels whose type is a guess.
   *
   * @default "reject"
   */
  readonly unknownChannel: "reject" | "synthesise"
  /**
   * What to do with deleted channels, which Stream cannot import as deleted. `"disable"`: write them as `disabled`.
   * `"skip"`: drop them with everything in them.
   *
   * @default "disable"
   */
  readonly deletedChannels: "disable" | "skip"
  /**
   * What to do with deleted messages. `"keep"`: write them with the type `deleted`. `"skip"`: drop them; their replies
   * become messages outside of a thread.
   *
   * @default "keep"
   */
  readonly deletedMessages: "keep" | "skip"
  /**
   * What to write of a deleted message. `"blank"`: only its sender and times. `"keep"`: everything that the source still
   * has.
   *
   * @default "blank"
   */
  readonly deletedContent: "blank" | "keep"
  /**
   * What a member has read if the source does not say. `"read"`: everything, as Stream assumes. `"unread"`: nothing since
   * the channel was created.
   *
   * @default "read"
   */
  readonly readState: "read" | "unread"
  /**
   * Id of the user who stands in for the system: the sender of messages that have no sender, and the creator of channels
   * that have neither a creator nor a moderator. The user is created if needed and not given by the source.
   *
   * @default "data-migration-admin"
   */
  readonly adminUserId: string
  /**
   * Stream ids by source id, for users who should not keep their id.
   *
   * @default {}
   */
  readonly userIds: Readonly<Record<string, string>>
  /**
   * App-wide roles that exist in the app. Other roles are kept as custom data.
   *
   * @default Stream's built-in roles
   */
  readonly userRoles: ReadonlyArray<string> | "any"
  /**
   * Roles in channels that exist in the app. Other roles are kept as custom data.
   *
   * @default Stream's built-in roles
   */
  readonly channelRoles: ReadonlyArray<string> | "any"
  /**
   * Stream's types of reactions by those of the source, such as `{ "sendbird_emoji_heart_eyes": "love" }`. Other types that
   * Stream does not accept are written as code points: 👍 as `u1f44d`.
   *
   * @default {}
   */
  readonly reactionTypes: Readonly<Record<string, string>>
  /**
   * Code points after which a text is truncated; the whole text goes to `oversize-custom.ndjson`. A channel type can allow
   * up to 20,000. Stream rejects texts over 5,000 until the channel type allows more; the note `text_over_default_limit`
   * counts them.
   *
   * @default 20,000
   */
  readonly maxMessageLength: number
  /**
   * What to do with `http` URLs of attachments, which Stream rejects. `"upgrade"`: change them to `https`. `"custom"`: keep
   * them as custom data.
   *
   * @default "upgrade"
   */
  readonly httpUrls: "upgrade" | "custom"
  /**
   * Whether Stream should copy attachments to its own storage. One file that Stream cannot fetch fails the import.
   *
   * @default true
   */
  readonly migrateResources: boolean
  /**
   * Largest file of an import in bytes; a larger import is split into several files. Stream accepts up to 300,000,000.
   *
   * @default 300,000,000
   */
  readonly maxFileBytes: number
  /**
   * Whether to check the files against all rules of `StreamImportValidator` before they are published. An invalid file is
   * never published; it would be a defect of this package.
   *
   * @default true
   */
  readonly validate: boolean
  /**
   * The item type of members. Stream's pages say `member`, its JSON Schema says `channel_member`. The older dialect
   * `json-array` only has `member`.
   *
   * @default "member"
   */
  readonly memberItem: "member" | "channel_member"
  /**
   * How to name the fields for answers to invitations. `"invite"`: `invite_accepted_at`, as in Stream's JSON Schema and API.
   * `"invited"`: `invited_accepted_at`, as on its import page.
   *
   * @default "invite"
   */
  readonly inviteFields: "invite" | "invited"
  /**
   * The app's push provider name for each push service, for devices whose source does not give one. `json-array` accepts
   * devices without a name.
   *
   * @default the name of the service in `jsonl`, none in `json-array`
   */
  readonly pushProviderNames: Readonly<Record<string, string>>
  /**
   * What to do about a member who shares no team with the channel: the user is not in the channel's team, or is in a team
   * while the channel has none. An app with teams rejects such a file. `"reject"`: reject the membership. `"add"`: add the
   * channel's team to the user, who then sees the other channels of the team too; if the channel has no team, reject the
   * membership. `"keep"`: write the membership, for apps without teams.
   *
   * @default "reject"
   */
  readonly teamMismatch: "reject" | "add" | "keep"
  /**
   * The type of replies. Stream's page about `json-array` does not list `reply`.
   *
   * @default "reply" in `jsonl`, "regular" in `json-array`
   */
  readonly replyType: "reply" | "regular"
}

/**
 * Policies, all of them optional.
 *
 * @category configuration
 * @since 0.1.0
 */
export type PoliciesConfig = { readonly [Policy in keyof Policies]?: Policies[Policy] | undefined }

/**
 * The default policies of a dialect.
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
