// One attempt at a download: a request, its redirects, and the file on disk.
import { SourceError } from "@chatferry/core"
import { DurableFile } from "@chatferry/core/files"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as PlatformError from "effect/PlatformError"
import * as Stream from "effect/Stream"
import * as Link from "../../../api/Link.ts"
import { retryAfter } from "../retryAfter.ts"
import { problemOf } from "../transport.ts"

export type Outcome =
  | { readonly _tag: "complete"; readonly bytes: number }
  | { readonly _tag: "rejected" }
  | { readonly _tag: "again"; readonly problem: string; readonly retryAfter: number | undefined }
  | { readonly _tag: "too large" }
  | { readonly _tag: "final"; readonly problem: string; readonly hint: string }

export interface Attempt<E> {
  readonly url: string
  readonly part: string
  /** The bytes of the file that are already on disk. */
  readonly size: number
  readonly etag: string | null
  readonly begin: (etag: string | null) => Effect.Effect<void, E>
  readonly baseUrl: string
  readonly timeoutMillis: number
  /** The deadline in milliseconds since 1970. */
  readonly until: number
  readonly maxBytes: number
}

/** The request carries no token, because the address belongs to another host. */
export const fetchOnce = <E>(attempt: Attempt<E>) =>
  Effect.gen(function* () {
    const { baseUrl, begin, etag, maxBytes, part, size, timeoutMillis, url } = attempt
    const fs = yield* FileSystem.FileSystem
    const asIs = { "accept-encoding": "identity" }
    const range = size === 0 ? asIs : { ...asIs, range: `bytes=${size}-`, "if-range": etag ?? "" }
    const get = (address: string) => HttpClientRequest.get(address, { headers: range })
    const response = yield* Link.send(url, get, { baseUrl, redirects: MOST_REDIRECTS }).pipe(
      Effect.mapError((error) => (error._tag === "LinkRejected" ? error : problemOf(error))),
      Effect.timeoutOrElse({ duration: timeoutMillis, orElse: () => Effect.fail(TOO_LATE) })
    )
    const { headers, status } = response
    const total = wholeIn(/\/(\d+)$/u.exec(headers["content-range"] ?? "")?.[1])
    const removed = asReadFailed(part, DurableFile.awaited(fs.remove(part, { force: true })))
    if (status === 416) {
      if (size === total) return complete(size)
      return yield* Effect.as(removed, again("the file is not the same as before"))
    }
    if (status !== 200 && status !== 206) {
      const mayBeGone = status >= 400 && status < 500 && status !== 408 && status !== 429
      const wait = retryAfter(headers["retry-after"], yield* Clock.currentTimeMillis)
      return mayBeGone ? rejected : again(`the file's address returned HTTP ${status}`, wait)
    }
    const from = status === 206 ? wholeIn(/^bytes (\d+)-/u.exec(headers["content-range"] ?? "")?.[1]) : 0
    if (from !== 0 && from !== size) {
      return yield* Effect.as(removed, again("the response is not the part that was requested"))
    }
    // Some clients decompress responses: sizes and offsets in headers are then those of other bytes.
    const isAsIs = (headers["content-encoding"] ?? "identity") === "identity"
    const length = wholeIn(isAsIs ? headers["content-length"] : undefined)
    const expected = status === 206 && !Number.isNaN(total) ? total : from + length
    if (expected > maxBytes) return tooLarge
    if (from === 0) yield* begin((isAsIs ? headers["etag"] : undefined) ?? null)
    const written = yield* save(response, attempt, from, expected)
    if (written > maxBytes) return tooLarge
    // Without a length, an empty file may be an interrupted one.
    if (Number.isNaN(expected) && written === 0) return again("the file is empty")
    return Number.isNaN(expected) || written === expected
      ? complete(written)
      : again(`the file has ${written} bytes instead of ${expected}`)
  }).pipe(
    Effect.scoped,
    // An interrupted response leaves its first bytes on disk.
    Effect.catchIf(
      (error): error is string => typeof error === "string",
      (problem) => Effect.succeed(again(problem))
    ),
    Effect.catchIf(
      (error): error is Link.LinkRejected => error instanceof Link.LinkRejected,
      ({ hint, problem }) => Effect.succeed<Outcome>({ _tag: "final", problem, hint })
    )
  )

/** Maps errors of the file that is written. */
export const asReadFailed = <A, R>(
  path: string,
  effect: Effect.Effect<A, PlatformError.PlatformError, R>
): Effect.Effect<A, SourceError.ReadFailed, R> =>
  Effect.mapError(effect, (cause) => new SourceError.ReadFailed({ path, cause }))

// internal

const MOST_REDIRECTS = 3
/** The least rate in bytes per millisecond, measured over stretches as long as the timeout: 256 bytes a second. */
const LEAST_RATE = 0.256
const TOO_LATE = "there was no response in time"

const rejected: Outcome = { _tag: "rejected" }
const tooLarge: Outcome = { _tag: "too large" }
const complete = (bytes: number): Outcome => ({ _tag: "complete", bytes })
const again = (problem: string, wait?: number): Outcome => ({ _tag: "again", problem, retryAfter: wait })

const wholeIn = (digits: string | undefined): number =>
  digits !== undefined && /^\d+$/u.test(digits) ? Number(digits) : Number.NaN

/** Returns the size of the file, which is more than `maxBytes` when more bytes arrived than are allowed. */
const save = <E>(
  response: HttpClientResponse.HttpClientResponse,
  { maxBytes, part, timeoutMillis, until }: Attempt<E>,
  from: number,
  expected: number
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const file = yield* asReadFailed(part, DurableFile.append(part, from))
      const clock = yield* Clock.Clock
      let size = from
      let stretch = { began: clock.currentTimeMillisUnsafe(), size }
      const problemAt = (now: number): string | undefined => {
        if (size > expected) return `the file is longer than the declared ${expected} bytes`
        if (now > until) return "it takes longer than exportDeadline allows"
        const elapsed = now - stretch.began
        if (elapsed < timeoutMillis) return undefined
        if (size - stretch.size < elapsed * LEAST_RATE) return "the download is too slow to finish"
        stretch = { began: now, size }
        return undefined
      }
      const cut = yield* response.stream.pipe(
        Stream.mapError(problemOf),
        Stream.timeoutOrElse({ duration: timeoutMillis, orElse: () => Stream.fail(TOO_LATE) }),
        Stream.runForEachWhile((chunk) =>
          Effect.suspend((): Effect.Effect<boolean, string | SourceError.ReadFailed> => {
            size += chunk.length
            if (size > maxBytes) return Effect.succeed(false)
            const problem = problemAt(clock.currentTimeMillisUnsafe())
            return problem === undefined
              ? Effect.as(asReadFailed(part, file.write(chunk)), true)
              : Effect.fail(problem)
          })
        ),
        Effect.result
      )
      yield* asReadFailed(part, file.flush)
      return cut._tag === "Failure" ? yield* Effect.fail(cut.failure) : size
    })
  )
