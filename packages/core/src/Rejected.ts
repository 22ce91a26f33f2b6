/**
 * A record that cannot be migrated, as data.
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
 * Where in the input the record is, exactly: what a correction takes the place of.
 * The same input gives the same address, whatever has been corrected elsewhere.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Address extends Schema.Opaque<Address>()(
  Schema.Struct({
    /** The partition's id; the runner adds it. */
    partition: Schema.optionalKey(Schema.String),
    /** Which of several exports that the partition is read from, by the service's id. */
    export: Schema.optionalKey(Schema.String),
    /** Which file of the partition or export: its number in each archive from the outermost in. None where the partition is one file. */
    entry: Schema.optionalKey(Schema.Array(Schema.Int)),
    /** The bytes of the file, inflated, that the record takes up, or the one that it is a part of: from the first up to, and without, the second. */
    bytes: Schema.Tuple([Schema.Finite, Schema.Finite]),
    /** Where it is in that one, such as `.reactions[2]`. */
    within: Schema.optionalKey(Schema.String),
    /** What else the file's format needs to put a correction there. Only its source understands it. */
    format: Schema.optionalKey(Schema.Json)
  })
) {}

/**
 * A record that was set aside. It is written to `rejects.ndjson`, counted in
 * the ledger, and the run continues. With `context` and `original` it can be read
 * alone: see `RejectedLine` and `Source.rejected`.
 *
 * `message` says what is wrong and never quotes the record; only `original` and
 * `context` hold content, and they go nowhere but into the rejects file.
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
    /** What to do about it, where that is known. */
    action: Schema.optionalKey(Schema.String),
    /** Where the record is: `file!entry:record 12 (byte 3456)`, or the entity's key for a sink. */
    location: Schema.String,
    /** The same for a correction. None where a correction cannot be put in place of the record. */
    address: Schema.optionalKey(Address),
    /** The name of the transform that set it aside. */
    transform: Schema.optionalKey(Schema.String),
    /** Which of several sources that are read as one set it aside; `Source.concat` fills it in. */
    source: Schema.optionalKey(Schema.String),
    /** What the record's meaning depends on besides the record, such as the channel of its file. Only its source understands it. */
    context: Schema.optionalKey(Schema.Json),
    /**
     * The record as it was read, without secrets. A JSON value stands for itself.
     * Text that is not JSON is `{ "text": … }`, bytes that are not text are
     * `{ "base64": … }`, and a record that was not read is its range of bytes,
     * `{ "from": …, "to": … }`. A value that looks like one of those, or that JSON
     * would not give back, is its JSON as `text`. Never `null`.
     */
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
    "Raise the setting that the reject names and run again under another id; the record is only in the input."
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
  location: string,
  { from, to }: Range,
  { bytes, setting }: { readonly setting: string; readonly bytes: number },
  context?: Schema.Json
): Rejected => {
  const problem =
    to - from > bytes
      ? `it has ${to - from} bytes, and ${setting} is ${bytes}`
      : `the values in its ${to - from} bytes would take more than ${mostWeight(bytes)} bytes of memory, which is what ${setting}, ${bytes}, allows for`
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
 * A value that was read from JSON, as `original` holds it. It must be one that
 * JSON can write.
 *
 * @category constructors
 * @since 0.1.0
 */
export const originalOf = (value: unknown): Rejected["original"] =>
  isAmbiguous(value) ? { text: written(value ?? null) } : (value as Rejected["original"])

/**
 * An entity that a transform or a sink sets aside. A correction finds its records by the entity in
 * `original`, so that must be all of the entity as it was given, and its place names it by its key.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofEntity = (
  entity: Entity,
  why: { readonly code: string; readonly message: string; readonly action?: string }
): Rejected => ({
  kind: entity._tag,
  ...why,
  location: `${entity._tag} ${keyOf(entity)}`,
  original: originalOf(entity)
})

/**
 * An entity's key as places and messages show it.
 *
 * @category operations
 * @since 0.1.0
 */
export const keyOf = (entity: Entity): string => key(entity).replaceAll("\0", " ")

/**
 * The bytes of a record that could not be parsed, as `original` holds them:
 * bytes that are not text would not come back the same from a string. `clean`
 * takes secrets out; of bytes that are not text it is given each as a character.
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
