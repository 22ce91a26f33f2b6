/**
 * Downloads a file that a service has prepared.
 *
 * The file grows as `<file>.part` and is renamed once its content has been
 * checked. After an interruption, or in another run, the download resumes if the
 * service's `ETag` is unchanged; otherwise it starts again. Addresses are
 * credentials themselves: they are requested again each time, and errors and
 * spans never contain them.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { SourceError } from "@chatferry/core"
import { DurableFile } from "@chatferry/core/files"
import * as ByteSize from "effect/ByteSize"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Effort from "../internal/api/download/effort.ts"
import { fetchOnce, asReadFailed } from "../internal/api/download/fetchOnce.ts"
import { backoff, pauses, type RetryPolicy, waiting } from "./RetryPolicy.ts"

/**
 * The default limit on the size of a downloaded file in bytes: 64 GiB.
 *
 * @category constants
 * @since 0.1.0
 */
export const MAX_BYTES: number = 64 * 2 ** 30

/**
 * What to download, and how.
 *
 * @category models
 * @since 0.1.0
 */
export interface Download<R = never> {
  /** An address that is already known, for the first attempt. */
  readonly first?: Redacted.Redacted | undefined
  /** Requests a freshly signed address for an attempt; `undefined` when the file is gone. */
  readonly link: Effect.Effect<Redacted.Redacted | undefined, SourceError.SourceErrorReason>
  readonly file: string
  /** The ETag of the file that an earlier attempt began. */
  readonly etag: string | null
  /** Stores the ETag when a file is started. */
  readonly begin: (etag: string | null) => Effect.Effect<void, SourceError.SourceErrorReason>
  /** What is wrong with a complete file, which is then downloaded again. */
  readonly problemIn: (
    part: string,
    bytes: number
  ) => Effect.Effect<string | undefined, SourceError.SourceErrorReason, R>
  /** The name of the download in errors. */
  readonly operation: string
  /** The part of the span's name before the dot. */
  readonly span: string
  /** Within each `requestTimeoutMillis`, the download must progress by at least 256 bytes a second. */
  readonly retryPolicy: RetryPolicy
  /** The base URL of the API that names the addresses: see `Link`. */
  readonly baseUrl: string
  /**
   * Largest file in bytes. Errors call it `maxDownloadBytes`.
   *
   * @default 64 GiB
   */
  readonly maxBytes?: number | undefined
  /**
   * How long all attempts may take together. Errors call it `exportDeadline`.
   *
   * @default 1 day
   */
  readonly deadlineMillis?: number | undefined
}

/**
 * Downloads the file and returns its size, or `undefined` when the file is gone:
 * there is no address for it any more, or its addresses were rejected several
 * times in a row.
 *
 * @category running
 * @since 0.1.0
 */
export const run = <R = never>(
  of: Download<R>
): Effect.Effect<
  number | undefined,
  SourceError.SourceErrorReason,
  R | HttpClient.HttpClient | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { deadlineMillis = DAY, maxBytes = MAX_BYTES } = of
    const { attempts, requestTimeoutMillis: timeoutMillis, retryMillis } = of.retryPolicy
    const until = (yield* Clock.currentTimeMillis) + deadlineMillis
    const waits = waiting("the storage", of.operation, of.retryPolicy)
    const effort = Effort.make(attempts)
    const part = `${of.file}.part`
    const remove = asReadFailed(part, DurableFile.awaited(fs.remove(part, { force: true })))
    let { etag, first } = of
    let nextPause = yield* pauses(backoff(retryMillis))
    let rejections = 0
    for (;;) {
      const link = first ?? (yield* of.link)
      first = undefined
      if (link === undefined) return undefined
      // Resumes only if the ETag is unchanged.
      if (etag === null) yield* remove
      const size = yield* sizeOf(part)
      const outcome = yield* fetchOnce({
        url: Redacted.value(link),
        part,
        size,
        etag,
        begin: (begun) => {
          etag = begun
          return of.begin(begun)
        },
        baseUrl: of.baseUrl,
        timeoutMillis,
        until,
        maxBytes
      })
      if (outcome._tag === "final") {
        return yield* gaveUp(of, effort.made() + 1, outcome.problem, outcome.hint)
      }
      if (outcome._tag === "too large") {
        yield* remove
        const problem = `the file is larger than maxDownloadBytes allows (${maxBytes} bytes)`
        return yield* gaveUp(
          of,
          effort.made() + 1,
          problem,
          "Raise maxDownloadBytes if the disk has enough space."
        )
      }
      rejections = outcome._tag === "rejected" ? rejections + 1 : 0
      if (rejections >= MOST_REJECTIONS) return undefined
      let problem = "its addresses are rejected"
      let failures: number | undefined = rejections
      if (outcome._tag === "rejected") failures = effort.rejected() ? rejections : undefined
      else {
        const found = outcome._tag === "again" ? outcome.problem : yield* of.problemIn(part, outcome.bytes)
        if (found === undefined) {
          yield* asReadFailed(part, DurableFile.rename(part, of.file))
          return outcome._tag === "complete" ? outcome.bytes : undefined
        }
        problem = found
        if (outcome._tag === "complete") yield* remove
        failures = effort.failed(size, yield* sizeOf(part))
      }
      if (failures === undefined) return yield* gaveUp(of, effort.made(), problem)
      // The attempt made progress, so the pauses start again.
      if (failures === 1) nextPause = yield* pauses(backoff(retryMillis))
      const pause = yield* nextPause
      if ((yield* Clock.currentTimeMillis) + pause >= until) {
        return yield* gaveUp(of, effort.made(), problem, RAISE_DEADLINE)
      }
      yield* waits.wait(outcome._tag === "again" ? outcome.retryAfter : undefined, pause)
    }
  }).pipe(Effect.withSpan(`${of.span}.download`, { attributes: { operation: of.operation } }))

/**
 * Removes a downloaded file and its `.part` file.
 *
 * @category running
 * @since 0.1.0
 */
export const forget = (file: string): Effect.Effect<void, SourceError.ReadFailed, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.forEach(
      [`${file}.part`, file],
      (path) => asReadFailed(path, DurableFile.awaited(fs.remove(path, { force: true }))),
      {
        discard: true
      }
    )
  )

// internal

/** Consecutive rejected links after which the file counts as gone. The service's expiry time is not compared with the local clock, because clocks differ. */
const MOST_REJECTIONS = 4

const DAY = 86_400_000

const sizeOf = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.stat(path)).pipe(
    Effect.map(({ size }) => Number(ByteSize.toBigInt(size))),
    Effect.orElseSucceed(() => 0)
  )

const gaveUp = (
  { operation }: Pick<Download, "operation">,
  attempts: number,
  problem: string,
  hint = "Check the connection, then run again."
) => new SourceError.RequestFailed({ operation, attempts, problem, hint })

const RAISE_DEADLINE = "exportDeadline has passed. Run again to resume, or raise it."
