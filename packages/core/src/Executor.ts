/**
 * What runs migrations.
 *
 * An executor chooses how large a task is, where it runs and where its commits are
 * kept, and nothing else: the same migration gives the same bytes whatever runs it.
 *
 * @stability unstable
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import { runMigration } from "./internal/run.ts"
import type { Options } from "./Migration.ts"
import type { MigrationError } from "./MigrationError.ts"
import type { Report } from "./Report.ts"
import type { SinkError } from "./SinkError.ts"
import type { SourceError } from "./SourceError.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Executor {
  /** Runs a migration to its end, or resumes one that was stopped. */
  readonly run: <RS, ET = never, RT = never, RK = never, RP = never>(
    migration: Options<RS, ET, RT, RK, RP>
  ) => Effect.Effect<
    Report,
    SourceError | ET | SinkError | MigrationError,
    RS | RT | RK | RP | FileSystem.FileSystem | Path.Path
  >
}

/**
 * Does one task after the other, in this process and on its thread: `Migration.run`. One task
 * reads everything.
 *
 * @category constructors
 * @since 0.1.0
 */
export const local: Executor = { run: runMigration }
