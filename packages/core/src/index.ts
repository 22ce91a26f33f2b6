/**
 * Core of Chatferry: the canonical model, the contracts and the runner.
 *
 * @since 0.1.0
 */
export * as Archives from "./Archives.ts"
export * as Checkpoint from "./Checkpoint.ts"
export * as DurableFile from "./DurableFile.ts"
export * as Entity from "./Entity.ts"
export * as Ids from "./Ids.ts"
export * as JsonElements from "./JsonElements.ts"
export * as JsonObjects from "./JsonObjects.ts"
export * as Ledger from "./Ledger.ts"
export * as Migration from "./Migration.ts"
export * as MigrationError from "./MigrationError.ts"
export * as NdjsonLines from "./NdjsonLines.ts"
export * as Program from "./Program.ts"
export * as Progress from "./Progress.ts"
export * as Publication from "./Publication.ts"
export * as Rejected from "./Rejected.ts"
export * as Report from "./Report.ts"
export * as Sha256 from "./Sha256.ts"
export * as Sink from "./Sink.ts"
export * as SinkError from "./SinkError.ts"
export * as Source from "./Source.ts"
export * as SourceError from "./SourceError.ts"
export * as Timestamp from "./Timestamp.ts"
export * as Transform from "./Transform.ts"
