// Hashes for signatures of links and for ETags, because Effect has no service for them.
import { createHash, createHmac, timingSafeEqual } from "node:crypto"

/** HMAC-SHA1 in base64, as in version 2 of S3's signatures. */
export const sign = (key: string, content: string): string =>
  createHmac("sha1", key).update(content).digest("base64")

/** HMAC-SHA256 in base64url, as in tokens. */
export const signToken = (key: string, content: string): string =>
  createHmac("sha256", key).update(content).digest("base64url")

/** The hash in Stream's channel names: SHA-512/256 in base64url. */
export const sha512 = (content: string): string =>
  createHash("sha512-256").update(content).digest("base64url")

export const isSame = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** MD5 over chunks. */
export interface Digest {
  readonly update: (chunk: Uint8Array) => void
  readonly hex: () => string
}

export const digest = (): Digest => {
  const hash = createHash("md5")
  return {
    update: (chunk) => {
      hash.update(chunk)
    },
    hex: () => hash.digest("hex")
  }
}
