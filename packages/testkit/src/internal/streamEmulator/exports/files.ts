// Signed links to the files of exports, and the server behind them, which is as strict as S3.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { html, xml } from "../../emulator/answers.ts"
import { isSame, sign } from "../../emulator/digests.ts"
import type { Faults } from "../../emulator/faults.ts"
import type { Answer, Request } from "../../emulator/httpServer.ts"
import { rangeOf } from "../../emulator/ranges.ts"
import { targetOf } from "../../emulator/targets.ts"
import { SECRET } from "../../people.ts"
import { random } from "../../random.ts"
import { befallFiles, type Fault } from "../faults.ts"
import type { ExportFile, Task, Tasks } from "./tasks.ts"

export interface Files {
  /** A new link to the file of a task that is completed. */
  readonly link: (done: Task) => string
  /** Where the file is, without the link's signature. */
  readonly keyOf: (done: Task) => string
  readonly answer: (request: Request) => Effect.Effect<Answer, never, FileSystem.FileSystem>
}

/** How the file server hands a file out. */
export type Packing = "none" | "gz" | "encoded"

export const files = (options: {
  readonly tasks: Tasks
  readonly faults: Faults<Fault>
  readonly seed: number
  readonly now: () => number
  readonly linkMillis: number
  readonly packing: Packing
  readonly origin: () => string
}): Files => {
  const { faults, now, packing, seed, tasks } = options
  const revoked = new Set<string>()
  let given = 0

  // The search for leaks finds a signature by its beginning.
  const signature = (key: string, accessKeyId: string, expires: string) =>
    `${SECRET}${sign(String(seed), `GET\n\n\n${expires}\n/${key}\n${accessKeyId}`)}`

  const keyOf = ({ id, wanted }: Task) =>
    `exports/${wanted._tag}/1171432/${id}.json${packing === "gz" ? ".gz" : ""}`

  const denial = ({ headers, method, target }: Request): Answer | undefined => {
    if (headers["authorization"] !== undefined || headers["stream-auth-type"] !== undefined)
      return xml(400, "InvalidArgument", "Only one auth mechanism allowed.")
    const { path, query } = targetOf(target)
    const [id, expires, signed] = [query.get("AWSAccessKeyId"), query.get("Expires"), query.get("Signature")]
    if (id === null || expires === null || signed === null) return xml(403, "AccessDenied", "Access Denied")
    if (method !== "GET" || !isSame(signed, signature(path.slice(1), id, expires)))
      return xml(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
    return revoked.has(signed) || now() >= Number(expires) * 1000
      ? xml(403, "AccessDenied", "Request has expired")
      : undefined
  }

  const whole = (request: Request, file: ExportFile, size = file.size) =>
    content(request, file, size, packing)

  const faulty = (request: Request, fault: Fault | undefined, file: ExportFile) => {
    switch (fault) {
      case "s3Error":
        return Effect.succeed(xml(503, "SlowDown", "Please reduce your request rate."))
      case "htmlInsteadOfFile":
        return Effect.succeed(html(200, "Please sign in to this network"))
      case "expiredUrl":
        revoked.add(targetOf(request.target).query.get("Signature") ?? "")
        return Effect.succeed(xml(403, "AccessDenied", "Request has expired"))
      case "truncatedFile":
        return whole(request, file, file.size - Math.ceil(file.size / 3))
      case "wrongLength":
        return Effect.map(whole(request, file), tooLong)
      case "cutBody":
        return Effect.map(whole(request, file), (answer) => ({ ...answer, delivery: "cut" as const }))
      case "slowBody":
        return Effect.map(whole(request, file), (answer) => ({ ...answer, delivery: "slow" as const }))
      default:
        return whole(request, file)
    }
  }

  return {
    keyOf,
    link: (done) => {
      const key = keyOf(done)
      const expires = String(
        Math.floor(Math.min(done.expiresAt ?? now(), now() + options.linkMillis) / 1000)
      )
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
        const denied = denial(request)
        if (denied !== undefined) return Effect.succeed(denied)
        const { path } = targetOf(request.target)
        const task = tasks.get(/([^/]+)\.json(?:\.gz)?$/u.exec(path)?.[1] ?? "")
        if (task?.file === undefined || task.expiresAt === undefined || now() >= task.expiresAt)
          return Effect.succeed(xml(404, "NoSuchKey", "The specified key does not exist."))
        return faulty(request, faults.of(`file ${task.id}`, befallFiles), task.file)
      })
  }
}

// internal

const ACCESS_KEY = 84

// The head says more than there is, and the connection ends after what there is.
const tooLong = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, "Content-Length": String(answer.body.length + 512) },
  delivery: "closed"
})

const content = (
  { headers }: Request,
  { etag, path }: ExportFile,
  size: number,
  packing: Packing
): Effect.Effect<Answer, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (fs) => {
    const always = {
      ETag: etag,
      "Accept-Ranges": "bytes",
      "Content-Type": packing === "gz" ? "application/gzip" : "application/json",
      ...(packing === "encoded" ? { "Content-Encoding": "gzip" } : {})
    }
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
