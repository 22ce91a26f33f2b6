// Reads bodies of responses up to a limit, because a server decides how much it sends.
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"

/** Reads a whole body, or returns `undefined` when it has more than `most` bytes after decompression. */
export const whole = (
  { headers, stream }: HttpClientResponse.HttpClientResponse,
  most: number
): Effect.Effect<Uint8Array | undefined, HttpClientError.HttpClientError> =>
  declaredIn(headers["content-length"]) > most
    ? Effect.succeed(undefined)
    : Effect.map(collected(stream, most), ({ bytes, isWhole }) => (isWhole ? bytes : undefined))

/** Reads the first bytes of a body, at most `most`. */
export const beginning = (
  { stream }: HttpClientResponse.HttpClientResponse,
  most: number
): Effect.Effect<Uint8Array, HttpClientError.HttpClientError> =>
  Effect.map(collected(stream, most), ({ bytes }) => bytes)

// internal

const declaredIn = (length: string | undefined): number =>
  length !== undefined && /^\d{1,15}$/u.test(length) ? Number(length) : 0

/** Copies the pieces into one block: a server may send single bytes, and each piece has about a hundred bytes of overhead. */
const collected = (stream: Stream.Stream<Uint8Array, HttpClientError.HttpClientError>, most: number) =>
  Effect.suspend(() => {
    let block = Buffer.alloc(0)
    let length = 0
    let isWhole = true
    const add = (piece: Uint8Array): boolean => {
      const end = Math.min(most, length + piece.length)
      if (end > block.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(most, 2 * end))
        block.copy(larger, 0, 0, length)
        block = larger
      }
      isWhole = piece.length === end - length
      block.set(isWhole ? piece : piece.subarray(0, end - length), length)
      length = end
      return isWhole
    }
    return stream.pipe(
      Stream.runForEachWhile((piece) => Effect.sync(() => add(piece))),
      Effect.map(() => ({ bytes: block.subarray(0, length), isWhole }))
    )
  })
