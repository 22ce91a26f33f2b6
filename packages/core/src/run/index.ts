/**
 * The data that the runner, executors and connectors exchange: batches, positions,
 * phases, tasks, checkpoints, corrections.
 *
 * @since 0.1.0
 * @module @chatferry/core/run
 */
export * as BatchBuilder from "./BatchBuilder.ts"
export * as Checkpoint from "./Checkpoint.ts"
export * as Corrections from "./Corrections.ts"
export * as EntityCheck from "./EntityCheck.ts"
export * as Executor from "./Executor.ts"
export * as Passage from "./Passage.ts"
export * as Phase from "./Phase.ts"
export * as Plan from "./Plan.ts"
export * as RejectedLine from "./RejectedLine.ts"
