/**
 * The API client that connectors of Stream share.
 *
 * @since 0.1.0
 * @module @chatferry/stream-api
 */
export * as StreamClient from "./StreamClient.ts"
export * as StreamConnection from "./StreamConnection.ts"
