/**
 * Stream's limits for import files, as numbers and patterns.
 *
 * Each constant names its source: the import page of Stream's chat documentation
 * (March 2026), the JSON Schemas of the import items (`GetStream/protocol`,
 * March 2026), the validator that Stream's command line tool had until February
 * 2026, or the API reference. Where they differ, the narrowest limit is here.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */

/**
 * Ids of users (JSON Schema of `user`): ASCII letters and digits, `@`, `_`, `-`.
 *
 * @category limits
 * @since 0.1.0
 */
export const userId: RegExp = /^[@\w-]{1,255}$/

/**
 * Ids of channels (JSON Schema of `channel`): ASCII letters and digits, `_`, `-`.
 *
 * @category limits
 * @since 0.1.0
 */
export const channelId: RegExp = /^[\w-]{1,64}$/

/**
 * Names of channel types, with the same rule as ids of channels (JSON Schema of `channel`).
 *
 * @category limits
 * @since 0.1.0
 */
export const channelType: RegExp = /^[\w-]{1,64}$/

/**
 * Types of reactions: at most 30 bytes of this alphabet, which has no emoji (the
 * former validator; the API says 30 characters).
 *
 * @category limits
 * @since 0.1.0
 */
export const reactionType: RegExp = /^[\w\-+:.]{1,30}$/

/**
 * Bytes in the id of a message (API reference). It must not contain a comma or
 * a percent sign (documentation, "send message").
 *
 * @category limits
 * @since 0.1.0
 */
export const messageIdBytes = 255

/**
 * Bytes of custom data per object, as JSON. The documentation says 5 KB, but not
 * whether a KB has 1,000 or 1,024 bytes.
 *
 * @category limits
 * @since 0.1.0
 */
export const customBytes = 5000

/**
 * Attachments of a message (API reference; documentation, "send message").
 *
 * @category limits
 * @since 0.1.0
 */
export const attachments = 30

/**
 * Code points in a text that a channel type allows by default (documentation,
 * "channel types").
 *
 * @category limits
 * @since 0.1.0
 */
export const defaultTextLength = 5000

/**
 * Code points in a text that a channel type can be configured to allow (API
 * reference).
 *
 * @category limits
 * @since 0.1.0
 */
export const textLength = 20_000

/**
 * Users in the restricted visibility of a message (API reference).
 *
 * @category limits
 * @since 0.1.0
 */
export const restrictedVisibility = 10

/**
 * Bytes in one import file (import page).
 *
 * @category limits
 * @since 0.1.0
 */
export const fileBytes = 300_000_000

/**
 * The smallest file size at which an import can be split. Below it, a single
 * item and the items it refers to would often be too large.
 *
 * @category limits
 * @since 0.1.0
 */
export const leastFileBytes = 65_536
