// The settings of each data type.
import type * as DateTime from "effect/DateTime"

/**
 * Selects the messages to export. An empty list is the same as no list.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface MessagesParameters {
  /** Exports only the messages of these users; at most 10. */
  readonly senderIds?: ReadonlyArray<string> | undefined
  /** Excludes the messages of these users; at most 10. */
  readonly excludeSenderIds?: ReadonlyArray<string> | undefined
  readonly channelUrls?: ReadonlyArray<string> | undefined
  readonly excludeChannelUrls?: ReadonlyArray<string> | undefined
  /** This filter appears in Sendbird's responses but in no list of parameters, so it may have no effect. */
  readonly channelCustomTypes?: ReadonlyArray<string> | undefined
  /**
   * Sendbird's documentation allows windows of 186 days instead of 7 with this
   * filter, but also says that the filter works for users only. If Sendbird rejects
   * the windows, set `windowDays` to 7.
   */
  readonly userIds?: ReadonlyArray<string> | undefined
  /** How many messages of other users to export after each message of `senderIds`: 1 to 10. */
  readonly neighboringMessageLimit?: number | undefined
  /**
   * Includes the read times of members in channels.
   *
   * @default true
   */
  readonly showReadReceipt?: boolean | undefined
  /**
   * Includes the metadata of channels.
   *
   * @default true
   */
  readonly showChannelMetadata?: boolean | undefined
  /**
   * Length of a window in days, up to the default.
   *
   * @default 7, or 186 with userIds
   */
  readonly windowDays?: number | undefined
}

/**
 * Selects the channels to export.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ChannelsParameters {
  readonly channelUrls?: ReadonlyArray<string> | undefined
  readonly excludeChannelUrls?: ReadonlyArray<string> | undefined
  /** See `MessagesParameters`. */
  readonly channelCustomTypes?: ReadonlyArray<string> | undefined
  /**
   * Includes the read times of members.
   *
   * @default true
   */
  readonly showReadReceipt?: boolean | undefined
  /**
   * Includes the metadata of channels.
   *
   * @default true
   */
  readonly showChannelMetadata?: boolean | undefined
  /**
   * Length of a window in days. Sendbird sets no limit, but recommends 7 days for large applications.
   *
   * @default the whole period
   */
  readonly windowDays?: number | undefined
}

/**
 * Selects the users to export.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface UsersParameters {
  readonly userIds?: ReadonlyArray<string> | undefined
  /** Length of a window in days, as in `ChannelsParameters`. */
  readonly windowDays?: number | undefined
}

/**
 * Selects the failed webhooks to export, in windows of one day.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FailedWebhooksParameters {
  /**
   * Start of the failed webhooks, which Sendbird keeps for six months. Days that are too old by
   * now are left out and counted as `window_too_old`; if this option is set, they are an error.
   *
   * @default 180 days before `to`, or `from` if that is later
   */
  readonly from?: DateTime.DateTime.Input | undefined
}

/**
 * Selects data that exports lack, to be read from the Platform API.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Enrichment {
  /**
   * Reads creation times of users, with one call per 100 users.
   *
   * @default true
   */
  readonly users?: boolean | undefined
  /**
   * Reads creators and metadata of channels, with one call per 100 channels.
   *
   * @default true
   */
  readonly channels?: boolean | undefined
  /**
   * Reads operators, states and read times of members, with one call per open channel and per 100 members of a group channel.
   *
   * @default true
   */
  readonly members?: boolean | undefined
  /**
   * Reads reactions and threads, with one call per 200 messages of a channel and one more for each channel with messages.
   *
   * @default true
   */
  readonly messages?: boolean | undefined
}
