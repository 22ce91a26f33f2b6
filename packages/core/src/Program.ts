/**
 * A migration as a command-line program: what it prints and its exit code.
 *
 * The report goes to standard output, trouble to standard error, and the last
 * line of a run that can go on is the command to do so. Exit codes: 0 done, 2
 * done with rejects, 3 failed and can go on, 1 wrong use or settings, 130
 * interrupted and can go on.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import type * as Runtime from "effect/Runtime"
import * as Report from "./Report.ts"

/**
 * Runs a migration and says how it ended. Use it with `teardown`:
 *
 * `NodeRuntime.runMain({ teardown: Program.teardown, disableErrorReporting: true })`
 *
 * @category running
 * @since 0.1.0
 */
export const run = <E, R>(
  migration: Effect.Effect<Report.Report, E, R>,
  options: {
    /** The command that starts this program again with the same arguments. */
    readonly command: string
  }
): Effect.Effect<Report.Report, E, R> =>
  migration.pipe(
    Effect.tap((report) => Console.log(Report.format(report))),
    Effect.tapCause((cause) =>
      Effect.gen(function* () {
        const code = exitCode(Exit.failCause(cause))
        if (code !== INTERRUPTED) yield* Console.error(describe(cause))
        if (code !== WRONG_USE) yield* Console.error(`To continue: ${options.command}`)
      })
    )
  )

/**
 * Ends the process with the exit codes above.
 *
 * @category running
 * @since 0.1.0
 */
export const teardown: Runtime.Teardown = (exit, onExit) => onExit(exitCode(exit))

/**
 * The exit code of a migration that ended like this.
 *
 * @category running
 * @since 0.1.0
 */
export const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) {
    return Predicate.hasProperty(exit.value, "status") && exit.value.status === "completed_with_rejects"
      ? 2
      : 0
  }
  if (Cause.hasInterruptsOnly(exit.cause)) return INTERRUPTED
  const error = Cause.squash(exit.cause)
  return isMigrationFailure(error) && !isWrongUse(error.reason) ? 3 : WRONG_USE
}

// internal

const WRONG_USE = 1
const INTERRUPTED = 130

const isMigrationFailure = (error: unknown): error is { readonly reason: object } =>
  Predicate.hasProperty(error, "_tag") &&
  (error._tag === "MigrationError" || error._tag === "SourceError" || error._tag === "SinkError") &&
  Predicate.hasProperty(error, "reason") &&
  Predicate.isObject(error.reason)

const isWrongUse = (reason: object) =>
  Predicate.hasProperty(reason, "_tag") &&
  (reason._tag === "InvalidConfig" || reason._tag === "CheckpointRefused" || reason._tag === "OutputMissing")

const describe = (cause: Cause.Cause<unknown>) => {
  const error = Cause.squash(cause)
  if (!isMigrationFailure(error)) return Cause.pretty(cause)
  const { reason } = error
  const inner =
    Predicate.hasProperty(reason, "cause") && reason.cause instanceof Error
      ? ` (${reason.cause.message})`
      : ""
  return `${error instanceof Error ? error.message : String(error)}${inner}`
}
