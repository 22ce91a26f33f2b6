// Fingerprints of the inputs and of the settings that shape the output.
import { ArchiveReader, Archives } from "@chatferry/connector"
import { type SourceError } from "@chatferry/core"
import { type Fingerprint, Settings } from "@chatferry/core/settings"
import type * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as ApiSettings from "../api/settings.ts"
import { type ApiConfig, FilesConfig } from "./config.ts"
import type { Limits } from "./limits.ts"

/** Fingerprint of the inputs and of the settings with which they are read. */
export const ofSource = (
  parts: ReadonlyArray<Archives.Part>,
  given: typeof FilesConfig.Type
): Fingerprint.Fingerprint => ({
  mapping: MAPPING,
  ...Settings.fingerprint(FilesConfig, given),
  inputs: parts.map(({ id }) => id)
})

/** Fingerprint of the requested exports and of the settings with which they are read. */
export const ofApi = (given: typeof ApiConfig.Type): Fingerprint.Fingerprint => ({
  mapping: MAPPING,
  ...ApiSettings.fingerprint(given)
})

export const ofPart = (
  part: Archives.Part,
  limits: Limits
): Effect.Effect<Archives.FingerprintedPart, SourceError.SourceErrorReason, FileSystem.FileSystem> =>
  Archives.fingerprintPart(part, limits, ArchiveReader.contentSize)

// internal

/** Incremented when the same input gives other records, so that an old checkpoint is rejected. */
const MAPPING = 3
