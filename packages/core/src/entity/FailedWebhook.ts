/**
 * Canonical record of a webhook delivery that failed.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Ids from "../Ids.ts"
import { Timestamp } from "../Timestamp.ts"
import { Custom } from "./Custom.ts"

/**
 * An event the source could not deliver to its subscriber.
 *
 * @category schemas
 * @since 0.1.0
 */
export class FailedWebhook extends Schema.Opaque<FailedWebhook>()(
  Schema.Struct({
    _tag: Schema.tag("failed_webhook"),
    id: Ids.FailedWebhookId,
    url: Schema.String,
    statusCode: Schema.optionalKey(Schema.Finite),
    /** The event's name, if the body contains it. */
    category: Schema.optionalKey(Schema.String),
    /** The request body exactly as the source has it, usually JSON text. */
    body: Schema.String,
    failedAt: Schema.optionalKey(Timestamp),
    custom: Schema.optionalKey(Custom)
  })
) {}
