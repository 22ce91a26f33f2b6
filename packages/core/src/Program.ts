/**
 * Runs a migration as a command-line program, with its output and exit code.
 *
 * The report goes to standard output, progress and errors to standard error. If a run
 * can be resumed, its last line is the command that resumes it. Exit codes: 0
 * completed, 1 wrong usage or settings, 2 completed with rejects, 3 failed but can be
 * resumed; 129, 130 and 143 interrupted by SIGHUP, SIGINT or SIGTERM, can be resumed.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Printable from "./errors/Printable.ts"
import * as TaggedError from "./errors/TaggedError.ts"
import * as Ending from "./internal/program/ending.ts"
import * as Heap from "./internal/program/heap.ts"
import * as NodeProcess from "./internal/program/nodeProcess.ts"
import * as Progress from "./Progress.ts"
import * as Report from "./Report.ts"
import * as Setting from "./settings/Setting.ts"
import * as Settings from "./settings/Settings.ts"
import * as Start from "./Start.ts"

/**
 * The program ended with an exit code other than 0, and has already printed why.
 *
 * @category errors
 * @since 0.1.0
 */
export class Ended extends Data.TaggedError("Ended")<{ readonly code: 1 | 2 | 3 }> {
  override readonly [Runtime.errorExitCode] = this.code
  override readonly [Runtime.errorReported] = false

  static {
    TaggedError.shown(this)
  }

  override get message(): string {
    return `the program ended with exit code ${this.code}`
  }
}

export {
  /**
   * A required environment variable is not set, or is empty.
   *
   * @category errors
   * @since 0.1.0
   */
  MissingVariable
} from "./internal/program/ending.ts"

/**
 * The rejection of a promise that the signal aborts, as with Node's own functions.
 * `cause` is the signal's reason.
 *
 * @category errors
 * @since 0.1.0
 */
export class AbortError extends Error {
  override readonly name = "AbortError"
  readonly code = "ABORT_ERR"
}

/**
 * How a program behaves.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options {
  /** The command that starts this program again with the same arguments. */
  readonly command: string
  /** Environment variables that the command needs. They are named before the command. @default [] */
  readonly variables?: ReadonlyArray<string> | undefined
  /** Whether to show progress for a migration without a renderer of its own. @default "auto" */
  readonly progress?: "auto" | "none" | undefined
}

/**
 * The schema of `Options`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const Options = Schema.Struct({
  command: Setting.name,
  variables: Settings.withDefault(
    Schema.Array(Setting.name).annotate({ expected: "a list of names of variables" }),
    []
  ),
  progress: Settings.withDefault(Setting.oneOf("auto", "none"), "auto")
})

/**
 * Runs a migration, shows its progress and reports how it ended. `NodeRuntime.runMain`
 * turns the result into the exit code.
 *
 * The process should run nothing but the migration. Its heap is kept small from here
 * on, so that memory use does not depend on the machine. A closed terminal (SIGHUP)
 * stops it as Ctrl-C does: everything that has been written is committed first. To keep
 * Node's default behaviour, run the migration without this function.
 *
 * @category running
 * @since 0.1.0
 */
export const run = <E, R>(
  migration: Effect.Effect<Report.Report, E, R>,
  options: Options
): Effect.Effect<Report.Report, Ended, R | Stdio.Stdio> =>
  Result.match(Settings.result(Options, options), {
    onFailure: ({ message }) => Effect.andThen(Console.error(`Program.run: ${message}`), end(1)),
    onSuccess: (checked) => runChecked(migration, checked)
  })

/**
 * Ends the program with an exit code, after all of its output is written. Failing with
 * `Ended` alone would cut off output that a slow pipe has not accepted yet.
 *
 * @category running
 * @since 0.1.0
 */
export const end = (code: Ended["code"]): Effect.Effect<never, Ended> =>
  Effect.andThen(NodeProcess.written, new Ended({ code }))

