// What is read and how, in a word.
import { type Archives, Sha256 } from "@chatferry/core"
import type { ApiSettings } from "./api/settings.ts"
import type { Limits } from "./limits.ts"

/** Names of the inputs, and what is made of them. */
export const ofSource = (parts: ReadonlyArray<Archives.Part>, limits: Limits): string => {
  const settings = [limits.keepPersonalFields, limits.stripSignedUrls, limits.csvDelimiter ?? ","]
  return `sendbird-archives:${Sha256.hex([JSON.stringify([MAPPING, settings, parts.map(({ id }) => id)])])}`
}

/** What is asked for, and what is made of it. */
export const ofApi = (settings: ApiSettings, limits: Limits): string => {
  const { applicationId, enrich, requests } = settings
  const asked = [applicationId, requests, enrich ?? null, limits.keepPersonalFields, limits.stripSignedUrls]
  return `sendbird-api:${Sha256.hex([JSON.stringify([MAPPING, asked])])}`
}

// internal

/** Grows when the same input comes to give other records: an old checkpoint then does not fit. */
const MAPPING = 3
