/** Runs that are stopped and resumed until they complete. */
import { type Report, Start } from "@chatferry/core"
import { CrashPoint } from "@chatferry/testkit"
import { Cause, Effect, Exit, FileSystem, Stream } from "effect"
import type { ChildProcessSpawner } from "effect/process"
import * as Processes from "../processes.ts"
import type { Attempt, Locations, Services } from "./case.ts"
import { Violation } from "./outcome.ts"

/** How a run finally ended, and how it was disturbed. */
export interface Ended {
  readonly exit: Exit.Exit<Report.Report, unknown>
  readonly stopped: number
  /** Attempts that found a checkpoint. */
  readonly resumed: number
}

/** More attempts than any run needs. */
const MOST = 400

/** Stops each attempt some renamings later than the one before, until one completes. */
export const growing = (attempt: Attempt): Effect.Effect<Ended, Violation, Services> =>
  Effect.gen(function* () {
    let resumed = 0
    for (let n = 2, stopped = 0; n < MOST; n += 3, stopped++) {
      const ended = yield* stopping(attempt, n)
      resumed += ended.isResumed ? 1 : 0
      if (!ended.isStopped) return { exit: ended.exit, stopped, resumed }
    }
    return yield* Effect.fail(
      new Violation(`the run has not come to its end before renaming ${MOST} of an attempt`)
    )
  })

/** Stops one attempt at the n-th renaming and resumes it undisturbed; `undefined` if the first one completes. */
export const once = (attempt: Attempt, n: number): Effect.Effect<Ended | undefined, never, Services> =>
  Effect.gen(function* () {
    const first = yield* stopping(attempt, n)
    if (!first.isStopped) return undefined
    const { exit, isResumed } = yield* stopping(attempt, Infinity)
    return { exit, stopped: 1, resumed: isResumed ? 1 : 0 }
  })

/** Like `growing`, in processes that are killed. The last one completes, and gives its report here. */
export const killed = (
  name: string,
  attempt: Attempt,
  at: Locations
): Effect.Effect<Ended, unknown, Services | ChildProcessSpawner.ChildProcessSpawner> =>
  Effect.gen(function* () {
    let [stopped, resumed] = [0, 0]
    // Not at each renaming: a process takes a second to start.
    for (let n = 5; n < MOST; n += 14) {
      const printed = yield* inProcess([name, at.input, at.out, at.state, String(n)])
      if (printed.includes(RESUMING)) resumed++
      if (printed.endsWith(ENDED)) return { exit: yield* Effect.exit(attempt), stopped, resumed }
      if (!printed.endsWith(KILLED))
        return yield* Effect.fail(new Violation(`a process broke off: ${printed}`))
      stopped++
    }
    return yield* Effect.fail(new Violation(`the run has not come to its end after ${stopped} kills`))
  })

/** The lines that processes print. */
export const [RESUMING, KILLED, ENDED] = ["resuming\n", "killed\n", "ended\n"] as const

// internal

const stopping = (attempt: Attempt, n: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    let isResumed = false
    const exit = yield* attempt.pipe(
      Effect.provideService(FileSystem.FileSystem, CrashPoint.atRename(fs, n)),
      Effect.provideService(Start.Listener, ({ _tag }) =>
        Effect.sync(() => {
          isResumed = _tag === "resuming"
        })
      ),
      Effect.exit
    )
    const isStopped = Exit.isFailure(exit) && Cause.squash(exit.cause) === "stopped"
    return { exit, isStopped, isResumed }
  })

/** The output of a process until it ended or was killed. */
const inProcess = (args: ReadonlyArray<string>) =>
  Effect.scoped(
    Effect.flatMap(Processes.spawn("guard/killed.program.ts", args), ({ all }) =>
      Stream.mkString(Stream.decodeText(all))
    )
  )
