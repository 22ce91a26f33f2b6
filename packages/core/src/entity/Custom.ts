/**
 * What a provider knows and the canonical model does not.
 *
 * One key per provider (`{ "sendbird": { … } }`), so that data of two providers
 * never collides and a sink can tell where a field came from.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Provider name to that provider's own fields.
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
