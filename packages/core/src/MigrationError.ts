/**
 * Why a migration did not finish.
 *
 * These are the runner's own reasons; failures of a source or a sink are `SourceError`
 * and `SinkError`. Once the cause is fixed, the same command resumes where the run
 * stopped, except after `InvalidConfig` and `TransformFailed`: a fixed transform is a
 * different transform.
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
import { startAgain, startAgainSentence } from "./internal/errors/startAgain.ts"
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
   * The data that the run staged in its state folder is not what it wrote.
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
   * A transform threw, or returned something that is not a valid result. The message
   * names the transform, the record and the problem.
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
 * Another process is running the same migration.
 *
 * @category errors
 * @since 0.1.0
 */
export class AlreadyRunning extends TaggedError<AlreadyRunning>(
  "@chatferry/core/MigrationError/AlreadyRunning"
)("AlreadyRunning", {
  /** The state folder. */
  path: Schema.String,
  /** How that process identifies itself; `undefined` if it has not yet done so. */
  holder: Schema.UndefinedOr(Schema.String)
}) {
  override get message(): string {
    const holder = this.holder === undefined ? "" : ` (${this.holder})`
    return `another process is running this migration${holder}; its state is in ${this.path}. ${WAIT_OR_MOVE}.`
  }
}

/**
 * The checkpoint must not be used: it is damaged, was written by another version, or
 * belongs to different input or settings. `problem` names what has changed, with old
 * and new values, but never secrets or code.
 *
 * @category errors
 * @since 0.1.0
 */
export class CheckpointRejected extends TaggedError<CheckpointRejected>(
  "@chatferry/core/MigrationError/CheckpointRejected"
)("CheckpointRejected", {
  /** The checkpoint's file. */
  path: Schema.String,
  why: Schema.Literals(["damaged", "version", "changed"]),
  problem: Schema.String,
  /** The value for `Migration.Policy.acceptCode`, if only code has changed. */
  acceptCode: Schema.optionalKey(Schema.Array(Schema.String)),
  /** What to remove to start again, in words. */
  remove: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    if (this.why !== "changed") {
      return `cannot resume from ${this.path}: ${this.problem}. ${startAgainSentence(this.remove)}`
    }
    const accept = this.acceptCode ?? []
    const orAccept =
      accept.length === 0
        ? ""
        : ` If the results are the same for every record that has been read, accept the change with policy.acceptCode: ${JSON.stringify(accept)}.`
    return `cannot resume, because the run was started with other settings or input: ${this.problem}.${orAccept} Undo the changes, or ${startAgain(this.remove)}.`
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
    return `${this.rejected} of ${this.read} records were rejected; the budget allows ${this.allowed}. Look at ${this.rejects}, then raise policy.errorBudget and run again; once the run has ended, lines can be corrected with the option corrections. If the input has to be fixed, fix it and ${startAgain(this.remove)}.`
  }
}

/**
 * The migration finished earlier, and its output no longer exists.
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
    return `this migration is finished, but the output file ${this.path} is missing or has changed. Restore it, or ${startAgain(this.remove ?? `the folder ${this.state} and what is left of the output`)}.`
  }
}

/**
 * The corrections that a run was given cannot be applied. Nothing has been written, and
 * the output of an earlier run is unchanged.
 *
 * @category errors
 * @since 0.1.0
 */
export class CorrectionsRejected extends TaggedError<CorrectionsRejected>(
  "@chatferry/core/MigrationError/CorrectionsRejected"
)("CorrectionsRejected", {
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
 * The worker threads of a run cannot be used: their module cannot be imported or does
 * not have the migration of the run, or a thread has ended several times in one
 * segment or task. Everything that was written before is committed.
 *
 * @category errors
 * @since 0.1.0
 */
export class ThreadsFailed extends TaggedError<ThreadsFailed>("@chatferry/core/MigrationError/ThreadsFailed")(
  "ThreadsFailed",
  { module: Schema.String, problem: Schema.String }
) {
  override get message(): string {
    return `worker threads cannot be used with ${this.module}: ${this.problem}. Fix it, or run without threads.`
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
  CheckpointRejected,
  StagedDataDamaged,
  BudgetExceeded,
  OutOfBalance,
  OutputMissing,
  CorrectionsRejected,
  ThreadsFailed,
  TransformFailed
])
/**
 * @category errors
 * @since 0.1.0
 */
export type MigrationErrorReason = typeof MigrationErrorReason.Type

/**
 * A failure of a migration, with the migration's id and the reason.
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
 * True for errors of a migration, including errors from another copy of this package.
 *
 * @category guards
 * @since 0.1.0
 */
export const isMigrationError = (error: unknown): error is MigrationError =>
  Predicate.isTagged(error, "MigrationError") && "migration" in error && "reason" in error
