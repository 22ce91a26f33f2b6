// Signed links to the zips, and the server behind them, which is as strict as S3.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { SECRET } from "../people.ts"
import { random } from "../random.ts"
import { html, xml } from "./answers.ts"
import { isSame, sign } from "./digests.ts"
import type { Archive, Export, Exports } from "./exports.ts"
import type { Fault, Faults } from "./faults.ts"
import type { Answer, Request } from "./httpServer.ts"
import { rangeOf } from "./ranges.ts"
import { targetOf } from "./targets.ts"

export interface Links {
  /** A new link to the zip of an export that is done. */
  readonly link: (done: Export, expiresAt: number) => string
  readonly answer: (request: Request) => Effect.Effect<Answer, never, FileSystem.FileSystem>
}

export const links = (options: {
  readonly exports: Exports
  readonly faults: Faults
  readonly seed: number
  readonly now: () => number
  readonly linkMillis: number
  readonly origin: () => string
}): Links => {
  const { exports, faults, now, seed } = options
  const revoked = new Set<string>()
  let given = 0

  // The search for leaks finds a signature by its beginning.
  const signature = (key: string, accessKeyId: string, expires: string) =>
    `${SECRET}${sign(String(seed), `GET\n\n\n${expires}\n/${key}\n${accessKeyId}`)}`

  const denial = ({ method, target }: Request): Answer | undefined => {
    const { key, query } = asked(target)
    const [id, expires, signed] = [query.get("AWSAccessKeyId"), query.get("Expires"), query.get("Signature")]
    if (id === null || expires === null || signed === null) return xml(403, "AccessDenied", "Access Denied")
    if (method !== "GET" || !isSame(signed, signature(key, id, expires)))
      return xml(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
    return revoked.has(signed) || now() >= Number(expires) * 1000
      ? xml(403, "AccessDenied", "Request has expired")
      : undefined
  }

  const faulty = (request: Request, fault: Fault | undefined, archive: Archive) =>
    Effect.gen(function* () {
      switch (fault) {
        case "serverError":
          return xml(503, "SlowDown", "Please reduce your request rate.")
        case "htmlInsteadOfZip":
          return html(200, "Please sign in to this network")
        case "expiredLink":
          revoked.add(asked(request.target).query.get("Signature") ?? "")
          return xml(403, "AccessDenied", "Request has expired")
        case "truncatedZip":
          return yield* content(request, archive, archive.size - Math.ceil(archive.size / 3))
        case "wrongLength":
          return tooLong(yield* content(request, archive, archive.size))
        case "cutBody":
          return { ...(yield* content(request, archive, archive.size)), delivery: "cut" as const }
        case "slowBody":
          return { ...(yield* content(request, archive, archive.size)), delivery: "slow" as const }
        default:
          return yield* content(request, archive, archive.size)
      }
    })

  return {
    link: (done, expiresAt) => {
      const key = `${done.requestId}.zip`
      const expires = String(Math.floor(Math.min(expiresAt, now() + options.linkMillis) / 1000))
      // As temporary credentials have it: another id each time, so that no two links are alike.
      const id = `ASIA${random(seed, ACCESS_KEY, given++).hex(16).toUpperCase()}`
      const query = new URLSearchParams({
        AWSAccessKeyId: id,
        Expires: expires,
        Signature: signature(key, id, expires)
      })
      return `${options.origin()}/${key}?${query.toString()}`
    },
    answer: (request) =>
      Effect.suspend(() => {
        if (request.headers["api-token"] !== undefined || request.headers["authorization"] !== undefined)
          return Effect.succeed(xml(400, "InvalidArgument", "Only one auth mechanism allowed."))
        const denied = denial(request)
        if (denied !== undefined) return Effect.succeed(denied)
        const { key } = asked(request.target)
        const { archive, expiresAt } = exports.get(key.replace(/\.zip$/u, "")) ?? {}
        if (archive === undefined || expiresAt === undefined || now() >= expiresAt)
          return Effect.succeed(xml(404, "NoSuchKey", "The specified key does not exist."))
        return faulty(request, faults.of(`file ${key}`, BEFALL_FILES), archive)
      })
  }
}

// internal

const ACCESS_KEY = 73

const BEFALL_FILES: ReadonlySet<Fault> = new Set([
  "serverError",
  "expiredLink",
  "htmlInsteadOfZip",
  "truncatedZip",
  "wrongLength",
  "cutBody",
  "slowBody"
])

const asked = (target: string) => {
  const { path, query } = targetOf(target)
  return { key: path.slice(1), query }
}

// The head says more than there is, and the connection ends after what there is.
const tooLong = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, "Content-Length": String(answer.body.length + 512) },
  delivery: "closed"
})

const content = (
  { headers }: Request,
  { etag, path }: Archive,
  size: number
): Effect.Effect<Answer, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (fs) => {
    const always = { ETag: etag, "Accept-Ranges": "bytes", "Content-Type": "application/zip" }
    if (headers["if-match"] !== undefined && headers["if-match"] !== etag)
      return xml(412, "PreconditionFailed", "At least one of the preconditions did not hold.")
    const isSameFile = headers["if-range"] === undefined || headers["if-range"] === etag
    const range = isSameFile ? rangeOf(headers["range"], size) : "whole"
    if (range === "unsatisfiable") {
      const answer = xml(416, "InvalidRange", "The requested range is not satisfiable")
      return { ...answer, headers: { ...answer.headers, "Content-Range": `bytes */${size}` } }
    }
    const { from, to } = range === "whole" ? { from: 0, to: size } : range
    return {
      status: range === "whole" ? 200 : 206,
      headers: range === "whole" ? always : { ...always, "Content-Range": `bytes ${from}-${to - 1}/${size}` },
      body: { length: to - from, bytes: fs.stream(path, { offset: from, bytesToRead: to - from }) },
      delivery: "whole"
    }
  })
