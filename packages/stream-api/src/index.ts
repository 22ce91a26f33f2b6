/**
 * The API client and the names that connectors of Stream share.
 *
 * @since 0.1.0
 * @module @chatferry/stream-api
 */
export * as AttachmentTypes from "./AttachmentTypes.ts"
export * as StreamClient from "./StreamClient.ts"
export * as StreamConnection from "./StreamConnection.ts"
