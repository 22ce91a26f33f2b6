// Effect hashes asynchronously, but ids need the hash synchronously.
import { createHash } from "node:crypto"

/** Stream's hash of the members of a distinct channel. The ids must be sorted. */
export const distinctHash = (ids: ReadonlyArray<string>): string =>
  createHash("sha512-256").update(ids.join(",")).digest("base64url")
