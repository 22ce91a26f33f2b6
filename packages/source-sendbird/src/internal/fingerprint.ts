// What is read and how, in a word.
import type { Archives, Fingerprint } from "@chatferry/core"
import type * as Schema from "effect/Schema"
import type { ApiSettings } from "./api/settings.ts"
import type { Limits } from "./limits.ts"

/** Names of the inputs, and what is made of them. */
export const ofSource = (parts: ReadonlyArray<Archives.Part>, limits: Limits): Fingerprint.Fingerprint => ({
  mapping: MAPPING,
  keepPersonalFields: limits.keepPersonalFields,
  stripSignedUrls: limits.stripSignedUrls,
  csvDelimiter: limits.csvDelimiter ?? ",",
  inputs: parts.map(({ id }) => id)
})

/** What is asked for, and what is made of it. */
export const ofApi = (settings: ApiSettings, limits: Limits): Fingerprint.Fingerprint => ({
  mapping: MAPPING,
  applicationId: settings.applicationId,
  requests: settings.requests as unknown as Schema.Json,
  enrich: settings.enrich ?? null,
  keepPersonalFields: limits.keepPersonalFields,
  stripSignedUrls: limits.stripSignedUrls
})

// internal

/** Grows when the same input comes to give other records: an old checkpoint then does not fit. */
const MAPPING = 3
