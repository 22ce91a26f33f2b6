// What is read and how, in a word.
import { type Archives } from "@chatferry/connector"
import { type Fingerprint, Settings } from "@chatferry/core/settings"
import * as ApiSettings from "../api/settings.ts"
import { type ApiConfig, ArchivesConfig } from "./config.ts"

/** Names of the inputs, and what is made of them. */
export const ofSource = (
  parts: ReadonlyArray<Archives.Part>,
  given: typeof ArchivesConfig.Type
): Fingerprint.Fingerprint => ({
  mapping: MAPPING,
  ...Settings.fingerprint(ArchivesConfig, given),
  inputs: parts.map(({ id }) => id)
})

/** What is asked for, and what is made of it. */
export const ofApi = (given: typeof ApiConfig.Type): Fingerprint.Fingerprint => ({
  mapping: MAPPING,
  ...ApiSettings.fingerprint(given)
})

// internal

/** Grows when the same input comes to give other records: an old checkpoint then does not fit. */
const MAPPING = 6
