import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Native from "./native.ts"

/** The error for bytes that are not a complete gzip file. */
export class GzipError extends Data.TaggedError("GzipError")<{ readonly problem: string }> {}

export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b

/** Compresses a stream to one gzip member whose header contains neither a time nor a system. */
export const compress = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>
): Stream.Stream<Uint8Array, E | GzipError, R> =>
  Stream.suspend(() => {
    let isHeader = true
    return Stream.map(through(bytes, Native.gzip), (chunk) => {
      if (isHeader) chunk[OPERATING_SYSTEM] = UNKNOWN_SYSTEM
      isHeader = false
      return chunk
    })
  })

/** Expands a gzip file of one or more members. */
export const expand = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>
): Stream.Stream<Uint8Array, E | GzipError, R> => through(bytes, Native.gunzip)

const OPERATING_SYSTEM = 9
const UNKNOWN_SYSTEM = 255

const through = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  open: (input: AsyncIterable<Uint8Array>) => Native.Codec
): Stream.Stream<Uint8Array, E | GzipError, R> =>
  Stream.unwrap(
    Effect.gen(function* () {
      // Node may wrap a failure of the input, so the original failure is kept here.
      let failure = Option.none<E>()
      const input = yield* Stream.toAsyncIterableEffect(
        Stream.tapError(bytes, (error) =>
          Effect.sync(() => {
            failure = Option.some(error)
          })
        )
      )
      const codec = yield* Effect.acquireRelease(
        Effect.sync(() => open(input)),
        ({ close }) => Effect.sync(close)
      )
      return Stream.fromAsyncIterable(codec.output, (cause): E | GzipError =>
        Option.getOrElse(
          failure,
          () => new GzipError({ problem: Native.gzipProblem(cause) ?? "the compressed file cannot be read" })
        )
      )
    })
  )
