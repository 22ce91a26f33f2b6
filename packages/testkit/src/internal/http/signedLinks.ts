// Links to files, signed like S3's and valid for a limited time.
import { SECRET } from "../generator/users.ts"
import { random } from "../random/random.ts"
import { xml } from "./answers.ts"
import { isSame, sign } from "./digests.ts"
import type { Answer, Request } from "./httpServer.ts"
import { targetOf } from "./targets.ts"

export interface SignedLinks {
  /** A new link to a key; each link is unique. */
  readonly link: (key: string, expiresAt: number) => string
  /** The error response for a request, if any. */
  readonly denial: (request: Request) => Answer | undefined
  /** Lets the link of a request expire. */
  readonly revoke: (request: Request) => Answer
}

export const signedLinks = (options: {
  readonly seed: number
  /** Seed of the random numbers for access keys. */
  readonly sequence: number
  readonly now: () => number
  readonly linkMillis: number
  readonly origin: () => string
}): SignedLinks => {
  const { now, seed } = options
  const revoked = new Set<string>()
  let given = 0

  // The leak checker recognises a signature by its beginning.
  const signature = (key: string, accessKeyId: string, expires: string) =>
    `${SECRET}${sign(String(seed), `GET\n\n\n${expires}\n/${key}\n${accessKeyId}`)}`

  return {
    link: (key, expiresAt) => {
      const expires = String(Math.floor(Math.min(expiresAt, now() + options.linkMillis) / 1000))
      // As with temporary credentials: a new id each time, so that each link is unique.
      const id = `ASIA${random(seed, options.sequence, given++).hex(16).toUpperCase()}`
      const query = new URLSearchParams({
        AWSAccessKeyId: id,
        Expires: expires,
        Signature: signature(key, id, expires)
      })
      return `${options.origin()}/${key}?${query.toString()}`
    },
    denial: ({ method, target }) => {
      const { path, query } = targetOf(target)
      const [id, expires, signed] = [
        query.get("AWSAccessKeyId"),
        query.get("Expires"),
        query.get("Signature")
      ]
      if (id === null || expires === null || signed === null) return xml(403, "AccessDenied", "Access Denied")
      if (method !== "GET" || !isSame(signed, signature(path.slice(1), id, expires)))
        return xml(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
      return revoked.has(signed) || now() >= Number(expires) * 1000 ? expired() : undefined
    },
    revoke: ({ target }) => {
      revoked.add(targetOf(target).query.get("Signature") ?? "")
      return expired()
    }
  }
}

// internal

const expired = () => xml(403, "AccessDenied", "Request has expired")
