// The read digest of a position: of the files, and of those that were examined before them.
import type * as Schema from "effect/Schema"
import type { Before } from "./before.ts"

/** Combines the read digest of the files with the digest of the files examined before them. */
export const readDigestOf = (readDigest: string, before: Before<unknown> | undefined): Schema.Json =>
  before === undefined ? readDigest : [readDigest, before.digest]

/** Splits the result of `readDigestOf`; `undefined` if it has another form. */
export const parsed = (
  readDigest: Schema.Json
): { readonly readDigest: string; readonly digest: string | undefined } | undefined => {
  if (typeof readDigest === "string") return { readDigest, digest: undefined }
  if (!Array.isArray(readDigest)) return undefined
  const [of, digest] = readDigest as ReadonlyArray<Schema.Json>
  return typeof of === "string" && typeof digest === "string" ? { readDigest: of, digest } : undefined
}
