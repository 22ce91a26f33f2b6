/**
 * Records that cannot be migrated, as data.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Schema from "effect/Schema"
import * as Consequence from "./Consequence.ts"
import { type Entity, key } from "./Entity.ts"
import type { ElementProblem, LineProblem } from "./internal/json/errors.ts"
import { mostWeight } from "./internal/json/weight.ts"
import { isAmbiguous, written } from "./internal/rejects/originals.ts"

/**
 * The exact location of a record in the input, which a correction replaces. The same
 * input gives the same address, regardless of other corrections.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Address extends Schema.Opaque<Address>()(
  Schema.Struct({
    /** The partition's id, added by the runner. */
    partition: Schema.optionalKey(Schema.String),
    /** The service's id of the export, if the partition is read from several exports. */
    export: Schema.optionalKey(Schema.String),
    /** The file within the partition or export: its index in each archive, outermost first. Absent if the partition is one file. */
    entry: Schema.optionalKey(Schema.Array(Schema.Int)),
    /** The bytes of the (inflated) file that hold the record, or the record that it is a part of: start (inclusive) and end (exclusive). */
    bytes: Schema.Tuple([Schema.Finite, Schema.Finite]),
    /** The path within that record, such as `.reactions[2]`. */
    within: Schema.optionalKey(Schema.String),
    /** Other data that the file's format needs to apply a correction. Only its source understands it. */
    format: Schema.optionalKey(Schema.Json)
  })
) {}

/**
 * A record that was set aside. It is written to `rejects.ndjson` and counted in the
 * ledger, and the run continues. With `context` and `original` it can be read on its
 * own: see `RejectedLine` and `Source.rejected`.
 *
 * `message` describes the problem and never quotes the record. Only `original` and
 * `context` hold content, and they are written only to the rejects file.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Rejected extends Schema.Opaque<Rejected>()(
  Schema.Struct({
    /** The kind of the record, or `unknown` if it cannot be determined. */
    kind: Schema.Literals(["user", "channel", "member", "message", "reaction", "failed_webhook", "unknown"]),
    /** A stable reason in snake_case, such as `missing_id`. */
    code: Schema.String,
    /** What is wrong and what was expected, without content. */
    message: Schema.String,
    /** What to do about it, if known. */
    action: Schema.optionalKey(Schema.String),
    /** Where the record is: `file!entry:record 12 (byte 3456)`, or the entity's key for a sink. */
    location: Schema.String,
    /** The location as a correction needs it. Absent if a correction cannot replace the record. */
    address: Schema.optionalKey(Address),
    /** The name of the transform that rejected it. */
    transform: Schema.optionalKey(Schema.String),
    /** The source that rejected it, if several are read as one; `Source.concat` fills it in. */
    source: Schema.optionalKey(Schema.String),
    /** Context that the record's meaning depends on, such as the channel of its file. Only its source understands it. */
    context: Schema.optionalKey(Schema.Json),
    /**
     * The record as it was read, without secrets. A JSON value is itself. Text that is
     * not JSON is `{ "text": … }`, bytes that are not text are `{ "base64": … }`, and a
     * record that was not read is its range of bytes, `{ "from": …, "to": … }`. A value
     * that looks like one of these, or that JSON would not preserve, is its JSON as
     * `text`. Never `null`.
     */
    original: Schema.Json
  })
) {}

/**
 * The bytes of a file that hold a record: `from` (inclusive) to `to` (exclusive).
 *
 * @category models
 * @since 0.1.0
 */
export interface Range {
  readonly from: number
  readonly to: number
}

/**
 * A range as locations show it: `bytes 1000 to 9000000`.
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
    "Raise the setting that the reject names and run again under another id; the record is only in the input."
})

/**
 * True if a reader skipped an element or a line because of the memory it would take.
 *
 * @category guards
 * @since 0.1.0
 */
export const isTooLarge = (problem: ElementProblem | LineProblem | undefined): boolean =>
  problem === "too large" || problem === "too long" || problem === "too many values"

/**
 * A record that was skipped because it would take more memory than a setting allows.
 * `location` names its range; `original` is the range, without any content.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tooLarge = (
  kind: Rejected["kind"],
  location: string,
  { from, to }: Range,
  { bytes, setting }: { readonly setting: string; readonly bytes: number },
  context?: Schema.Json
): Rejected => {
  const problem =
    to - from > bytes
      ? `it has ${to - from} bytes, and ${setting} is ${bytes}`
      : `the values in its ${to - from} bytes would take more than ${mostWeight(bytes)} bytes of memory, the limit for ${setting} ${bytes}`
  return {
    kind,
    code: TOO_LARGE.code,
    message: `${problem}; it was not read`,
    location,
    ...(context !== undefined && { context }),
    original: { from, to }
  }
}

/**
 * A value that was read from JSON, as `original` holds it. It must be serializable as
 * JSON.
 *
 * @category constructors
 * @since 0.1.0
 */
export const originalOf = (value: unknown): Rejected["original"] =>
  isAmbiguous(value) ? { text: written(value ?? null) } : (value as Rejected["original"])

/**
 * An entity that a transform or a sink rejects. A correction finds its records by the
 * entity in `original`, so `original` must be the complete entity as it was received.
 * The location names the entity by its key.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofEntity = (
  entity: Entity,
  {
    action,
    code,
    message
  }: { readonly code: string; readonly message: string; readonly action?: string | undefined }
): Rejected => ({
  kind: entity._tag,
  code,
  message,
  ...(action !== undefined && { action }),
  location: `${entity._tag} ${keyOf(entity)}`,
  original: originalOf(entity)
})

/**
 * An entity's key as locations and messages show it.
 *
 * @category operations
 * @since 0.1.0
 */
export const keyOf = (entity: Entity): string => key(entity).replaceAll("\0", " ")

/**
 * The bytes of a record that could not be parsed, as `original` holds them: bytes that
 * are not text would not survive a conversion to a string. `clean` removes secrets; for
 * bytes that are not text it gets each byte as a character.
 *
 * @category constructors
 * @since 0.1.0
 */
export const textOrBytes = (
  bytes: Uint8Array,
  clean: (text: string) => string = (text) => text
): { readonly text: string } | { readonly base64: string } => {
  const found = Buffer.from(bytes)
  const text = found.toString("utf8")
  if (Buffer.from(text).equals(found)) return { text: clean(text) }
  return { base64: Buffer.from(clean(found.toString("latin1")), "latin1").toString("base64") }
}
