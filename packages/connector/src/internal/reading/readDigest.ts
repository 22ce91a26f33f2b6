// What tells what has been read from other content.
import type * as Schema from "effect/Schema"
import type { Before } from "./before.ts"

/** The read digest of the files, and a word for what was looked at before them. */
export const readDigestOf = (readDigest: string, before: Before<unknown> | undefined): Schema.Json =>
  before === undefined ? readDigest : [readDigest, before.digest]

/** The two again; `undefined` when it is not what `readDigestOf` gives. */
export const parsed = (
  readDigest: Schema.Json
): { readonly readDigest: string; readonly digest: string | undefined } | undefined => {
  if (typeof readDigest === "string") return { readDigest, digest: undefined }
  if (!Array.isArray(readDigest)) return undefined
  const [of, digest] = readDigest as ReadonlyArray<Schema.Json>
  return typeof of === "string" && typeof digest === "string" ? { readDigest: of, digest } : undefined
}
