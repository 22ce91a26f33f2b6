/**
 * Why a migration did not end.
 *
 * Reasons here are the runner's own; a source's and a sink's failures come as
 * `SourceError` and `SinkError`. After every one of them but `InvalidConfig` and
 * `TransformFailed` the same command resumes where the run stopped, once the
 * reason is fixed. A transform that is fixed is another one.
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
import { OwnershipLost, WAIT_OR_MOVE } from "./files/FolderLock.ts"
import { InvalidConfig } from "./internal/errors/invalidConfig.ts"
import { OutOfBalance } from "./internal/errors/outOfBalance.ts"
import { StagedDataDamaged } from "./internal/errors/stagedDataDamaged.ts"
import { startAgain } from "./internal/errors/startAgain.ts"
import { TransformFailed } from "./internal/transforms/failure.ts"

export {
  /**
   * Another process has taken over the state folder of this run.
   *
   * @category errors
   * @since 0.1.0
   */
  OwnershipLost
} from "./files/FolderLock.ts"

export {
  /**
   * What the run has staged in its state folder is not what it wrote.
   *
   * @category errors
   * @since 0.1.0
   */
  StagedDataDamaged
} from "./internal/errors/stagedDataDamaged.ts"

export {
  /**
   * Records vanished or appeared: a defect of a source or a sink.
   *
   * @category errors
   * @since 0.1.0
   */
  OutOfBalance
} from "./internal/errors/outOfBalance.ts"

export {
  /**
   * A setting of the migration cannot work.
   *
   * @category errors
   * @since 0.1.0
   */
  InvalidConfig,
  /**
   * A transform threw, or gave something that is not a result. The message names
   * the transform, the record and what is wrong.
   *
   * @category errors
   * @since 0.1.0
   */
  TransformFailed
}

/**
 * The state folder cannot be read or written.
 *
 * @category errors
 * @since 0.1.0
 */
export class StateFailed extends TaggedError<StateFailed>("@chatferry/core/MigrationError/StateFailed")(
  "StateFailed",
  { path: Schema.String, cause: Schema.Defect() }
) {
  override get message(): string {
    return SystemProblem.sentence("cannot keep the state in", this.path, this.cause)
  }
}

/**
 * Another process works on the same migration.
 *
 * @category errors
 * @since 0.1.0
 */
export class AlreadyRunning extends TaggedError<AlreadyRunning>(
  "@chatferry/core/MigrationError/AlreadyRunning"
)("AlreadyRunning", {
  /** The state folder. */
  path: Schema.String,
  /** How that process names itself; `undefined` when it has not yet. */
  holder: Schema.UndefinedOr(Schema.String)
}) {
  override get message(): string {
    const holder = this.holder === undefined ? "" : ` (${this.holder})`
    return `another process is running this migration${holder}; its state is in ${this.path}. ${WAIT_OR_MOVE}.`
  }
}

/**
 * The checkpoint must not be used: it was damaged, written by another version,
 * or belongs to another input or other settings. `problem` names what has changed,
 * with old and new values; never secrets or code.
 *
 * @category errors
 * @since 0.1.0
 */
export class CheckpointRefused extends TaggedError<CheckpointRefused>(
  "@chatferry/core/MigrationError/CheckpointRefused"
)("CheckpointRefused", {
  /** The file that is refused. */
  path: Schema.String,
  why: Schema.Literals(["damaged", "version", "changed"]),
  problem: Schema.String,
  /** For `Migration.Policy.acceptCode`, where nothing but code has changed. */
  acceptCode: Schema.optionalKey(Schema.Array(Schema.String)),
  /** What to remove to start again, in words. */
  remove: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const again = startAgain(this.remove)
    if (this.why !== "changed") return `cannot resume from ${this.path}: ${this.problem}. To go on, ${again}.`
    const accept = this.acceptCode ?? []
    const orAccept =
      accept.length === 0
        ? ""
        : ` If the results are the same for every record that has been read, say so with policy.acceptCode: ${JSON.stringify(accept)}.`
    return `cannot resume, because the run was started with other settings or input: ${this.problem}.${orAccept} Put back what has changed, or ${again}.`
  }
}

/**
 * More records were rejected than the error budget allows.
 *
 * @category errors
 * @since 0.1.0
 */
export class BudgetExceeded extends TaggedError<BudgetExceeded>(
  "@chatferry/core/MigrationError/BudgetExceeded"
)("BudgetExceeded", {
  rejected: Schema.Finite,
  read: Schema.Finite,
  allowed: Schema.Finite,
  rejects: Schema.String,
  /** What to remove to start again, in words. */
  remove: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    return `${this.rejected} of ${this.read} records were rejected; the budget allows ${this.allowed}. Look at ${this.rejects}, then raise policy.errorBudget and run again; lines can be corrected once the run has come to its end, with the option corrections. If the input has to be fixed, fix it and ${startAgain(this.remove)}.`
  }
}

/**
 * The migration ended earlier, and its output is not there any more.
 *
 * @category errors
 * @since 0.1.0
 */
export class OutputMissing extends TaggedError<OutputMissing>("@chatferry/core/MigrationError/OutputMissing")(
  "OutputMissing",
  {
    path: Schema.String,
    state: Schema.String,
    /** What to remove to start again, in words. */
    remove: Schema.optionalKey(Schema.String)
  }
) {
  override get message(): string {
    return `this migration is finished, and the file ${this.path} of its output is gone or changed. Put it back, or ${startAgain(this.remove ?? `the folder ${this.state} and what is left of the output`)}.`
  }
}

/**
 * The corrections that a run was given cannot be put in place. Nothing has been
 * written, and what an earlier run has published is as it was.
 *
 * @category errors
 * @since 0.1.0
 */
export class CorrectionsRefused extends TaggedError<CorrectionsRefused>(
  "@chatferry/core/MigrationError/CorrectionsRefused"
)("CorrectionsRefused", {
  /** The file with the corrections. */
  path: Schema.String,
  problem: Schema.String,
  hint: Schema.String
}) {
  override get message(): string {
    return `cannot run with the corrections in ${this.path}: ${this.problem}. ${this.hint}.`
  }
}

/**
 * Everything that can go wrong in the runner.
 *
 * @category errors
 * @since 0.1.0
 */
export const MigrationErrorReason = Schema.Union([
  InvalidConfig,
  StateFailed,
  AlreadyRunning,
  OwnershipLost,
  CheckpointRefused,
  StagedDataDamaged,
  BudgetExceeded,
  OutOfBalance,
  OutputMissing,
  CorrectionsRefused,
  TransformFailed
])
/**
 * @category errors
 * @since 0.1.0
 */
export type MigrationErrorReason = typeof MigrationErrorReason.Type

/**
 * Failure of a migration, with its id and the reason.
 *
 * @category errors
 * @since 0.1.0
 */
export class MigrationError extends TaggedError<MigrationError>("@chatferry/core/MigrationError")(
  "MigrationError",
  { migration: Schema.String, reason: MigrationErrorReason }
) {
  override get message(): string {
    return Printable.line(`migration ${this.migration}: ${this.reason.message}`, Printable.MAX_MESSAGE)
  }
}

/**
 * Tells the error of a migration from other errors, also from one of another copy of
 * this package.
 *
 * @category guards
 * @since 0.1.0
 */
export const isMigrationError = (error: unknown): error is MigrationError =>
  Predicate.isTagged(error, "MigrationError") && "migration" in error && "reason" in error
