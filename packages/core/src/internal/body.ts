// Bodies of answers, as far as they are wanted: a server decides how much it sends, and we how much we take.
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"

/** All of a body, or `undefined` when it has more than `most` bytes. What is compressed on the way counts as it is unpacked. */
export const whole = (
  { headers, stream }: HttpClientResponse.HttpClientResponse,
  most: number
): Effect.Effect<Buffer | undefined, HttpClientError.HttpClientError> => {
  const declared = declaredIn(headers["content-length"])
  if (declared > most) return Effect.succeed(undefined)
  return Effect.map(collected(stream, declared, most), ({ bytes, isWhole }) => (isWhole ? bytes : undefined))
}

/** The first bytes of a body, at most `most`. */
export const beginning = (
  { stream }: HttpClientResponse.HttpClientResponse,
  most: number
): Effect.Effect<Buffer, HttpClientError.HttpClientError> =>
  Effect.map(collected(stream, 0, most), ({ bytes }) => bytes)

// internal

const FIRST = 16 << 10

const declaredIn = (length: string | undefined): number =>
  length !== undefined && /^\d{1,15}$/u.test(length) ? Number(length) : 0

/** Grows by doubling, so that a body is in memory one and a half times at most. */
const collected = (
  stream: Stream.Stream<Uint8Array, HttpClientError.HttpClientError>,
  declared: number,
  most: number
) =>
  Effect.suspend(() => {
    let bytes = Buffer.alloc(0)
    let length = 0
    let isWhole = true
    return stream.pipe(
      Stream.runForEachWhile((chunk) =>
        Effect.sync(() => {
          const taken = Math.min(chunk.length, most - length)
          if (length + taken > bytes.length) {
            const size = Math.min(most, Math.max(declared, FIRST, 2 * bytes.length, length + taken))
            const larger = Buffer.allocUnsafeSlow(size)
            larger.set(bytes.subarray(0, length))
            bytes = larger
          }
          bytes.set(chunk.subarray(0, taken), length)
          length += taken
          isWhole = taken === chunk.length
          return isWhole
        })
      ),
      Effect.map(() => ({ bytes: bytes.subarray(0, length), isWhole }))
    )
  })
