/**
 * The building blocks for authors of connectors.
 *
 * @since 0.1.0
 * @module @chatferry/connector
 */
export * as Addresses from "./api/Addresses.ts"
export * as ApiClient from "./api/ApiClient.ts"
export * as ArchiveReader from "./files/ArchiveReader.ts"
export * as Archives from "./files/Archives.ts"
export * as ArchiveSource from "./files/ArchiveSource.ts"
export * as CsvRows from "./formats/CsvRows.ts"
export * as Download from "./api/Download.ts"
export * as ExportJob from "./api/ExportJob.ts"
export * as ExportJobs from "./api/ExportJobs.ts"
export * as Gzip from "./files/Gzip.ts"
export * as Journal from "./api/Journal.ts"
export * as Link from "./api/Link.ts"
export * as PageReader from "./api/PageReader.ts"
export * as Pages from "./api/Pages.ts"
export * as RawRecord from "./records/RawRecord.ts"
export * as RawValue from "./records/RawValue.ts"
export * as Reads from "./records/Reads.ts"
export * as RetryPolicy from "./api/RetryPolicy.ts"
export * as Spans from "./api/Spans.ts"
export * as Sqlite from "./stage/Sqlite.ts"
export * as SqliteStage from "./stage/SqliteStage.ts"
