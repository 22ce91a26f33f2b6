/**
 * Rules that kill real processes, as values that any test runner can
 * run.
 *
 * `SourceContract` and `SinkContract` simulate kills within one process, where a
 * connector keeps what it has in memory. Here a separate process runs a
 * migration from the source to the sink and ends itself with SIGKILL before a call
 * of the file system or a batch. Another process resumes the migration. The kills
 * always come at the same moments, and a broken rule names its moment.
 *
 * All rules share one experiment, which runs when the first of them is
 * checked: three processes for each kill, two at a time, a few seconds in all.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as SourceHarness from "../harness/SourceHarness.ts"
import { first, rule, type Verdict } from "../internal/contract/engine/rule.ts"
import { accounts, endsInBytes, leavesNothing } from "../internal/contract/kill/checks.ts"
import { experiment, type Outcome } from "../internal/contract/kill/experiment.ts"
import type { Services } from "../internal/contract/kill/processes.ts"
import * as ThisProcess from "../internal/contract/kill/thisProcess.ts"
import type { Rule } from "./Contract.ts"

/**
 * A function that another process can import.
 *
 * @category models
 * @since 0.1.0
 */
export interface Exported {
  /** URL of the module, such as `import.meta.resolve("./connectors.ts")`. Not a test module: importing it would run its tests. */
  readonly module: string
  /** The name under which the module exports it. */
  readonly name: string
}

/**
 * What is migrated, and how often it is killed.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options<E = never, R = never> {
  /** Makes the source. It is called with the input and with a folder for exports that the source requests. */
  readonly source: Exported
  /** Makes the sink. It is called with the output folder. */
  readonly sink: Exported
  /**
   * The files of the input folder, or an effect that gives a text, such as the
   * address of an emulator. @default no text
   */
  readonly input?: SourceHarness.Files | Effect.Effect<string, E, R> | undefined
  /** Number of kills, spread evenly over a run. @default 4 */
  readonly kills?: number | undefined
  /** Records between two checkpoints. Choose a small part of the input, or each run starts from scratch after a kill. @default 100 */
  readonly checkpointRecords?: number | undefined
  /** Node options of the processes. @default those of this process */
  readonly node?: ReadonlyArray<string> | undefined
}

/**
 * Lists the rules for the source and the sink of a process that is killed.
 *
 * @category testing
 * @since 0.1.0
 */
export const rules = <E = never, R = never>(
  options: Options<E, R>
): ReadonlyArray<Rule<Services | Exclude<R, Scope.Scope>>> => {
  const { checkpointRecords = 100, kills = 4, node = ThisProcess.node().options, sink, source } = options
  const setting = { source, sink, kills, checkpointRecords, node }
  const made = once(
    Effect.scoped(Effect.flatMap(inputOf(options.input), (input) => experiment(setting, input)))
  )
  const about = (name: string, judge: (outcome: Outcome) => Verdict | undefined) =>
    rule(name, Effect.map(made, judge))
  return [
    about("publishes the same bytes after a kill at any moment", ({ once, undisturbed }) =>
      first(once.map((killed) => endsInBytes(undisturbed, killed)))
    ),
    about("publishes the same bytes after repeated kills", ({ again, undisturbed }) =>
      endsInBytes(undisturbed, again)
    ),
    about("accounts for the same records after a kill", ({ once, undisturbed }) =>
      first(once.map((killed) => accounts(undisturbed, killed)))
    ),
    about("leaves behind only the files of an undisturbed run", ({ once, undisturbed }) =>
      first(once.map((killed) => leavesNothing(undisturbed, killed)))
    )
  ]
}

// internal

const inputOf = <E, R>(
  input: Options<E, R>["input"]
): Effect.Effect<string, unknown, R | Services | Scope.Scope> => {
  if (input === undefined) return Effect.succeed("")
  return Effect.isEffect(input) ? input : SourceHarness.folderOf(input)
}

/** Runs the experiment once and keeps its exit, including a failure. */
const once = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  let kept: Effect.Effect<A, E, R> | undefined
  return Effect.suspend(() => (kept ??= Effect.runSync(Effect.cached(effect))))
}
