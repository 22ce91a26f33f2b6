// Uploads a file to Stream's storage, streamed from disk.
import { ApiClient, Link, RetryPolicy } from "@chatferry/connector"
import { SinkError } from "@chatferry/core"
import { Sha256 } from "@chatferry/core/files"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Manifest from "./manifest.ts"
import * as Tasks from "./tasks.ts"

/** Uploads a file, and returns its path in Stream. */
export const putFile = (
  client: ApiClient.Client,
  settings: ApiClient.ClientSettings,
  file: Manifest.ImportFile
): Effect.Effect<
  string,
  ApiClient.RequestError | SinkError.Conflict,
  HttpClient.HttpClient | FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    const { attempts, retryMillis } = settings
    const waits = RetryPolicy.waiting("the storage", OPERATION, settings)
    const pause = yield* RetryPolicy.pauses(RetryPolicy.backoff(retryMillis))
    let rejections = 0
    for (let failures = 0; ;) {
      // A new address each time, because the lifetime of addresses is not documented.
      const { path, url } = yield* Tasks.createUrl(client, baseName(file.name))
      const outcome = yield* putOnce(file, Redacted.value(url), settings)
      if (outcome._tag === "stored") return path
      if (outcome._tag === "changed") return yield* Manifest.changed(file)
      failures++
      if (outcome._tag === "not followed") {
        const { hint, problem } = outcome
        return yield* new SinkError.RequestFailed({ operation: OPERATION, attempts: failures, problem, hint })
      }
      rejections = outcome._tag === "rejected" ? rejections + 1 : 0
      if (outcome._tag === "rejected" && (!outcome.mayPass || rejections >= MOST_REJECTIONS)) {
        return yield* new SinkError.RequestRejected({
          operation: OPERATION,
          status: outcome.status,
          code: null,
          problem:
            outcome.code === undefined ? "the storage gives no reason" : `the storage says ${outcome.code}`,
          hint: "Check this machine's clock and any proxy in between. If they are right, ask Stream's support."
        })
      }
      if (failures >= attempts) {
        return yield* new SinkError.RequestFailed({
          operation: OPERATION,
          attempts: failures,
          problem: outcome._tag === "again" ? outcome.problem : `HTTP ${outcome.status}`,
          hint: "Check the connection, then run again: files that are already imported are not uploaded again."
        })
      }
      const asked = outcome._tag === "again" ? outcome.retryAfter : undefined
      yield* waits.wait(asked, yield* pause)
    }
  }).pipe(Effect.withSpan("StreamImportApi.upload", { attributes: { file: file.name, bytes: file.bytes } }))

// internal

const OPERATION = "uploading a file"
/** Most rejected addresses in a row: one may have expired, but several have another cause. */
const MOST_REJECTIONS = 4

type Outcome =
  | { readonly _tag: "stored" }
  | { readonly _tag: "changed" }
  | { readonly _tag: "again"; readonly problem: string; readonly retryAfter?: number | undefined }
  | { readonly _tag: "not followed"; readonly problem: string; readonly hint: string }
  | {
      readonly _tag: "rejected"
      readonly status: number
      readonly code: string | undefined
      /** Whether another address may work. */
      readonly mayPass: boolean
    }

/** Sends one request. It has no token, because the address is a credential itself, and for another host. */
const putOnce = Effect.fnUntraced(function* (
  file: Manifest.ImportFile,
  url: string,
  { baseUrl, requestTimeoutMillis: timeoutMillis }: ApiClient.ClientSettings
): Effect.fn.Return<Outcome, never, HttpClient.HttpClient | FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const hash = Sha256.running()
  let sent = 0
  let lastSent = yield* Clock.currentTimeMillis
  const clock = yield* Clock.Clock
  const bytes = fs.stream(file.fullPath, { chunkSize: Manifest.BLOCK }).pipe(
    Stream.tap((chunk) =>
      Effect.sync(() => {
        hash.update(chunk)
        sent += chunk.length
        lastSent = clock.currentTimeMillisUnsafe()
      })
    )
  )
  // Large files take long, so the timeout only applies to a lack of progress.
  const stalled: Effect.Effect<Outcome> = Effect.gen(function* () {
    for (;;) {
      const left = lastSent + timeoutMillis - (yield* Clock.currentTimeMillis)
      if (left <= 0) return { _tag: "again", problem: "no progress within requestTimeout" } as const
      yield* Effect.sleep(left)
    }
  })
  const request = (address: string) =>
    HttpClientRequest.put(address).pipe(
      HttpClientRequest.bodyStream(bytes, { contentType: TYPE, contentLength: file.bytes })
    )
  // A stream cannot be sent twice, so redirects are not followed.
  const put = Link.send(url, request, { baseUrl, redirects: 0 }).pipe(
    Effect.flatMap((response) =>
      Effect.map(Link.textOf(response), (text) => ({
        status: response.status,
        wait: response.headers["retry-after"],
        text
      }))
    ),
    Effect.scoped,
    Effect.match({
      onFailure: (error): Outcome =>
        error._tag === "LinkRejected"
          ? { _tag: "not followed", problem: error.problem, hint: error.hint }
          : { _tag: "again", problem: ApiClient.problemOf(error) },
      onSuccess: ({ status, text, wait }): Outcome => {
        if (status >= 200 && status < 300) {
          return sent === file.bytes && hash.hex() === file.sha256 ? { _tag: "stored" } : { _tag: "changed" }
        }
        const code = /<Code>([A-Za-z0-9]{1,64})<\/Code>/u.exec(text)?.[1]
        return isTransient(status, code)
          ? {
              _tag: "again",
              problem: `HTTP ${status}${code === undefined ? "" : `, ${code}`}`,
              retryAfter: RetryPolicy.retryAfter(wait, clock.currentTimeMillisUnsafe())
            }
          : { _tag: "rejected", status, code, mayPass: status === 403 }
      }
    })
  )
  return yield* Effect.raceFirst(put, stalled)
})

const TYPE = "application/json"

const isTransient = (status: number, code: string | undefined): boolean =>
  status >= 500 ||
  status === 408 ||
  status === 429 ||
  (status === 400 && (code === "RequestTimeout" || code === "IncompleteBody"))

/** Only the last part of the path, so that the layout of folders stays private. */
const baseName = (name: string): string => name.replace(/^.*[/\\]/u, "")
