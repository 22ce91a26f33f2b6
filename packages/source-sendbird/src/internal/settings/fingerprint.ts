// Fingerprints of the inputs and of the settings that shape the output.
import { type Archives } from "@chatferry/connector"
import { type Fingerprint, Settings } from "@chatferry/core/settings"
import * as ApiSettings from "../api/settings.ts"
import { type ApiConfig, ArchivesConfig } from "./config.ts"

/** Fingerprint of the inputs and of the settings with which they are read. */
export const ofSource = (
  parts: ReadonlyArray<Archives.Part>,
  given: typeof ArchivesConfig.Type
): Fingerprint.Fingerprint => ({
  mapping: MAPPING,
  ...Settings.fingerprint(ArchivesConfig, given),
  inputs: parts.map(({ id }) => id)
})

/** Fingerprint of the requested exports and of the settings with which they are read. */
export const ofApi = (given: typeof ApiConfig.Type): Fingerprint.Fingerprint => ({
  mapping: MAPPING,
  ...ApiSettings.fingerprint(given)
})

// internal

/** Incremented when the same input gives other records, so that an old checkpoint is rejected. */
const MAPPING = 6
