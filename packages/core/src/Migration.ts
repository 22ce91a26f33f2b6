/**
 * Runs a migration: reads a source, transforms, writes a sink, exactly once.
 *
 * Batches are read in the source's order; every so many records the sink is
 * flushed and a checkpoint is saved. A run that was killed at any instant is
 * resumed at the last checkpoint when the same migration is run again, and ends in
 * the same bytes as one that was not disturbed. Memory does not grow with the
 * input.
 *
 * @stability unstable
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import { begin } from "./internal/begin.ts"
import { forSource, OfRun } from "./internal/corrections/ofRun.ts"
import * as Retry from "./internal/corrections/retry.ts"
import { drive } from "./internal/drive.ts"
import { demandApart } from "./internal/inputsApart.ts"
import * as Judge from "./internal/migrationOptions.ts"
import * as MigrationState from "./internal/migrationState.ts"
import * as Opened from "./internal/opened.ts"
import { sayWhatToRemove } from "./internal/sayWhatToRemove.ts"
import { InvalidConfig, MigrationError } from "./MigrationError.ts"
import type { Renderer } from "./Progress.ts"
import type { Report } from "./Report.ts"
import type * as Sink from "./Sink.ts"
import type { SinkError } from "./SinkError.ts"
import type { Source } from "./Source.ts"
import { named, type SourceError } from "./SourceError.ts"
import * as Transform from "./Transform.ts"

/**
 * How a run behaves. None of it changes what is written.
 *
 * @category models
 * @since 0.1.0
 */
export interface Policy {
  /** Records read between two checkpoints: what a kill costs at most; 50,000. */
  readonly checkpointRecords?: number | undefined
  /** Longest time between two checkpoints while records come; 30 seconds. */
  readonly checkpointInterval?: Duration.Input | undefined
  /** Batches read ahead of the sink; 4. None is while those that are were made of more than 2 MiB. */
  readonly readAhead?: number | undefined
  /** The run stops when more than `atLeast` records (1000) and more than `percent` of those read (1) were rejected. */
  readonly errorBudget?:
    | { readonly percent?: number | undefined; readonly atLeast?: number | undefined }
    | undefined
  /**
   * Publishes an output without a record. Otherwise it is an error, because a
   * wrong input or a filter that leaves out everything looks the same.
   *
   * @default false
   */
  readonly allowEmpty?: boolean | undefined
  /**
   * Says of functions whose code has changed since the run was started that they
   * give the same result for every record that has been read, such as after
   * formatting: words from the error that refused the run. Each stands for one change of one function,
   * and for no later one. A `version` beside the function makes it unnecessary.
   */
  readonly acceptCode?: ReadonlyArray<string> | undefined
}

/**
 * The schema of `Policy`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Policy = Judge.Policy

/**
 * @category models
 * @since 0.1.0
 */
export interface Options<RS, ET, RT, RK, RP> {
  /** Names the migration and its state folder: letters, digits, `.`, `_` and `-`. */
  readonly id: string
  readonly source: Source<RS>
  readonly transforms?: ReadonlyArray<Transform.Transform<ET, RT>> | undefined
  readonly sink: Sink.Sink<RK>
  readonly policy?: Policy | undefined
  /**
   * A copy of the `rejects.ndjson` of the finished migration, in which lines have been
   * corrected: the migration is run again with what is in them in place of what was
   * wrong, and its output takes the place of the finished one's. Lines that are as they
   * were, or gone, stay rejected. At most 64 MiB of lines may be corrected.
   */
  readonly corrections?: string | undefined
  /** Folder that holds a state folder per migration; `.chatferry`. */
  readonly stateDirectory?: string | undefined
  /** Shows progress. @default what `Program.run` shows; nothing without a program */
  readonly progress?: Renderer<RP> | undefined
}

/**
 * The schema of `Options`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Options = Judge.Options

/**
 * Runs a migration to its end, or resumes one that was stopped. A migration
 * that is finished is not run again: its report is given, and `Start.Listener`
 * is notified. A run with other settings, code or input than those it was started
 * with is refused with what has changed, unless it has not saved a checkpoint
 * yet.
 *
 * On interruption and on failure what has been written is committed first.
 *
 * @category running
 * @since 0.1.0
 */
export const run = <RS, ET = never, RT = never, RK = never, RP = never>(
  options: Options<RS, ET, RT, RK, RP>
): Effect.Effect<
  Report,
  SourceError | ET | SinkError | MigrationError,
  RS | RT | RK | RP | FileSystem.FileSystem | Path.Path
> => Effect.flatMap(Judge.judge(options), (judged) => runJudged({ ...options, ...judged }))

// internal

const runJudged = <RS, ET, RT, RK, RP>(options: Judge.JudgedOptions<RS, ET, RT, RK, RP>) =>
  Effect.gen(function* () {
    const transform = Transform.compose("transforms", options.transforms ?? [])
    if (transform.problem !== undefined) {
      const reason = new InvalidConfig({ setting: "transforms", problem: transform.problem })
      return yield* new MigrationError({ migration: options.id, reason })
    }
    // Wrong settings of either are reported before anything is made or read.
    yield* Effect.mapError(options.source.check ?? Effect.void, named(options.source.name))
    yield* options.sink.check ?? Effect.void
    yield* demandApart(options)
    const state = yield* MigrationState.open(options)
    return yield* Effect.gen(function* () {
      const opened = yield* Opened.open(options.source)
      const retry = yield* Retry.begin(options, opened, state)
      const source = forSource(opened, retry.corrections)
      const begun = yield* begin(options, source, state, retry)
      if (begun._tag === "finished") return begun.report
      return yield* Effect.provideService(
        drive(options, source, transform, state, begun),
        OfRun,
        retry.corrections
      )
    }).pipe(Effect.catch(sayWhatToRemove(state, options.sink)))
  }).pipe(
    Effect.scoped,
    Effect.withSpan("Migration.run", {
      attributes: { migration: options.id, source: options.source.name, sink: options.sink.name }
    })
  )
