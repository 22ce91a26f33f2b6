/**
 * Why a source cannot be read.
 *
 * A bad record is not an error: it is a `Rejected`. These are problems with a whole
 * file, archive or service. Once they are fixed the run can be resumed, except after
 * `InvalidConfig`.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Printable from "./errors/Printable.ts"
import { TaggedError } from "./errors/TaggedError.ts"
import { CorruptInput, LimitExceeded, ReadFailed, UnrecognisedInput } from "./internal/errors/inputErrors.ts"
import { InvalidConfig } from "./internal/errors/invalidConfig.ts"
import { RequestFailed, RequestRejected } from "./internal/errors/requestErrors.ts"
import { startAgain } from "./internal/errors/startAgain.ts"

export {
  /**
   * The source's settings cannot work.
   *
   * @category errors
   * @since 0.1.0
   */
  InvalidConfig,
  /**
   * A service could not be reached, or did not carry out the request.
   *
   * @category errors
   * @since 0.1.0
   */
  RequestFailed,
  /**
   * A service understood the request and rejected it.
   *
   * @category errors
   * @since 0.1.0
   */
  RequestRejected
}

export {
  CorruptInput,
  damagedFile,
  elementTooLarge,
  LimitExceeded,
  ReadFailed,
  UnrecognisedInput,
  unopened
} from "./internal/errors/inputErrors.ts"

/**
 * A position was not written by this source, or was written for other input.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidPosition extends TaggedError<InvalidPosition>(
  "@chatferry/core/SourceError/InvalidPosition"
)("InvalidPosition", {
  partition: Schema.String,
  problem: Schema.String,
  /** What to remove to start again, in words; the runner fills it in. */
  remove: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    return `cannot resume in partition ${this.partition}: ${this.problem}. Restore the input, or ${startAgain(this.remove)}.`
  }
}

/**
 * A line of `rejects.ndjson` cannot be read back: it is not such a line, it belongs to
 * another source, or its correction is invalid. `problem` ends with advice.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidReject extends TaggedError<InvalidReject>("@chatferry/core/SourceError/InvalidReject")(
  "InvalidReject",
  { problem: Schema.String }
) {
  override get message(): string {
    return Printable.line(`cannot read this line of rejects: ${this.problem}`, Printable.MAX_MESSAGE)
  }
}

/**
 * A reason that none of the others covers. Connectors give it a code of their own.
 *
 * @category errors
 * @since 0.1.0
 */
export class Other extends TaggedError<Other>("@chatferry/core/SourceError/Other")("Other", {
  /** For code that reacts to it: lower-case words with `_`. */
  code: Schema.String,
  /** The problem and its location, without content. */
  problem: Schema.String,
  /** What to do about it, in a sentence. */
  hint: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message(): string {
    return `${this.problem} (${this.code}). ${this.hint}`
  }
}

/**
 * A position that the source did not write.
 *
 * @category constructors
 * @since 0.1.0
 */
export const foreignPosition = (partition: string): InvalidPosition =>
  new InvalidPosition({ partition, problem: "it was not written by this source" })

/**
 * A position that was written for other content. `file` is the changed file, by a name
 * that users know.
 *
 * @category constructors
 * @since 0.1.0
 */
export const changedContent = (partition: string, file = "the input"): InvalidPosition =>
  new InvalidPosition({ partition, problem: `content of ${file} that was already read has changed` })

/**
 * Everything that can go wrong while reading.
 *
 * @category errors
 * @since 0.1.0
 */
export const SourceErrorReason = Schema.Union([
  InvalidConfig,
  ReadFailed,
  CorruptInput,
  LimitExceeded,
  UnrecognisedInput,
  InvalidPosition,
  InvalidReject,
  RequestRejected,
  RequestFailed,
  Other
])
/**
 * @category errors
 * @since 0.1.0
 */
export type SourceErrorReason = typeof SourceErrorReason.Type

/**
 * A failure of a source, with the source's name and the reason.
 *
 * @category errors
 * @since 0.1.0
 */
export class SourceError extends TaggedError<SourceError>("@chatferry/core/SourceError")("SourceError", {
  source: Schema.String,
  reason: SourceErrorReason
}) {
  override get message(): string {
    return Printable.line(`${this.source}: ${this.reason.message}`, Printable.MAX_MESSAGE)
  }
}

/**
 * Why a source failed: a reason, or, for a source made of others, an error that already
 * names its source.
 *
 * @category errors
 * @since 0.1.0
 */
export type Failure = SourceErrorReason | SourceError

/**
 * True for errors of a source, including errors from another copy of this package.
 *
 * @category guards
 * @since 0.1.0
 */
export const isSourceError = (error: unknown): error is SourceError =>
  Predicate.isTagged(error, "SourceError") && "source" in error && "reason" in error

/**
 * Adds the source's name to a failure that does not name one.
 *
 * @category operations
 * @since 0.1.0
 */
export const named =
  (source: string) =>
  (failure: Failure): SourceError =>
    failure._tag === "SourceError" ? failure : new SourceError({ source, reason: failure })
