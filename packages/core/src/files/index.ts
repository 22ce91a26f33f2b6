/**
 * Files that survive a crash, and JSON in files: incremental parsing and safe writing.
 *
 * @since 0.1.0
 * @module @chatferry/core/files
 */
export * as DurableFile from "./DurableFile.ts"
export * as FolderLock from "./FolderLock.ts"
export * as Json from "./Json.ts"
export * as JsonElements from "./JsonElements.ts"
export * as JsonObjects from "./JsonObjects.ts"
export * as NdjsonLines from "./NdjsonLines.ts"
export * as OwnFiles from "./OwnFiles.ts"
export * as Publication from "./Publication.ts"
export * as RowChecksums from "./RowChecksums.ts"
export * as Sha256 from "./Sha256.ts"
