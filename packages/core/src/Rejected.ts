/**
 * A record that cannot be migrated, as data.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A record that was set aside. It is written to `rejects.ndjson`, counted in
 * the ledger, and the run goes on.
 *
 * `message` says what is wrong and never quotes the record; only `original`
 * holds content, and it goes nowhere but into the rejects file.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Rejected extends Schema.Opaque<Rejected>()(
  Schema.Struct({
    /** The kind it would have been, or `unknown` when that cannot be told. */
    kind: Schema.Literals(["user", "channel", "member", "message", "reaction", "failed_webhook", "unknown"]),
    /** Stable reason in snake_case, such as `missing_id`. */
    code: Schema.String,
    /** What is wrong and what was expected, without content. */
    message: Schema.String,
    /** Where the record is: `file!entry:record 12 (byte 3456)`, or the entity's key for a sink. */
    place: Schema.String,
    /** The record as it was read; text that is no JSON as `{ "text": … }`, bytes that are no text as `{ "base64": … }`. */
    original: Schema.Json
  })
) {}

/**
 * The bytes of a record that could not be parsed, as `original` holds them:
 * bytes that are no text would not come back the same from a string.
 *
 * @category constructors
 * @since 0.1.0
 */
export const textOrBytes = (bytes: Uint8Array): { readonly text: string } | { readonly base64: string } => {
  const found = Buffer.from(bytes)
  const text = found.toString("utf8")
  return Buffer.from(text).equals(found) ? { text } : { base64: found.toString("base64") }
}
