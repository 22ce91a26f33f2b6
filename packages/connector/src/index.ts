/**
 * What authors of connectors build on.
 *
 * @since 0.1.0
 */
export * as RawRecord from "./records/RawRecord.ts"
