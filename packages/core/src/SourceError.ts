/**
 * Why a source cannot be read.
 *
 * A bad record is not an error: it is a `Rejected`. These are troubles with a
 * whole file, archive or service. All but `InvalidConfig` leave the run
 * resumable once they are fixed.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Printable from "./errors/Printable.ts"
import * as SystemProblem from "./errors/SystemProblem.ts"
import { TaggedError } from "./errors/TaggedError.ts"
import { InvalidConfig } from "./internal/errors/invalidConfig.ts"
import { RequestFailed, RequestRefused } from "./internal/errors/requestErrors.ts"
import { startAgain } from "./internal/errors/startAgain.ts"

export {
  /**
   * The source was asked for something that cannot work.
   *
   * @category errors
   * @since 0.1.0
   */
  InvalidConfig,
  /**
   * A service could not be reached or did not do what was asked.
   *
   * @category errors
   * @since 0.1.0
   */
  RequestFailed,
  /**
   * A service understood the request and refused it.
   *
   * @category errors
   * @since 0.1.0
   */
  RequestRefused
}

/**
 * The input could not be opened or read.
 *
 * @category errors
 * @since 0.1.0
 */
export class ReadFailed extends TaggedError<ReadFailed>("@chatferry/core/SourceError/ReadFailed")(
  "ReadFailed",
  {
    path: Schema.String,
    cause: Schema.Defect()
  }
) {
  override get message(): string {
    return SystemProblem.sentence("cannot read", this.path, this.cause)
  }
}

/**
 * The input is readable and is not what it must be: a truncated file, broken
 * JSON, a wrong checksum. `place` names file, entry and byte.
 *
 * @category errors
 * @since 0.1.0
 */
export class CorruptInput extends TaggedError<CorruptInput>("@chatferry/core/SourceError/CorruptInput")(
  "CorruptInput",
  { location: Schema.String, problem: Schema.String, hint: Schema.String }
) {
  override get message(): string {
    return `${this.problem} at ${this.location}. ${this.hint}`
  }
}

/**
 * The input asks for more than a limit allows, such as an archive that inflates
 * to a thousand times its size.
 *
 * @category errors
 * @since 0.1.0
 */
export class LimitExceeded extends TaggedError<LimitExceeded>("@chatferry/core/SourceError/LimitExceeded")(
  "LimitExceeded",
  {
    location: Schema.String,
    setting: Schema.String,
    limit: Schema.Finite,
    actual: Schema.Finite
  }
) {
  override get message(): string {
    return `${this.location} exceeds ${this.setting} (${this.actual} > ${this.limit}). Raise the setting if the input is trusted.`
  }
}

/**
 * An input holds nothing of what the source reads.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnrecognisedInput extends TaggedError<UnrecognisedInput>(
  "@chatferry/core/SourceError/UnrecognisedInput"
)("UnrecognisedInput", {
  input: Schema.String,
  /** What was looked for: `a Sendbird export`. */
  expected: Schema.String,
  /** The files that are there, by the ends of their names: `1 .txt, 3 .json`. */
  found: Schema.String,
  hint: Schema.String
}) {
  override get message(): string {
    return `nothing in ${this.input} looks like ${this.expected}: ${this.found}. ${this.hint}`
  }
}

/**
 * A position that the source did not write, or not for this input.
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
    return `cannot resume in partition ${this.partition}: ${this.problem}. Put the input back as it was, or ${startAgain(this.remove)}.`
  }
}

/**
 * A line of `rejects.ndjson` that cannot be read back: it is not such a line, it
 * is somebody else's, or what was corrected in it is not right. `problem` ends
 * with what to do.
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
 * What none of the other reasons says. Connectors give it a code of their own.
 *
 * @category errors
 * @since 0.1.0
 */
export class Other extends TaggedError<Other>("@chatferry/core/SourceError/Other")("Other", {
  /** For code that reacts to it: lower-case words with `_`. */
  code: Schema.String,
  /** What is wrong and where, without content. */
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
 * A position that was written for other content. `file` is the one that has
 * changed, as people know it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const changedContent = (partition: string, file = "it"): InvalidPosition =>
  new InvalidPosition({ partition, problem: `what had been read of ${file} is not the same any more` })

/**
 * A file that was damaged on its way or after it, as far as can be told.
 *
 * @category constructors
 * @since 0.1.0
 */
export const damagedFile = (location: string, problem: string): CorruptInput =>
  new CorruptInput({ location, problem, hint: "Get the file again; if it stays so, have it exported again." })

/**
 * Why a path that a setting names cannot be opened: the setting is wrong when
 * nothing is there or it may not be read; else reading has failed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unopened =
  (setting: string, path: string) =>
  (cause: unknown): InvalidConfig | ReadFailed => {
    const problem = SystemProblem.wrongPathOf(cause)
    return problem === undefined
      ? new ReadFailed({ path, cause })
      : new InvalidConfig({ setting, problem: `${path} ${problem}` })
  }

/**
 * A record or other value that is larger than the setting `maxElementBytes`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const elementTooLarge = (location: string, maxElementBytes: number): LimitExceeded =>
  new LimitExceeded({
    location,
    setting: "maxElementBytes",
    limit: maxElementBytes,
    actual: maxElementBytes + 1
  })

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
  RequestRefused,
  RequestFailed,
  Other
])
/**
 * @category errors
 * @since 0.1.0
 */
export type SourceErrorReason = typeof SourceErrorReason.Type

/**
 * Failure of a source, with the source's name and the reason.
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
 * Why a source failed: a reason, or an error that already says of which source,
 * where a source is made of others.
 *
 * @category errors
 * @since 0.1.0
 */
export type Failure = SourceErrorReason | SourceError

/**
 * Tells the error of a source from other errors, also from one of another copy of
 * this package.
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
