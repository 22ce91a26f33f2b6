/**
 * Branded identifiers of the canonical model.
 *
 * An id is a non-empty string exactly as the source provider wrote it; sinks
 * map it to what their provider accepts. Providers' 64-bit integer ids are
 * kept as strings, because JSON numbers above 2^53 lose digits.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Schema from "effect/Schema"

/**
 * Id of a user.
 *
 * @category schemas
 * @since 0.1.0
 */
export const UserId = Schema.NonEmptyString.pipe(Schema.brand("UserId"))
/**
 * @category models
 * @since 0.1.0
 */
export type UserId = typeof UserId.Type

/**
 * Id of a channel, unique across all kinds of channels of one source.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ChannelId = Schema.NonEmptyString.pipe(Schema.brand("ChannelId"))
/**
 * @category models
 * @since 0.1.0
 */
export type ChannelId = typeof ChannelId.Type

/**
 * Id of a message, unique across all channels of one source.
 *
 * @category schemas
 * @since 0.1.0
 */
export const MessageId = Schema.NonEmptyString.pipe(Schema.brand("MessageId"))
/**
 * @category models
 * @since 0.1.0
 */
export type MessageId = typeof MessageId.Type

/**
 * Id of a failed webhook delivery. Providers do not give one, so sources derive it from
 * the content.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FailedWebhookId = Schema.NonEmptyString.pipe(Schema.brand("FailedWebhookId"))
/**
 * @category models
 * @since 0.1.0
 */
export type FailedWebhookId = typeof FailedWebhookId.Type
