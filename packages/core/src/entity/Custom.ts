/**
 * Provider data that the canonical model does not have.
 *
 * One key per provider (`{ "sendbird": { … } }`), so data of two providers never
 * collides and a sink knows where a field came from.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Maps the name of a provider to that provider's own fields.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Custom = Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Json))
/**
 * @category models
 * @since 0.1.0
 */
export type Custom = typeof Custom.Type
