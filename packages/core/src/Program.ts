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
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import * as Runtime from "effect/Runtime"
import * as Heap from "./internal/heap.ts"
import { MigrationError } from "./MigrationError.ts"
import * as Printable from "./Printable.ts"
import * as Report from "./Report.ts"
import { SinkError } from "./SinkError.ts"
import { SourceError } from "./SourceError.ts"
import * as Start from "./Start.ts"

/**
 * The program ended with an exit code other than 0, and has said why.
 *
 * @category errors
 * @since 0.1.0
 */
export class Ended extends Data.TaggedError("Ended")<{ readonly code: 1 | 2 | 3 }> {
  override readonly [Runtime.errorExitCode] = this.code
  override readonly [Runtime.errorReported] = false
}

/**
 * Runs a migration and says how it ended. `NodeRuntime.runMain` turns the
 * result into the exit code.
 *
 * The process is the migration's own: its heap is kept small from here on, so
 * that memory does not grow with the machine. To keep Node's way of sizing the
 * heap, run the migration without this.
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
): Effect.Effect<Report.Report, Ended, R> => {
  const toContinue = Console.error(`To continue: ${Printable.line(options.command, Printable.MAX_MESSAGE)}`)
  return Effect.sync(Heap.keepSmall).pipe(
    // What is logged meanwhile, such as a wait, is not the result.
    Effect.andThen(Effect.provideService(migration, References.LogToStderr, true)),
    Effect.provideService(Start.Listener, (start) => Console.error(Start.line(start))),
    Effect.onInterrupt(() => toContinue),
    Effect.catchCause((cause) => {
      if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
      const code = exitCode(Cause.squash(cause))
      return Console.error(describe(cause)).pipe(
        Effect.andThen(code === 1 ? Effect.void : toContinue),
        Effect.andThen(new Ended({ code }))
      )
    }),
    Effect.tap((report) => Console.log(Report.format(report))),
    Effect.tap((report) => (report.status === "completed" ? Effect.void : new Ended({ code: 2 })))
  )
}

// internal

const isOurs = (error: unknown): error is MigrationError | SourceError | SinkError =>
  error instanceof MigrationError || error instanceof SourceError || error instanceof SinkError

/** Reasons that running the same command again cannot mend. */
const wrongUse: ReadonlySet<string> = new Set([
  "InvalidConfig",
  "InvalidPosition",
  "InvalidReceipt",
  "EmptyOutput",
  "UnrecognisedInput",
  "Conflict",
  "CheckpointRefused",
  "OutputMissing",
  "TransformFailed"
])

const exitCode = (error: unknown): 1 | 3 => {
  if (!isOurs(error)) return 3
  const { _tag } = error.reason
  return wrongUse.has(_tag) ? 1 : 3
}

/** What failed; where only for a defect and for a user's own function. */
const describe = (cause: Cause.Cause<unknown>) => {
  const error = Cause.squash(cause)
  if (isOurs(error)) {
    const frames = error.reason._tag === "TransformFailed" ? error.reason.frames.slice(1) : []
    return Printable.lines([error.message, ...frames.map((frame) => `    ${frame}`)].join("\n"))
  }
  return Printable.lines(quotesData(error) ? withoutMessage(error) : Cause.pretty(cause))
}

/** The engine's own errors quote values: `JSON.parse` a piece of the text, `in` and property access the operand. */
const quotesData = (error: unknown): error is Error =>
  error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError

const withoutMessage = ({ name, stack = "" }: Error) => {
  const frames = stack.split("\n").filter((line) => /^ {4}at /u.test(line))
  return [`${name} (its message is left out: it may quote data)`, ...frames].join("\n")
}
