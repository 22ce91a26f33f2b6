// Signed links to the zips, and the file server, which is as strict as S3.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { delivered, html, xml } from "../../http/answers.ts"
import { content as contentOf, tooLong } from "../../http/fileAnswers.ts"
import type { Answer, Request } from "../../http/httpServer.ts"
import { signedLinks } from "../../http/signedLinks.ts"
import { targetOf } from "../../http/targets.ts"
import type { Archive, Export, Exports } from "./exports.ts"
import type { Fault, Faults } from "./faults.ts"

export interface Links {
  /** A new link to the zip of a completed export. */
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
  const { exports, faults, now } = options
  const { denial, link, revoke } = signedLinks({ ...options, sequence: ACCESS_KEY })

  const faulty = Effect.fnUntraced(function* (request: Request, fault: Fault | undefined, archive: Archive) {
    switch (fault) {
      case "serverError":
        return xml(503, "SlowDown", "Please reduce your request rate.")
      case "htmlInsteadOfZip":
        return html(200, "Please sign in to this network")
      case "expiredLink":
        return revoke(request)
      case "truncatedZip":
        return yield* content(request, archive, archive.size - Math.ceil(archive.size / 3))
      case "wrongLength":
        return tooLong(yield* content(request, archive, archive.size))
      default:
        return delivered(yield* content(request, archive, archive.size), fault)
    }
  })

  return {
    link: (done, expiresAt) => link(`${done.requestId}.zip`, expiresAt),
    answer: (request) =>
      Effect.suspend(() => {
        if (request.headers["api-token"] !== undefined || request.headers["authorization"] !== undefined)
          return Effect.succeed(xml(400, "InvalidArgument", "Only one auth mechanism allowed."))
        const denied = denial(request)
        if (denied !== undefined) return Effect.succeed(denied)
        const key = targetOf(request.target).path.slice(1)
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

const content = (
  request: Request,
  { etag, path }: Archive,
  size: number
): Effect.Effect<Answer, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (fs) =>
    contentOf(request, { etag, headers: { "Content-Type": "application/zip" } }, size, (from, to) =>
      fs.stream(path, { offset: from, bytesToRead: to - from })
    )
  )
