// Effect's Digest is asynchronous and hashes whole arrays; files need an incremental hash, ids a synchronous one.
import { createHash, createHmac } from "node:crypto"

export interface RunningHash {
  readonly update: (bytes: Uint8Array) => void
  /** The hash of all bytes so far; more may follow. */
  readonly soFar: () => string
  /** The final hash; nothing may be added afterwards. */
  readonly hex: () => string
}

export const running = (): RunningHash => {
  const hash = createHash("sha256")
  return {
    update: (bytes) => {
      hash.update(bytes)
    },
    soFar: () => hash.copy().digest("hex"),
    hex: () => hash.digest("hex")
  }
}

/** The hash of the concatenated parts. */
export const digest = (parts: Iterable<string | Uint8Array>): string => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return hash.digest("hex")
}

export const hex = (text: string): string => createHash("sha256").update(text).digest("hex")

export const keyedHex = (key: string, text: string): string =>
  createHmac("sha256", key).update(text).digest("hex")
