/**
 * Stream for tests: generated exports, and an emulator of its import and export APIs.
 *
 * @since 0.1.0
 * @module @chatferry/testkit/stream
 */
export * as StreamEmulator from "./StreamEmulator.ts"
export * as StreamExport from "./StreamExport.ts"
