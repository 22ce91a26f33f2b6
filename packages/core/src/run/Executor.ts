/**
 * Runs migrations.
 *
 * An executor chooses only how large a task is, where it runs and where its commits are
 * kept. The same migration gives the same bytes with every executor.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Migration from "../Migration.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Executor {
  /** Runs a migration to its end, or resumes one that was stopped. */
  readonly run: typeof Migration.run
}

/**
 * Runs one task after the other on the main thread of this process: `Migration.run`.
 * One task reads everything.
 *
 * @category constructors
 * @since 0.1.0
 */
export const local: Executor = { run: Migration.run }
