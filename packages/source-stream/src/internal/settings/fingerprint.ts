// What tells inputs from other ones, without reading all of them.
import { ArchiveReader, Archives } from "@chatferry/connector"
import { type SourceError } from "@chatferry/core"
import { type Fingerprint, Settings } from "@chatferry/core/settings"
import type * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as ApiSettings from "../api/settings.ts"
import { type ApiConfig, FilesConfig } from "./config.ts"
import type { Limits } from "./limits.ts"

/** Names of the inputs, and what is made of them. */
export const ofSource = (
  parts: ReadonlyArray<Archives.Part>,
  given: typeof FilesConfig.Type
): Fingerprint.Fingerprint => ({
  mapping: MAPPING,
  ...Settings.fingerprint(FilesConfig, given),
  inputs: parts.map(({ id }) => id)
})

/** What is asked for, and what is made of it. */
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

/** Grows when the same input comes to give other records: an old checkpoint then does not fit. */
const MAPPING = 3
