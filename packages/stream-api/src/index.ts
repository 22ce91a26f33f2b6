/**
 * What connectors of Stream share about its API.
 *
 * @since 0.1.0
 * @module @chatferry/stream-api
 */
export * as StreamClient from "./StreamClient.ts"
export * as StreamConnection from "./StreamConnection.ts"
