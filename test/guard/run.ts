/** Runs cases, each in its own folder, and gives their lines. */
import { type Report } from "@chatferry/core"
import { Cause, Clock, Effect, type Exit, FileSystem, Logger, Path, Scope } from "effect"
import type { ChildProcessSpawner } from "effect/process"
import type { Attempt, Case, Locations, Services, Stops } from "./case.ts"
import { differences, words } from "./compare.ts"
import { type Input, PREFIX } from "./inputs.ts"
import { NOW } from "./now.ts"
import { type Line, lineOf, Violation } from "./outcome.ts"
import * as Stop from "./stops.ts"

/** Fails when a run that was stopped and resumed has a different result from an undisturbed one. */
export type Run = (
  one: Case
) => Effect.Effect<Line, Violation, Services | ChildProcessSpawner.ChildProcessSpawner>

/** Makes the function that runs cases. Inputs are written once and kept while the scope is open. */
export const make: Effect.Effect<Run, never, Scope.Scope> = Effect.map(Effect.scope, (scope): Run => {
  const laid = new Map<Input, string>()
  const inputOf = (input: Input) =>
    Effect.suspend(() => {
      const known = laid.get(input)
      return known === undefined
        ? Effect.tap(Effect.provideService(input, Scope.Scope, scope), (path) =>
            Effect.sync(() => laid.set(input, path))
          )
        : Effect.succeed(known)
    })
  return (one) =>
    Effect.gen(function* () {
      const input = yield* inputOf(one.input)
      const alone = yield* inFolder(one, input, (attempt, at) =>
        Effect.flatMap(Effect.exit(attempt), (exit) => lineOf(one.name, exit, at))
      )
      for (const stops of one.stops ?? []) yield* resumed(one, input, stops, alone)
      return alone
    }).pipe(
      Effect.provideServiceEffect(Clock.Clock, frozenClock),
      // Stopped runs warn about what they could not commit.
      Effect.provide(Logger.layer([])),
      Effect.catchCause((cause) => {
        const error = Cause.squash(cause)
        const problem = error instanceof Violation ? error.message : Cause.pretty(cause)
        return Effect.fail(new Violation(`${one.name}: ${problem}`))
      })
    )
})

// internal

/** Maximum number of differences in an error. */
const FEW = 12

const frozenClock = Effect.map(Clock.Clock, (clock): Clock.Clock => ({
  currentTimeMillisUnsafe: () => NOW,
  currentTimeMillis: Effect.succeed(NOW),
  currentTimeNanosUnsafe: () => BigInt(NOW) * 1_000_000n,
  currentTimeNanos: Effect.succeed(BigInt(NOW) * 1_000_000n),
  monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: clock.monotonicTimeNanos,
  sleep: (duration) => clock.sleep(duration)
}))

const inFolder = <A, E, R>(
  { prepare }: Case,
  input: string,
  use: (attempt: Attempt, at: Locations) => Effect.Effect<A, E, R>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const folder = yield* fs.realPath(yield* fs.makeTempDirectoryScoped({ prefix: PREFIX }))
      const at = { input, out: path.join(folder, "out"), state: path.join(folder, "state") }
      return yield* use(yield* prepare(at), at)
    })
  )

/** Stops and resumes a run in one of the ways, and compares the result with that of the undisturbed run. */
const resumed = (one: Case, input: string, stops: Stops, alone: Line) =>
  Effect.gen(function* () {
    const ended = (exit: Exit.Exit<Report.Report, unknown>, at: Locations, how: string) =>
      Effect.map(lineOf(one.name, exit, at), (line) => {
        const found = differences(alone, line)
        if (found.length === 0) return
        const first = found.slice(0, FEW).map((each) => words(each))
        const more = found.length > FEW ? ` and ${found.length - FEW} more` : ""
        throw new Violation(`stopped ${how} and resumed: ${first.join("; ")}${more}`)
      })
    let hasResumed = false
    for (let n = 1, isDone = false; !isDone; n++) {
      isDone = yield* inFolder(one, input, (attempt, at) =>
        Effect.gen(function* () {
          const run =
            stops === "growing"
              ? Stop.growing(attempt)
              : stops === "killed"
                ? Stop.killed(one.name, attempt, at)
                : Stop.once(attempt, n)
          const stopped = yield* run
          if (stopped === undefined) return true
          hasResumed ||= stopped.resumed > 0
          yield* ended(stopped.exit, at, stops === "each" ? `at renaming ${n}` : `${stopped.stopped} times`)
          return stops !== "each"
        })
      )
    }
    if (!hasResumed) throw new Violation(`no attempt has found a checkpoint (${stops})`)
  })
