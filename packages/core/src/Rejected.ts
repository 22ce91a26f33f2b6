/**
 * A record that cannot be migrated, as data.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Consequence from "./Consequence.ts"
import type { ElementProblem, LineProblem } from "./internal/jsonErrors.ts"
import { mostWeight } from "./internal/jsonWeight.ts"

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
 * The bytes of a file that a record takes up: from `from` up to, and without, `to`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Range {
  readonly from: number
  readonly to: number
}

/**
 * How a place names a range: `bytes 1000 to 9000000`.
 *
 * @category operations
 * @since 0.1.0
 */
export const bytesOf = ({ from, to }: Range): string => `bytes ${from} to ${to}`

/**
 * The consequence of `tooLarge`.
 *
 * @category models
 * @since 0.1.0
 */
export const TOO_LARGE: Consequence.Consequence<"too_large"> = Consequence.make("too_large", {
  effect: "lost",
  outcome: "rejected",
  says: "records that would take more memory than a setting allows",
  action:
    "Raise the setting that the reject names and run again under another id; the record is in the input alone."
})

/**
 * Tells whether a reader passed over an element or a line because of the memory
 * it would take.
 *
 * @category guards
 * @since 0.1.0
 */
export const isTooLarge = (problem: ElementProblem | LineProblem | undefined): boolean =>
  problem === "too large" || problem === "too long" || problem === "too many values"

/**
 * A record that was passed over because it would take more memory than a setting
 * allows. `place` names its range; `original` is the range, and nothing of its
 * content.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tooLarge = (
  kind: Rejected["kind"],
  place: string,
  { from, to }: Range,
  { bytes, setting }: { readonly setting: string; readonly bytes: number }
): Rejected => {
  const problem =
    to - from > bytes
      ? `it has ${to - from} bytes, and ${setting} is ${bytes}`
      : `the values in its ${to - from} bytes would take more than ${mostWeight(bytes)} bytes of memory, which is what ${setting}, ${bytes}, allows for`
  return { kind, code: TOO_LARGE.code, message: `${problem}; it was not read`, place, original: { from, to } }
}

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
