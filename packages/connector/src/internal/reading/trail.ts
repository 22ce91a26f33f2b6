// What tells what has been read from other content.
import type * as Schema from "effect/Schema"
import type { Before } from "./before.ts"

/** The trail of the files, and a word for what was looked at before them. */
export const trailOf = (trail: string, before: Before<unknown> | undefined): Schema.Json =>
  before === undefined ? trail : [trail, before.digest]

/** The two again; `undefined` when it is not what `trailOf` gives. */
export const parsed = (
  trail: Schema.Json
): { readonly trail: string; readonly digest: string | undefined } | undefined => {
  if (typeof trail === "string") return { trail, digest: undefined }
  if (!Array.isArray(trail)) return undefined
  const [of, digest] = trail as ReadonlyArray<Schema.Json>
  return typeof of === "string" && typeof digest === "string" ? { trail: of, digest } : undefined
}
