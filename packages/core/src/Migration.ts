/**
 * Runs a migration: reads a source, transforms its records and writes a sink, exactly
 * once.
 *
 * Batches are read in the source's order. At regular intervals the sink is flushed and
 * a checkpoint is saved. A run that was killed at any instant resumes at the last
 * checkpoint when the same migration is run again, and produces the same bytes as an
 * undisturbed run. Memory does not grow with the input.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as Model from "./internal/run/model.ts"
import * as RunOptions from "./internal/run/options.ts"
import { runner } from "./internal/runner.ts"
import type { MigrationError } from "./MigrationError.ts"
import type { Report } from "./Report.ts"
import type { SinkError } from "./SinkError.ts"
import type { SourceError } from "./SourceError.ts"
import type * as Transform from "./Transform.ts"

/**
 * How a run behaves. None of these settings changes the output.
 *
 * @category models
 * @since 0.1.0
 */
export interface Policy extends Model.Policy {}

/**
 * The schema of `Policy`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Policy = RunOptions.Policy

/**
 * @category models
 * @since 0.1.0
 */
export interface Options<RS, ET, RT, RK, RP> extends Model.Options<RS, ET, RT, RK, RP> {}

/**
 * The schema of `Options`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Options = RunOptions.Options

/**
 * A migration as a value, with the services that each of its transforms needs in its
 * type.
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
 * Makes a migration that a module can export, so that a program, a test and an executor
 * run the same one. Its settings are checked when it is run.
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
 * Runs a migration to its end, or resumes one that was stopped. A finished migration is
 * not run again: its report is returned, and `Start.Listener` is notified. A run is
 * rejected if its settings, code or input differ from those it was started with. The
 * error says what has changed. A run that has not saved a checkpoint yet may change.
 *
 * On interruption and on failure, everything that has been written is committed first.
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
  Effect.flatMap(runner, ({ runMigration }) =>
    // Each transform declares its own services; the runner needs all of them at once.
    runMigration(
      options as Options<RS, Transform.ErrorOf<T[number]>, Transform.ServicesOf<T[number]>, RK, RP>
    )
  )
