// Effect hashes asynchronously; ids need it at once.
import { createHash } from "node:crypto"

/** Lower-case hex of the parts one after the other. */
export const sha256 = (parts: Iterable<string | Uint8Array>): string => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return hash.digest("hex")
}

/** Stream's hash of the members of a distinct channel, whose ids must be sorted. */
export const distinctHash = (ids: ReadonlyArray<string>): string =>
  createHash("sha512-256").update(ids.join(",")).digest("base64url")
