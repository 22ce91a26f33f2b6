/**
 * Core of Chatferry: the canonical model, the contracts and the runner.
 *
 * @since 0.1.0
 */
export * as DurableFile from "./DurableFile.ts"
export * as Entity from "./Entity.ts"
export * as Ids from "./Ids.ts"
export * as JsonElements from "./JsonElements.ts"
export * as Ledger from "./Ledger.ts"
export * as Publication from "./Publication.ts"
export * as Rejected from "./Rejected.ts"
export * as Sink from "./Sink.ts"
export * as SinkError from "./SinkError.ts"
export * as Source from "./Source.ts"
export * as SourceError from "./SourceError.ts"
export * as Timestamp from "./Timestamp.ts"
