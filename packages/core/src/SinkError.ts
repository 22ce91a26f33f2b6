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
import { RequestFailed, RequestRejected } from "./internal/errors/requestErrors.ts"
import { StagedDataDamaged } from "./internal/errors/stagedDataDamaged.ts"
import { startAgainSentence } from "./internal/errors/startAgain.ts"

export {
  /**
   * The sink did not receive everything that was sent to it, or does not account for
   * all of it. Nothing was published.
   *
   * @category errors
   * @since 0.1.0
   */
  OutOfBalance
} from "./internal/errors/outOfBalance.ts"

export {
  /**
   * The data that the sink staged is not what it wrote. Nothing was published.
   *
   * @category errors
   * @since 0.1.0
   */
  StagedDataDamaged
} from "./internal/errors/stagedDataDamaged.ts"

export {
  /**
   * The sink's settings cannot work.
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

/**
 * The output could not be written, for example because the disk is full.
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
 * A receipt belongs to another sink, other settings or another input.
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
    return `cannot resume with ${this.path}: ${this.problem}. ${startAgainSentence(this.remove)}`
  }
}

/**
 * The output would be empty, because no record was written. Nothing was published.
 *
 * @category errors
 * @since 0.1.0
 */
export class EmptyOutput extends TaggedError<EmptyOutput>("@chatferry/core/SinkError/EmptyOutput")(
  "EmptyOutput",
  {
    /** What was read, and what happened to it. */
    outcome: Schema.String
  }
) {
  override get message(): string {
    return `the output would be empty, so nothing was published: ${this.outcome}. If this is intended, set policy.allowEmpty to true and run again.`
  }
}

/**
 * A receipt that the sink cannot read. Its checkpoint has a valid checksum and belongs
 * to the same settings, so it is not damaged.
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
 * The entities cannot be written together, for example because two claim the same id.
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
 * The output violates the rules of its format. This is a defect of the sink; nothing
 * was published.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidOutput extends TaggedError<InvalidOutput>("@chatferry/core/SinkError/InvalidOutput")(
  "InvalidOutput",
  {
    directory: Schema.String,
    /** The broken rules with their locations, without content. */
    problems: Schema.Array(Schema.String)
  }
) {
  override get message(): string {
    return `the output in ${this.directory} is invalid and was not published: ${this.problems.join("; ")}. This is a defect of the sink; please report it with these rules. The files are kept as *.part`
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
  RequestRejected,
  RequestFailed
])
/**
 * @category errors
 * @since 0.1.0
 */
export type SinkErrorReason = typeof SinkErrorReason.Type

/**
 * A failure of a sink, with the sink's name and the reason.
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
 * Runs code that throws only if a file cannot be read or written, or if JSON that the
 * sink staged is damaged. The exception becomes `WriteFailed` or `StagedDataDamaged` of
 * the sink, without content.
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
 * Turns the defect of damaged staged JSON, wherever it is parsed, into a failure of the
 * sink. `path` is where the JSON was staged.
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
 * True for errors of a sink, including errors from another copy of this package.
 *
 * @category guards
 * @since 0.1.0
 */
export const isSinkError = (error: unknown): error is SinkError =>
  Predicate.isTagged(error, "SinkError") && "sink" in error && "reason" in error

// internal

/** The reason for an exception thrown while a sink worked on its files. */
const reasonOf = (path: string, cause: unknown): WriteFailed | StagedDataDamaged =>
  cause instanceof InvalidJson
    ? new StagedDataDamaged({ path, problem: `holds JSON that is not valid: ${cause.message}` })
    : new WriteFailed({ path, cause })
