/**
 * Settings of sources and sinks: their schemas and fingerprints.
 *
 * @since 0.1.0
 * @module @chatferry/core/settings
 */
export * as Fingerprint from "./Fingerprint.ts"
export * as Setting from "./Setting.ts"
export * as Settings from "./Settings.ts"
