// Effect's Digest hashes whole arrays and asynchronously; files need a running hash, ids a synchronous one.
import { createHash, createHmac } from "node:crypto"

export interface RunningHash {
  readonly update: (bytes: Uint8Array) => void
  /** Of what came so far; more may come. */
  readonly soFar: () => string
  /** Of everything, and nothing may come after it. */
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

/** Of the parts one after the other. */
export const digest = (parts: Iterable<string | Uint8Array>): string => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return hash.digest("hex")
}

export const hex = (text: string): string => createHash("sha256").update(text).digest("hex")

export const keyedHex = (key: string, text: string): string =>
  createHmac("sha256", key).update(text).digest("hex")
