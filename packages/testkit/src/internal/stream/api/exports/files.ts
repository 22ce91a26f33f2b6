// Signed links to the files of exports, and the file server, which is as strict as S3.
import * as Stream from "effect/Stream"
import { delivered, html, xml } from "../../../http/answers.ts"
import type { Faults } from "../../../http/faults.ts"
import { content, tooLong } from "../../../http/fileAnswers.ts"
import type { Answer, Request } from "../../../http/httpServer.ts"
import { signedLinks } from "../../../http/signedLinks.ts"
import { targetOf } from "../../../http/targets.ts"
import { befallFiles, type Fault } from "../faults.ts"
import type { ExportFile, Task, Tasks } from "./tasks.ts"

export interface Files {
  /** A new link to the file of a completed task. */
  readonly link: (done: Task) => string
  /** URL of the file, without the link's signature. */
  readonly keyOf: (done: Task) => string
  readonly answer: (request: Request) => Answer
}

/** How the file server sends a file. */
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
  const { faults, now, packing, tasks } = options
  const links = signedLinks({ ...options, sequence: ACCESS_KEY })

  const keyOf = ({ id, wanted }: Task) =>
    `exports/${wanted._tag}/1171432/${id}.json${packing === "gz" ? ".gz" : ""}`

  const whole = (request: Request, file: ExportFile, size = file.size) =>
    content(request, { etag: file.etag, headers: HEADERS[packing] }, size, (from, to) =>
      Stream.orDie(
        Stream.suspend(() => Stream.fromAsyncIterable(slice(file.bytes(), from, to), (cause) => cause))
      )
    )

  const faulty = (request: Request, fault: Fault | undefined, file: ExportFile): Answer => {
    switch (fault) {
      case "s3Error":
        return xml(503, "SlowDown", "Please reduce your request rate.")
      case "htmlInsteadOfFile":
        return html(200, "Please sign in to this network")
      case "expiredUrl":
        return links.revoke(request)
      case "truncatedFile":
        return whole(request, file, file.size - Math.ceil(file.size / 3))
      case "wrongLength":
        return tooLong(whole(request, file))
      default:
        return delivered(whole(request, file), fault)
    }
  }

  return {
    keyOf,
    link: (done) => links.link(keyOf(done), done.expiresAt ?? now()),
    answer: (request) => {
      if (request.headers["authorization"] !== undefined || request.headers["stream-auth-type"] !== undefined)
        return xml(400, "InvalidArgument", "Only one auth mechanism allowed.")
      const denied = links.denial(request)
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

const HEADERS: Readonly<Record<Packing, Readonly<Record<string, string>>>> = {
  none: { "Content-Type": "application/json" },
  gz: { "Content-Type": "application/gzip" },
  encoded: { "Content-Type": "application/json", "Content-Encoding": "gzip" }
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
