/**
 * Rules about real processes that are killed, as values that any test runner can
 * run.
 *
 * `SourceContract` and `SinkContract` play kills in one process, where what a
 * connector keeps in memory is there still. Here a process of its own runs a
 * migration from the source to the sink, ends itself with SIGKILL before some call
 * of the file system or some batch, and another process goes on. The same moments
 * come each time, and a broken rule names the one.
 *
 * All rules look at one experiment, which is made when the first of them is
 * checked: three processes for each kill, two at once, so some seconds in all.
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
 * A function that another process finds by itself.
 *
 * @category models
 * @since 0.1.0
 */
export interface Exported {
  /** URL of the module, such as `import.meta.resolve("./connectors.ts")`. It may not be a test: its tests would run. */
  readonly module: string
  /** What the module exports it as. */
  readonly name: string
}

/**
 * What is migrated, and how often it is killed.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options<E = never, R = never> {
  /** Is called with the input, and with a folder where a source that has exports made keeps them. Gives the source. */
  readonly source: Exported
  /** Is called with the folder to write into. Gives the sink. */
  readonly sink: Exported
  /**
   * Files, whose folder is the input; or an effect that gives a text, such as the
   * address of an emulator. @default no text
   */
  readonly input?: SourceHarness.Files | Effect.Effect<string, E, R> | undefined
  /** How many moments, spread evenly over a run. @default 4 */
  readonly kills?: number | undefined
  /** Records between two checkpoints: a small part of the input, or a run begins again after each kill. @default 100 */
  readonly checkpointRecords?: number | undefined
  /** Options of Node for the processes. @default those of this process */
  readonly node?: ReadonlyArray<string> | undefined
}

/**
 * Lists the rules for a source and a sink whose process is killed.
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
    about("ends in the same bytes after a kill at any moment", ({ once, undisturbed }) =>
      first(once.map((killed) => endsInBytes(undisturbed, killed)))
    ),
    about("ends in the same bytes after one kill after the other", ({ again, undisturbed }) =>
      endsInBytes(undisturbed, again)
    ),
    about("accounts for the same records after a kill", ({ once, undisturbed }) =>
      first(once.map((killed) => accounts(undisturbed, killed)))
    ),
    about("leaves no file behind that a run without a kill does not", ({ once, undisturbed }) =>
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

/** What it came to is kept, a failure too. */
const once = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  let kept: Effect.Effect<A, E, R> | undefined
  return Effect.suspend(() => (kept ??= Effect.runSync(Effect.cached(effect))))
}
