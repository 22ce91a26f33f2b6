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
 * @packageDocumentation
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as Judge from "./internal/migrationOptions.ts"
import { runMigration } from "./internal/run.ts"
import type { MigrationError } from "./MigrationError.ts"
import type { Renderer } from "./Progress.ts"
import type { Report } from "./Report.ts"
import type * as Sink from "./Sink.ts"
import type { SinkError } from "./SinkError.ts"
import type { Source } from "./Source.ts"
import type { SourceError } from "./SourceError.ts"
import type * as Transform from "./Transform.ts"

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
   * Into how many buckets a sink may divide its later work, 256 at most: each may have a file open. It belongs to the run:
   * with another number the output may have other bytes.
   *
   * @default 1
   */
  readonly buckets?: number | undefined
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
 * A migration as a value, which knows what each of its transforms needs.
 *
 * @category models
 * @since 0.1.0
 */
export type Migration<
  RS,
  T extends ReadonlyArray<Transform.Transform<unknown, unknown>>,
  RK = never,
  RP = never
> = Omit<Options<RS, never, never, RK, RP>, "transforms"> & { readonly transforms?: T | undefined }

/**
 * Makes a migration that a module exports, so that a program, a test or an
 * executor runs the same one. Its settings are judged when it is run.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <
  RS,
  const T extends ReadonlyArray<Transform.Transform<unknown, unknown>> = readonly [],
  RK = never,
  RP = never
>(
  options: Migration<RS, T, RK, RP>
): Migration<RS, T, RK, RP> => options

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
export const run = <
  RS,
  const T extends ReadonlyArray<Transform.Transform<unknown, unknown>> = readonly [],
  RK = never,
  RP = never
>(
  options: Migration<RS, T, RK, RP>
): Effect.Effect<
  Report,
  SourceError | Transform.ErrorOf<T[number]> | SinkError | MigrationError,
  RS | Transform.ServicesOf<T[number]> | RK | RP | FileSystem.FileSystem | Path.Path
> =>
  // The members of the list say what they need; the runner asks for all of it at once.
  runMigration(options as Options<RS, Transform.ErrorOf<T[number]>, Transform.ServicesOf<T[number]>, RK, RP>)
