/**
 * Why a sink cannot be written.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Printable from "./errors/Printable.ts"
import * as SystemProblem from "./errors/SystemProblem.ts"
import { TaggedError } from "./errors/TaggedError.ts"
import { InvalidJson } from "./files/Json.ts"
import { InvalidConfig } from "./internal/errors/invalidConfig.ts"
import { OutOfBalance } from "./internal/errors/outOfBalance.ts"
import { RequestFailed, RequestRefused } from "./internal/errors/requestErrors.ts"
import { StagedDataDamaged } from "./internal/errors/stagedDataDamaged.ts"
import { startAgain } from "./internal/errors/startAgain.ts"

export {
  /**
   * The sink did not receive what was given to it, or does not account for all of
   * it. Nothing was published.
   *
   * @category errors
   * @since 0.1.0
   */
  OutOfBalance
} from "./internal/errors/outOfBalance.ts"

export {
  /**
   * What the sink has staged is not what it wrote. Nothing was published.
   *
   * @category errors
   * @since 0.1.0
   */
  StagedDataDamaged
} from "./internal/errors/stagedDataDamaged.ts"

export {
  /**
   * The sink was asked for something that cannot work.
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
 * The output could not be written: disk full, no permission, folder gone.
 *
 * @category errors
 * @since 0.1.0
 */
export class WriteFailed extends TaggedError<WriteFailed>("@chatferry/core/SinkError/WriteFailed")(
  "WriteFailed",
  {
    path: Schema.String,
    cause: Schema.Defect()
  }
) {
  override get message(): string {
    return SystemProblem.sentence("cannot write", this.path, this.cause)
  }
}

/**
 * A receipt is not of this sink, or of other settings or another input.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidReceipt extends TaggedError<InvalidReceipt>("@chatferry/core/SinkError/InvalidReceipt")(
  "InvalidReceipt",
  {
    path: Schema.String,
    problem: Schema.String,
    /** What to remove to start again, in words; the runner fills it in. */
    remove: Schema.optionalKey(Schema.String)
  }
) {
  override get message(): string {
    return `cannot resume with ${this.path}: ${this.problem}. To go on, ${startAgain(this.remove)}.`
  }
}

/**
 * Nothing would be published: no record has come through. Nothing was.
 *
 * @category errors
 * @since 0.1.0
 */
export class EmptyOutput extends TaggedError<EmptyOutput>("@chatferry/core/SinkError/EmptyOutput")(
  "EmptyOutput",
  {
    /** What was read, and what became of it. */
    outcome: Schema.String
  }
) {
  override get message(): string {
    return `the output would be empty, and nothing is published: ${this.outcome}. If that is right, set policy.allowEmpty to true and run again.`
  }
}

/**
 * A receipt that the sink cannot read. The checkpoint it comes from has a checksum
 * and is of the same settings, so that it is not damaged.
 *
 * @category constructors
 * @since 0.1.0
 */
export const foreignReceipt = (path: string): InvalidReceipt =>
  new InvalidReceipt({
    path,
    problem: "the checkpoint is not damaged, but was written by another version of this sink"
  })

/**
 * The entities together cannot be written, such as two that claim one id.
 *
 * @category errors
 * @since 0.1.0
 */
export class Conflict extends TaggedError<Conflict>("@chatferry/core/SinkError/Conflict")("Conflict", {
  problem: Schema.String,
  hint: Schema.String
}) {
  override get message(): string {
    return `${this.problem}. ${this.hint}`
  }
}

/**
 * What a sink wrote is not what its format asks for. That is a defect of the
 * sink; nothing was published.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidOutput extends TaggedError<InvalidOutput>("@chatferry/core/SinkError/InvalidOutput")(
  "InvalidOutput",
  {
    directory: Schema.String,
    /** Rules that are broken and where, without content. */
    problems: Schema.Array(Schema.String)
  }
) {
  override get message(): string {
    return `what was written to ${this.directory} is not valid and is not published: ${this.problems.join("; ")}. This is a defect of the sink: please report it with these rules. The files are still there, as *.part`
  }
}

/**
 * Everything that can go wrong while writing.
 *
 * @category errors
 * @since 0.1.0
 */
export const SinkErrorReason = Schema.Union([
  InvalidConfig,
  WriteFailed,
  InvalidReceipt,
  StagedDataDamaged,
  EmptyOutput,
  Conflict,
  InvalidOutput,
  OutOfBalance,
  RequestRefused,
  RequestFailed
])
/**
 * @category errors
 * @since 0.1.0
 */
export type SinkErrorReason = typeof SinkErrorReason.Type

/**
 * Failure of a sink, with the sink's name and the reason.
 *
 * @category errors
 * @since 0.1.0
 */
export class SinkError extends TaggedError<SinkError>("@chatferry/core/SinkError")("SinkError", {
  sink: Schema.String,
  reason: SinkErrorReason
}) {
  override get message(): string {
    return Printable.line(`${this.sink}: ${this.reason.message}`, Printable.MAX_MESSAGE)
  }
}

/**
 * Runs code that throws only when a file cannot be read or written, or when JSON
 * that the sink staged is damaged. What it throws becomes `WriteFailed` or
 * `StagedDataDamaged` of the sink, without the content.
 *
 * @category operations
 * @since 0.1.0
 */
export const attempt = <A>(sink: string, path: string, code: () => A): Effect.Effect<A, SinkError> =>
  Effect.try({
    try: code,
    catch: (cause) => new SinkError({ sink, reason: reasonOf(path, cause) })
  })

/**
 * Gives JSON that a sink staged and finds damaged, wherever it is parsed, as a
 * failure of the sink instead of a defect. `path` is where it was staged.
 *
 * @category operations
 * @since 0.1.0
 */
export const damageAsFailure =
  (sink: string, path: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SinkError, R> =>
    Effect.catchDefect(effect, (defect) =>
      defect instanceof InvalidJson
        ? Effect.fail(new SinkError({ sink, reason: reasonOf(path, defect) }))
        : Effect.die(defect)
    )

/**
 * Tells the error of a sink from other errors, also from one of another copy of this
 * package.
 *
 * @category guards
 * @since 0.1.0
 */
export const isSinkError = (error: unknown): error is SinkError =>
  Predicate.isTagged(error, "SinkError") && "sink" in error && "reason" in error

// internal

/** The reason for something that was thrown while a sink worked on its files. */
const reasonOf = (path: string, cause: unknown): WriteFailed | StagedDataDamaged =>
  cause instanceof InvalidJson
    ? new StagedDataDamaged({ path, problem: `holds JSON that is not valid: ${cause.message}` })
    : new WriteFailed({ path, cause })
