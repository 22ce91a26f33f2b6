/**
 * Core of Chatferry: the canonical model, the contracts and the runner.
 *
 * @since 0.1.0
 * @module @chatferry/core
 */
// oxlint-disable-next-line import/no-unassigned-import -- It must come first, because it throws.
import "./internal/nodeVersion.ts"
export * as Consequence from "./Consequence.ts"
export * as Entity from "./Entity.ts"
export * as Exclusion from "./Exclusion.ts"
export * as Ids from "./Ids.ts"
export * as Ledger from "./Ledger.ts"
export * as Migration from "./Migration.ts"
export * as MigrationError from "./MigrationError.ts"
export * as Program from "./Program.ts"
export * as Progress from "./Progress.ts"
export * as Rejected from "./Rejected.ts"
export * as Report from "./Report.ts"
export * as Sink from "./Sink.ts"
export * as SinkError from "./SinkError.ts"
export * as Source from "./Source.ts"
export * as SourceError from "./SourceError.ts"
export * as Start from "./Start.ts"
export * as Timestamp from "./Timestamp.ts"
export * as Transform from "./Transform.ts"
