/**
 * Reads Stream Chat exports as canonical chat entities.
 *
 * @since 0.1.0
 * @module @chatferry/source-stream
 */
export * as StreamApi from "./StreamApi.ts"
export * as StreamSource from "./StreamSource.ts"
