// Fetches the file of an export to disk, goes on after a cut, and checks it before it counts as there.
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
import { gunzip, isGzip } from "../gunzip.ts"
import type { Limits } from "../limits.ts"
import { type Pauses, pauseAfter, problemOf } from "./client.ts"
import * as JsonEnd from "./jsonEnd.ts"

export interface Download {
  /** The address, signed anew for each attempt; `undefined` when the export is gone. */
  readonly link: Effect.Effect<Redacted.Redacted | undefined, SourceError.SourceErrorReason>
  readonly file: string
  /** Whether it is to have a record on each line. */
  readonly isLines: boolean
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
      // Only what is known to be the same file is gone on with.
      if (etag === null) yield* own(part, fs.remove(part, { force: true }))
      const before = yield* sizeOf(part)
      const outcome = yield* fetchOnce(of, part, Redacted.value(url), before, etag, (begun) => {
        etag = begun
        return of.begin(begun)
      })
      refusals = outcome._tag === "refused" ? refusals + 1 : 0
      if (refusals >= MOST_REFUSALS) return undefined
      if (refusals > 0) yield* Effect.sleep(pauseAfter(refusals, of.retryMillis))
      if (outcome._tag === "complete") {
        const problem = outcome.isEmpty ? undefined : yield* problemIn(part, of)
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
  }).pipe(Effect.withSpan("Stream.download", { attributes: { operation: of.operation } }))

// internal

type Outcome =
  | { readonly _tag: "complete"; readonly isEmpty: boolean }
  | { readonly _tag: "refused" }
  | { readonly _tag: "again"; readonly problem: string }

const refused: Outcome = { _tag: "refused" }

const complete = (bytes: number): Outcome => ({ _tag: "complete", isEmpty: bytes === 0 })
const again = (problem: string): Outcome => ({ _tag: "again", problem })

/** Links that are refused in a row until the export counts as gone. */
const MOST_REFUSALS = 4

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
    const asIs = { "accept-encoding": "identity" }
    const range = size === 0 ? asIs : { ...asIs, range: `bytes=${size}-`, "if-range": etag ?? "" }
    const response = yield* client
      .execute(HttpClientRequest.get(url, { headers: range }))
      .pipe(Effect.mapError(problemOf), Effect.timeoutOrElse({ duration: timeoutMillis, orElse: timedOut }))
    const { headers, status } = response
    const total = Number(/\/(\d+)$/u.exec(headers["content-range"] ?? "")?.[1] ?? Number.NaN)
    if (status === 416) {
      if (size === total) return complete(size)
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
    // Some clients unpack what is compressed on the way: sizes and offsets are then of something else.
    const isAsIs = (headers["content-encoding"] ?? "identity") === "identity"
    if (from === 0) yield* begin((isAsIs ? headers["etag"] : undefined) ?? null)
    const length = Number((isAsIs ? headers["content-length"] : undefined) ?? Number.NaN)
    const expected = status === 206 && !Number.isNaN(total) ? total : from + length
    const written = yield* save(response, part, from, timeoutMillis)
    // Without a length nobody knows whether an empty file is one.
    if (Number.isNaN(expected) && written === 0) return again("the file is empty")
    return Number.isNaN(expected) || written === expected
      ? complete(written)
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

/** Reads all of the file, which compares the checksum of gzip and finds the end of the JSON. */
const problemIn = (part: string, { isLines, limits }: Download) =>
  Effect.scoped(
    Effect.gen(function* () {
      const raw = yield* chunksOf(part)
      const first = yield* raw.next
      const isCompressed = first !== undefined && isGzip(first)
      const again = yield* chunksOf(part)
      const { next } = isCompressed ? yield* gunzip(again, part, 0, limits) : again
      const end = JsonEnd.make(isLines)
      for (let piece = yield* next; piece !== undefined; piece = yield* next) end.push(piece)
      return end.problem()
    })
  ).pipe(Effect.catchTag("CorruptInput", ({ problem }) => Effect.succeed(problem)))

const chunksOf = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = yield* own(path, fs.open(path, { flag: "r" }))
    let at = 0
    const read = Effect.suspend(() => Archives.readFully(file, at, PIECE, path))
    return {
      next: Effect.map(read, (piece) => {
        at += piece.length
        return piece.length === 0 ? undefined : piece
      })
    }
  })

const PIECE = 256 << 10

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
