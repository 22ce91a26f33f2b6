// Signed links to the files of exports, and the server behind them, which is as strict as S3.
import * as Stream from "effect/Stream"
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
  readonly answer: (request: Request) => Answer
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

  const faulty = (request: Request, fault: Fault | undefined, file: ExportFile): Answer => {
    switch (fault) {
      case "s3Error":
        return xml(503, "SlowDown", "Please reduce your request rate.")
      case "htmlInsteadOfFile":
        return html(200, "Please sign in to this network")
      case "expiredUrl":
        revoked.add(targetOf(request.target).query.get("Signature") ?? "")
        return xml(403, "AccessDenied", "Request has expired")
      case "truncatedFile":
        return whole(request, file, file.size - Math.ceil(file.size / 3))
      case "wrongLength":
        return tooLong(whole(request, file))
      case "cutBody":
        return { ...whole(request, file), delivery: "cut" }
      case "slowBody":
        return { ...whole(request, file), delivery: "slow" }
      default:
        return whole(request, file)
    }
  }

  return {
    keyOf,
    link: (done) => {
      const key = keyOf(done)
      const expires = String(Math.floor(Math.min(done.expiresAt ?? now(), now() + options.linkMillis) / 1000))
      // As temporary credentials have it: another id each time, so that no two links are alike.
      const id = `ASIA${random(seed, ACCESS_KEY, given++).hex(16).toUpperCase()}`
      const query = new URLSearchParams({
        AWSAccessKeyId: id,
        Expires: expires,
        Signature: signature(key, id, expires)
      })
      return `${options.origin()}/${key}?${query.toString()}`
    },
    answer: (request) => {
      const denied = denial(request)
      if (denied !== undefined) return denied
      const { path } = targetOf(request.target)
      const task = tasks.get(/([^/]+)\.json(?:\.gz)?$/u.exec(path)?.[1] ?? "")
      if (task?.file === undefined || task.expiresAt === undefined || now() >= task.expiresAt)
        return xml(404, "NoSuchKey", "The specified key does not exist.")
      return faulty(request, faults.of(`file ${task.id}`, befallFiles), task.file)
    }
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
  { bytes, etag }: ExportFile,
  size: number,
  packing: Packing
): Answer => {
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
  const part = Stream.suspend(() => Stream.fromAsyncIterable(slice(bytes(), from, to), (cause) => cause))
  return {
    status: range === "whole" ? 200 : 206,
    headers: range === "whole" ? always : { ...always, "Content-Range": `bytes ${from}-${to - 1}/${size}` },
    body: { length: to - from, bytes: Stream.orDie(part) },
    delivery: "whole"
  }
}

async function* slice(
  bytes: AsyncIterable<Uint8Array>,
  from: number,
  to: number
): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const chunk of bytes) {
    if (at >= to) return
    const part = chunk.subarray(Math.max(0, from - at), Math.max(0, to - at))
    at += chunk.length
    if (part.length > 0) yield part
  }
}
