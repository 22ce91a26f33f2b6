/**
 * Sendbird for tests: generated exports, damaged exports, and an emulator of its APIs.
 *
 * @since 0.1.0
 * @module @chatferry/testkit/sendbird
 */
export * as Corruption from "./Corruption.ts"
export * as SendbirdEmulator from "./SendbirdEmulator.ts"
export * as SendbirdExport from "./SendbirdExport.ts"
