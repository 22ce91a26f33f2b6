/**
 * What runs migrations.
 *
 * An executor chooses how large a task is, where it runs and where its commits are
 * kept, and nothing else: the same migration gives the same bytes whatever runs it.
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
 * Does one task after the other, in this process and on its thread: `Migration.run`. One task
 * reads everything.
 *
 * @category constructors
 * @since 0.1.0
 */
export const local: Executor = { run: Migration.run }
