/**
 * What authors of connectors build on.
 *
 * @since 0.1.0
 */
export * as ArchiveReader from "./files/ArchiveReader.ts"
export * as CsvRows from "./formats/CsvRows.ts"
export * as Gzip from "./files/Gzip.ts"
export * as RawRecord from "./records/RawRecord.ts"
