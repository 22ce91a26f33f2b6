// The storage for uploads: signed links, and a server that is as strict as S3.
import { SECRET } from "../../generator/users.ts"
import { delivered, xml } from "../../http/answers.ts"
import { isSame, sign } from "../../http/digests.ts"
import type { Faults } from "../../http/faults.ts"
import type { Answer, Request } from "../../http/httpServer.ts"
import { text } from "../../http/httpServer.ts"
import { targetOf } from "../../http/targets.ts"
import { random } from "../../random/random.ts"
import { befallUploads, type Fault } from "./faults.ts"

export interface Storage {
  /** A new key for a file, and a link to upload it. */
  readonly reserve: (filename: string) => { readonly path: string; readonly url: string }
  /** The uploaded file. */
  readonly read: (path: string) => string | undefined
  readonly isKnown: (path: string) => boolean
  /** Releases a file's content. */
  readonly forget: (path: string) => void
  readonly answer: (request: Request) => Answer
}

export const storage = (options: {
  readonly seed: number
  readonly now: () => number
  readonly linkMillis: number
  readonly mostBytes: number
  readonly faults: Faults<Fault>
  readonly origin: () => string
}): Storage => {
  const { faults, mostBytes, now, seed } = options
  const paths = new Set<string>()
  const files = new Map<string, string>()
  const revoked = new Set<string>()

  // The leak checker recognises a signature by its beginning.
  const signature = (key: string, expires: string) =>
    `${SECRET}${sign(String(seed), `PUT\n\n${TYPE}\n${expires}\n/stream-import/${key}`)}`

  const denial = ({ body, bodyBytes, headers, method, target }: Request): Answer | undefined => {
    const { path, query } = targetOf(target)
    if (headers["authorization"] !== undefined || headers["stream-auth-type"] !== undefined)
      return xml(400, "InvalidArgument", "Only one auth mechanism allowed.")
    const [expires, signed] = [query.get("Expires"), query.get("Signature")]
    if (expires === null || signed === null) return xml(403, "AccessDenied", "Access Denied")
    // The content type is part of the signed text.
    const isSigned =
      method === "PUT" &&
      headers["content-type"] === TYPE &&
      isSame(signed, signature(decodeURIComponent(path.slice(1)), expires))
    if (!isSigned)
      return xml(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
    if (revoked.has(signed) || now() >= Number(expires) * 1000)
      return xml(403, "AccessDenied", "Request has expired")
    if (headers["content-length"] === undefined)
      return xml(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
    if (bodyBytes !== Number(headers["content-length"]))
      return xml(400, "IncompleteBody", "The body is shorter than its Content-Length.")
    return bodyBytes > mostBytes || body.length > mostBytes
      ? xml(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")
      : undefined
  }

  const answer = (request: Request): Answer => {
    const denied = denial(request)
    if (denied !== undefined) return denied
    const { path, query } = targetOf(request.target)
    const key = decodeURIComponent(path.slice(1))
    // Named without the signature: a new link to the same name continues the same sequence of faults.
    const fault = faults.of(`upload ${key.replace(/^.*\//u, "")}`, befallUploads)
    if (fault === "expiredUrl") {
      revoked.add(query.get("Signature") ?? "")
      return xml(403, "AccessDenied", "Request has expired")
    }
    if (fault === "s3Error") return xml(503, "SlowDown", "Please reduce your request rate.")
    if (fault === "lostRequest") return { ...empty, delivery: "none" }
    files.set(`s3://stream-import/${key}`, request.body)
    return delivered(empty, fault)
  }

  return {
    reserve: (filename) => {
      const id = random(seed, PATH, paths.size).hex(32)
      const key = `1171432/${id}/${filename}`
      const path = `s3://stream-import/${key}`
      paths.add(path)
      const expires = String(Math.floor((now() + options.linkMillis) / 1000))
      const query = new URLSearchParams({ Expires: expires, Signature: signature(key, expires) })
      return {
        path,
        url: `${options.origin()}/${key.split("/").map(encodeURIComponent).join("/")}?${query.toString()}`
      }
    },
    read: (path) => files.get(path),
    isKnown: (path) => paths.has(path),
    forget: (path) => {
      if (files.has(path)) files.set(path, "")
    },
    answer
  }
}

// internal

const TYPE = "application/json"
const PATH = 81

const empty: Answer = { status: 200, headers: { ETag: '"stored"' }, body: text(""), delivery: "whole" }
