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
import type * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as Model from "./internal/run/model.ts"
import * as Judge from "./internal/run/options.ts"
import { runMigration } from "./internal/run/run.ts"
import type { MigrationError } from "./MigrationError.ts"
import type { Report } from "./Report.ts"
import type { SinkError } from "./SinkError.ts"
import type { SourceError } from "./SourceError.ts"
import type * as Transform from "./Transform.ts"

/**
 * How a run behaves. None of it changes what is written.
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
export const Policy = Judge.Policy

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
