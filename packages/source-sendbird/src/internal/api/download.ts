// Fetches the zip of an export to disk, goes on after a cut, and checks it before it counts as there.
import { Archives, DurableFile, SourceError } from "@chatferry/core"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Limits } from "../limits.ts"
import { type Pauses, pauseAfter, problemOf } from "./client.ts"

export interface Download {
  /** The address, signed anew for each attempt; `undefined` when the export is gone. */
  readonly link: Effect.Effect<Redacted.Redacted | undefined, SourceError.SourceErrorReason>
  readonly file: string
  /** Of the file that an earlier attempt began. */
  readonly etag: string | null
  /** Keeps the ETag of a file that begins. */
  readonly begin: (etag: string | null) => Effect.Effect<void, SourceError.SourceErrorReason>
  /** What errors call it. */
  readonly operation: string
  readonly attempts: number
  readonly timeoutMillis: number
  readonly retryMillis: Pauses
  readonly limits: Limits
}

/** Gives the file's size, or `undefined` when the export is gone. */
export const download = (
  of: Download
): Effect.Effect<
  number | undefined,
  SourceError.SourceErrorReason,
  HttpClient.HttpClient | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const part = `${of.file}.part`
    const sizeOf = (path: string) =>
      Effect.map(fs.stat(path), ({ size }) => Number(ByteSize.toBigInt(size))).pipe(
        Effect.catch(() => Effect.succeed(0))
      )
    let etag = of.etag
    let failures = 0
    let refusals = 0
    for (;;) {
      const url = yield* of.link
      if (url === undefined) return undefined
      const before = yield* sizeOf(part)
      const outcome = yield* fetchOnce(of, part, Redacted.value(url), before, etag, (begun) => {
        etag = begun
        return of.begin(begun)
      })
      refusals = outcome._tag === "refused" ? refusals + 1 : 0
      if (refusals >= MOST_REFUSALS) return undefined
      if (refusals > 0) yield* Effect.sleep(pauseAfter(refusals, of.retryMillis))
      if (outcome._tag === "complete") {
        const problem = yield* problemIn(part, of)
        if (problem === undefined) {
          yield* own(part, DurableFile.rename(part, of.file))
          return yield* sizeOf(of.file)
        }
        yield* own(part, fs.remove(part, { force: true }))
        failures++
        if (failures >= of.attempts) return yield* gaveUp(of, failures, problem)
      } else if (outcome._tag === "again") {
        // Each attempt that gets some of it is worth another one.
        failures = (yield* sizeOf(part)) > before ? 1 : failures + 1
        if (failures >= of.attempts) return yield* gaveUp(of, failures, outcome.problem)
        yield* Effect.sleep(pauseAfter(failures, of.retryMillis))
      }
    }
  }).pipe(Effect.withSpan("Sendbird.download", { attributes: { operation: of.operation } }))

// internal

type Outcome =
  | { readonly _tag: "complete" | "refused" }
  | { readonly _tag: "again"; readonly problem: string }

const complete: Outcome = { _tag: "complete" }
const refused: Outcome = { _tag: "refused" }

/** Links that are refused in a row until the export counts as gone. The time until which Sendbird says that it keeps it is not compared with the clock here: clocks differ. */
const MOST_REFUSALS = 4
const again = (problem: string): Outcome => ({ _tag: "again", problem })

/** One request. No token goes with it: the address is a credential of its own, for another host. */
const fetchOnce = (
  { timeoutMillis }: Download,
  part: string,
  url: string,
  size: number,
  etag: string | null,
  begin: Download["begin"]
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const http = yield* HttpClient.HttpClient
    const client = HttpClient.followRedirects(http, 3)
    const range =
      size === 0 ? {} : { range: `bytes=${size}-`, ...(etag === null ? {} : { "if-range": etag }) }
    const response = yield* client
      .execute(HttpClientRequest.get(url, { headers: range }))
      .pipe(Effect.mapError(problemOf), Effect.timeoutOrElse({ duration: timeoutMillis, orElse: timedOut }))
    const { headers, status } = response
    const total = Number(/\/(\d+)$/u.exec(headers["content-range"] ?? "")?.[1] ?? Number.NaN)
    if (status === 416) {
      if (size === total) return complete
      yield* own(part, fs.remove(part, { force: true }))
      return again("the file is another one than before")
    }
    if (status !== 200 && status !== 206) {
      yield* Effect.ignore(response.text)
      const mayBeGone = status >= 400 && status < 500 && status !== 408 && status !== 429
      return mayBeGone ? refused : again(`the file's address answers HTTP ${status}`)
    }
    const from = status === 206 ? Number(/^bytes (\d+)-/u.exec(headers["content-range"] ?? "")?.[1]) : 0
    if (from !== 0 && from !== size) {
      yield* own(part, fs.remove(part, { force: true }))
      return again("the answer is not the part that was asked for")
    }
    if (from === 0) yield* begin(headers["etag"] ?? null)
    const length = Number(headers["content-length"] ?? Number.NaN)
    const expected = status === 206 && !Number.isNaN(total) ? total : from + length
    const written = yield* save(response, part, from, timeoutMillis)
    return Number.isNaN(expected) || written === expected
      ? complete
      : again(`the file has ${written} bytes instead of ${expected}`)
  }).pipe(
    // A cut leaves what came before it on the disk.
    Effect.catchIf(
      (error): error is string => typeof error === "string",
      (problem) => Effect.succeed(again(problem))
    ),
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
  )

const save = (
  response: HttpClientResponse.HttpClientResponse,
  part: string,
  from: number,
  timeoutMillis: number
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const file = yield* own(part, DurableFile.append(part, from))
      const cut = yield* response.stream.pipe(
        Stream.mapError(problemOf),
        Stream.timeoutOrElse({ duration: timeoutMillis, orElse: () => Stream.fromEffect(timedOut()) }),
        Stream.runForEach((chunk) => own(part, file.write(chunk))),
        Effect.result
      )
      const written = yield* own(part, file.flush)
      return cut._tag === "Failure" ? yield* Effect.fail(cut.failure) : written
    })
  )

/** Reads all of the archive, which compares every checksum. */
const problemIn = (part: string, { limits, operation }: Download) =>
  Effect.scoped(
    Effect.gen(function* () {
      const archive = yield* Archives.openZip(yield* Archives.fromFile(part, 0), operation, limits)
      for (const index of archive.entries.keys()) {
        yield* Effect.scoped(
          Effect.flatMap(archive.open(index, 0), ({ next }) =>
            Effect.repeat(next, { until: (chunk) => chunk === undefined })
          )
        )
      }
      return undefined
    })
  ).pipe(
    Effect.catchTag("CorruptInput", ({ problem }) =>
      Effect.succeed(`the file is no sound zip archive: ${problem}`)
    )
  )

const timedOut = () => Effect.fail("nothing came in time")

const own = <A, R>(
  path: string,
  effect: Effect.Effect<A, PlatformError.PlatformError, R>
): Effect.Effect<A, SourceError.ReadFailed, R> =>
  Effect.mapError(effect, (cause) => new SourceError.ReadFailed({ path, cause }))

const gaveUp = ({ operation }: Download, attempts: number, problem: string) =>
  new SourceError.RequestFailed({
    operation,
    attempts,
    problem,
    hint: "Check the connection, then run again: what has come so far is kept."
  })