/**
 * Reads a secret from an environment variable. If it is missing or empty, the error
 * names it and says how to set it, and `run` ends with exit code 1.
 *
 * @category configuration
 * @since 0.1.0
 */
export const secret = (
  variable: string,
  /** Where to find the value: `the token is in the dashboard under Settings`. */
  where?: string
): Effect.Effect<Redacted.Redacted, Ending.MissingVariable> =>
  Effect.flatMap(
    Effect.orElseSucceed(Config.Redacted(variable), () => Redacted.make("")),
    (value) =>
      Redacted.value(value) === ""
        ? Effect.fail(new Ending.MissingVariable({ variable, ...(where === undefined ? {} : { where }) }))
        : Effect.succeed(value)
  )

/**
 * Runs an effect such as a migration for callers that use promises. If the signal
 * aborts, the effect is interrupted, everything that has been written is committed, and
 * the promise rejects with `AbortError`. A failure rejects with the error itself.
 *
 * @category running
 * @since 0.1.0
 */
export const runPromise = <A, E>(
  effect: Effect.Effect<A, E>,
  options?: { readonly signal?: AbortSignal | undefined }
): Promise<A> =>
  Effect.runPromiseExit(effect, options).then((exit) => {
    if (Exit.isSuccess(exit)) return exit.value
    const signal = options?.signal
    throw signal?.aborted === true && Cause.hasInterruptsOnly(exit.cause)
      ? new AbortError("The migration was aborted", { cause: signal.reason })
      : Cause.squash(exit.cause)
  })

// internal

const runChecked = <E, R>(
  migration: Effect.Effect<Report.Report, E, R>,
  options: typeof Options.Type
): Effect.Effect<Report.Report, Ended, R | Stdio.Stdio> => {
  const toContinue = Console.error(continuation(options))
  return Effect.sync(Heap.keepSmall).pipe(
    Effect.andThen(showing(migration, options.progress)),
    // Logs, such as those about a wait, are not part of the result.
    Effect.provideService(Start.Listener, (start) => Console.error(Start.line(start))),
    Effect.provideService(References.LogToStderr, true),
    Effect.onInterrupt(() => toContinue),
    Effect.catchCause((cause) => {
      if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
      const { code, isResumable, text } = Ending.of(cause)
      return Console.error(text).pipe(
        Effect.andThen(isResumable ? toContinue : Effect.void),
        Effect.andThen(end(code))
      )
    }),
    Effect.tap((report) => Console.log(Report.format(report))),
    Effect.tap((report) => (report.status === "completed" ? Effect.void : end(2))),
    NodeProcess.withSignals
  )
}

const continuation = ({ command, variables = [] }: Options) => {
  const are = variables.length === 1 ? "it is" : "they are"
  const first =
    variables.length === 0 ? [] : [`First set ${variables.join(" and ")}, unless ${are} still set.`]
  return [...first, `To continue: ${Printable.line(command, Printable.MAX_MESSAGE)}`].join("\n")
}

const showing = Effect.fnUntraced(function* <A, E, R>(
  migration: Effect.Effect<A, E, R>,
  progress: "auto" | "none"
) {
  const stdio = yield* Stdio.Stdio
  if (progress === "none") return yield* Effect.provideService(migration, Progress.Default, undefined)
  const renderer: Progress.Renderer = (values) =>
    Effect.provideService(Progress.auto(values), Stdio.Stdio, stdio)
  const shown = Effect.provideService(migration, Progress.Default, renderer)
  if (!(yield* stdio.stderrIsTerminal)) return yield* shown
  const console = yield* Console.Console
  return yield* Effect.provideService(shown, Console.Console, aboveBar(console))
})

/** A logged line replaces the progress bar, which reappears below it. */
const aboveBar = (console: Console.Console): Console.Console => ({
  ...console,
  error: (...words) => console.error(`${Progress.REWRITE}${String(words[0])}`, ...words.slice(1))
})
