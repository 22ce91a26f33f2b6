/**
 * Fetches a file that a service has made ready to disk.
 *
 * It grows as `<file>.part` and gets its name when its content has been checked.
 * After a cut, or in another run, the download goes on where it was, if the
 * service says by an `ETag` that the file is still the same; otherwise it begins
 * again. Addresses are credentials of their own: they are asked for again each
 * time, and are in no error and no span.
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
import { fetchOnce, own } from "../internal/api/download/fetchOnce.ts"
import { backoff, pauses, type RetryPolicy, waiting } from "./RetryPolicy.ts"

/**
 * Largest file that is fetched unless settings say otherwise, in bytes: 64 GiB.
 *
 * @category constants
 * @since 0.1.0
 */
export const MAX_BYTES: number = 64 * 2 ** 30

/**
 * What to fetch, and how.
 *
 * @category models
 * @since 0.1.0
 */
export interface Download<R = never> {
  /** An address that is known already, for the first attempt. */
  readonly first?: Redacted.Redacted | undefined
  /** The address, signed again for each attempt; `undefined` when the file is gone. */
  readonly link: Effect.Effect<Redacted.Redacted | undefined, SourceError.SourceErrorReason>
  readonly file: string
  /** Of the file that an earlier attempt began. */
  readonly etag: string | null
  /** Keeps the ETag of a file that begins. */
  readonly begin: (etag: string | null) => Effect.Effect<void, SourceError.SourceErrorReason>
  /** What is wrong with a file that is all there; it is then fetched again. */
  readonly problemIn: (
    part: string,
    bytes: number
  ) => Effect.Effect<string | undefined, SourceError.SourceErrorReason, R>
  /** What errors call it. */
  readonly operation: string
  /** Before the dot in the name of the span. */
  readonly span: string
  /** `requestTimeoutMillis` is the time in which it must go on, at 256 bytes a second at least. */
  readonly retryPolicy: RetryPolicy
  /** Of the API that names the addresses: see `Link`. */
  readonly baseUrl: string
  /** Largest file; 64 GiB. Errors call it `maxDownloadBytes`. */
  readonly maxBytes?: number
  /** How long all attempts may take together; 1 day. Errors call it `exportDeadline`. */
  readonly deadlineMillis?: number
}

/**
 * Fetches the file and gives its size, or `undefined` when it is gone: when there
 * is no address any more, or addresses are refused several times in a row.
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
    const remove = own(part, DurableFile.awaited(fs.remove(part, { force: true })))
    let { etag, first } = of
    let nextPause = yield* pauses(backoff(retryMillis))
    let refusals = 0
    for (;;) {
      const link = first ?? (yield* of.link)
      first = undefined
      if (link === undefined) return undefined
      // Only what is known to be the same file is resumed.
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
          "Raise maxDownloadBytes if the disk has the room."
        )
      }
      refusals = outcome._tag === "refused" ? refusals + 1 : 0
      if (refusals >= MOST_REFUSALS) return undefined
      let problem = "its addresses are refused"
      let failures: number | undefined = refusals
      if (outcome._tag === "refused") failures = effort.refused() ? refusals : undefined
      else {
        const found = outcome._tag === "again" ? outcome.problem : yield* of.problemIn(part, outcome.bytes)
        if (found === undefined) {
          yield* own(part, DurableFile.rename(part, of.file))
          return outcome._tag === "complete" ? outcome.bytes : undefined
        }
        problem = found
        if (outcome._tag === "complete") yield* remove
        failures = effort.failed(size, yield* sizeOf(part))
      }
      if (failures === undefined) return yield* gaveUp(of, effort.made(), problem)
      // The first of a row: what failed before had got further.
      if (failures === 1) nextPause = yield* pauses(backoff(retryMillis))
      const pause = yield* nextPause
      if ((yield* Clock.currentTimeMillis) + pause >= until) {
        return yield* gaveUp(of, effort.made(), problem, RAISE_DEADLINE)
      }
      yield* waits.wait(outcome._tag === "again" ? outcome.retryAfter : undefined, pause)
    }
  }).pipe(Effect.withSpan(`${of.span}.download`, { attributes: { operation: of.operation } }))

/**
 * Removes a file that was fetched, and what there is of one that was begun.
 *
 * @category running
 * @since 0.1.0
 */
export const forget = (file: string): Effect.Effect<void, SourceError.ReadFailed, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.forEach(
      [`${file}.part`, file],
      (path) => own(path, DurableFile.awaited(fs.remove(path, { force: true }))),
      {
        discard: true
      }
    )
  )

// internal

/** Links that are refused in a row until the file counts as gone. The time until which a service says that it keeps one is not compared with the clock here: clocks differ. */
const MOST_REFUSALS = 4

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

const RAISE_DEADLINE = "That is as long as exportDeadline allows. Run again to go on, or raise it."
