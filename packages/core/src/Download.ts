/**
 * Fetches a file that a service has made ready to disk.
 *
 * It grows as `<file>.part` and gets its name when its content has been checked.
 * After a cut, or in another run, the download goes on where it was, if the
 * service says by an `ETag` that the file is still the same; otherwise it begins
 * again. Addresses are credentials of their own: they are asked for anew each
 * time, and are in no error and no span.
 *
 * @stability unstable
 * @since 0.1.0
 */
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
import { type Patience, pauseAfter } from "./ApiClient.ts"
import * as DurableFile from "./DurableFile.ts"
import { problemOf } from "./internal/transport.ts"
import { ReadFailed, RequestFailed, type SourceErrorReason } from "./SourceError.ts"

/**
 * What to fetch, and how.
 *
 * @category models
 * @since 0.1.0
 */
export interface Download<R = never> {
  /** An address that is known already, for the first attempt. */
  readonly first?: Redacted.Redacted | undefined
  /** The address, signed anew for each attempt; `undefined` when the file is gone. */
  readonly link: Effect.Effect<Redacted.Redacted | undefined, SourceErrorReason>
  readonly file: string
  /** Of the file that an earlier attempt began. */
  readonly etag: string | null
  /** Keeps the ETag of a file that begins. */
  readonly begin: (etag: string | null) => Effect.Effect<void, SourceErrorReason>
  /** What is wrong with a file that is all there; it is then fetched again. */
  readonly problemIn: (part: string, bytes: number) => Effect.Effect<string | undefined, SourceErrorReason, R>
  /** What errors call it. */
  readonly operation: string
  /** Before the dot in the name of the span. */
  readonly span: string
  /** `requestTimeoutMillis` is the time in which it must go on. */
  readonly patience: Patience
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
  SourceErrorReason,
  R | HttpClient.HttpClient | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { attempts, retryMillis } = of.patience
    const part = `${of.file}.part`
    const remove = own(part, fs.remove(part, { force: true }))
    let { etag, first } = of
    let failures = 0
    let refusals = 0
    for (;;) {
      const url = first ?? (yield* of.link)
      first = undefined
      if (url === undefined) return undefined
      // Only what is known to be the same file is gone on with.
      if (etag === null) yield* remove
      const before = yield* sizeOf(part)
      const outcome = yield* fetchOnce(of, part, Redacted.value(url), before, etag, (begun) => {
        etag = begun
        return of.begin(begun)
      })
      refusals = outcome._tag === "refused" ? refusals + 1 : 0
      if (refusals >= MOST_REFUSALS) return undefined
      if (refusals > 0) yield* Effect.sleep(pauseAfter(refusals, retryMillis))
      if (outcome._tag === "complete") {
        const problem = yield* of.problemIn(part, outcome.bytes)
        if (problem === undefined) {
          yield* own(part, DurableFile.rename(part, of.file))
          return outcome.bytes
        }
        yield* remove
        failures++
        if (failures >= attempts) return yield* gaveUp(of, failures, problem)
      } else if (outcome._tag === "again") {
        // Each attempt that gets some of it is worth another one.
        failures = (yield* sizeOf(part)) > before ? 1 : failures + 1
        if (failures >= attempts) return yield* gaveUp(of, failures, outcome.problem)
        yield* Effect.sleep(pauseAfter(failures, retryMillis))
      }
    }
  }).pipe(Effect.withSpan(`${of.span}.download`, { attributes: { operation: of.operation } }))

/**
 * Removes a file that was fetched, and what there is of one that was begun.
 *
 * @category running
 * @since 0.1.0
 */
export const forget = (file: string): Effect.Effect<void, ReadFailed, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.forEach([`${file}.part`, file], (path) => own(path, fs.remove(path, { force: true })), {
      discard: true
    })
  )

// internal

/** Links that are refused in a row until the file counts as gone. The time until which a service says that it keeps one is not compared with the clock here: clocks differ. */
const MOST_REFUSALS = 4

type Outcome =
  | { readonly _tag: "complete"; readonly bytes: number }
  | { readonly _tag: "refused" }
  | { readonly _tag: "again"; readonly problem: string }

const refused: Outcome = { _tag: "refused" }

const complete = (bytes: number): Outcome => ({ _tag: "complete", bytes })
const again = (problem: string): Outcome => ({ _tag: "again", problem })

/** One request. No token goes with it: the address is for another host. */
const fetchOnce = (
  { patience: { requestTimeoutMillis } }: Pick<Download, "patience">,
  part: string,
  url: string,
  size: number,
  etag: string | null,
  begin: Download["begin"]
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const client = HttpClient.followRedirects(yield* HttpClient.HttpClient, 3)
    const asIs = { "accept-encoding": "identity" }
    const range = size === 0 ? asIs : { ...asIs, range: `bytes=${size}-`, "if-range": etag ?? "" }
    const response = yield* client
      .execute(HttpClientRequest.get(url, { headers: range }))
      .pipe(
        Effect.mapError(problemOf),
        Effect.timeoutOrElse({ duration: requestTimeoutMillis, orElse: timedOut })
      )
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
    const written = yield* save(response, part, from, requestTimeoutMillis)
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

const sizeOf = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.stat(path)).pipe(
    Effect.map(({ size }) => Number(ByteSize.toBigInt(size))),
    Effect.orElseSucceed(() => 0)
  )

const timedOut = () => Effect.fail("nothing came in time")

const own = <A, R>(
  path: string,
  effect: Effect.Effect<A, PlatformError.PlatformError, R>
): Effect.Effect<A, ReadFailed, R> => Effect.mapError(effect, (cause) => new ReadFailed({ path, cause }))

const gaveUp = ({ operation }: Pick<Download, "operation">, attempts: number, problem: string) =>
  new RequestFailed({
    operation,
    attempts,
    problem,
    hint: "Check the connection, then run again: what has come so far is kept."
  })
