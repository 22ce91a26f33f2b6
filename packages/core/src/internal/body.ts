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
  if (declaredIn(headers["content-length"]) > most) return Effect.succeed(undefined)
  return Effect.map(collected(stream, most), ({ growing, isWhole }) => {
    if (isWhole) return growing.take()
    growing.free()
    return undefined
  })
}

/** The first bytes of a body, at most `most`. */
export const beginning = (
  { stream }: HttpClientResponse.HttpClientResponse,
  most: number
): Effect.Effect<Buffer, HttpClientError.HttpClientError> =>
  Effect.map(collected(stream, most), ({ growing }) => growing.take())

/** Gives the memory of a body back that nobody is going to read. */
export const free = (bytes: Buffer): void => {
  const { buffer } = bytes
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= WORTH_FREEING) buffer.transfer(0)
}

// internal

const declaredIn = (length: string | undefined): number =>
  length !== undefined && /^\d{1,15}$/u.test(length) ? Number(length) : 0

/** Grows by blocks, and gives their memory back as soon as nobody wants it: a collector may come too late. */
class Growing {
  readonly #most: number
  readonly #blocks: Array<Buffer> = []
  #length = 0
  /** Free bytes of the last block. */
  #room = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Takes as much of a piece as there is room for; `false` when that is not all of it. */
  add(piece: Uint8Array): boolean {
    let from = 0
    while (from < piece.length && this.#length < this.#most) {
      const block = this.#room > 0 ? (this.#blocks.at(-1) as Buffer) : this.#grow(piece.length)
      const taken = Math.min(piece.length - from, this.#room, this.#most - this.#length)
      block.set(piece.subarray(from, from + taken), block.length - this.#room)
      from += taken
      this.#room -= taken
      this.#length += taken
    }
    return from === piece.length
  }

  /** All of it in one block; ends it. */
  take(): Buffer {
    const [only] = this.#blocks
    if (this.#blocks.length <= 1) return only === undefined ? NOTHING : only.subarray(0, this.#length)
    // Memory that nothing is written to yet is none, so this is in memory once.
    const whole = Buffer.allocUnsafeSlow(this.#length)
    let at = 0
    for (const block of this.#blocks) {
      at += block.copy(whole, at, 0, this.#length - at)
      free(block)
    }
    return whole
  }

  free(): void {
    for (const block of this.#blocks) free(block)
    this.#blocks.length = 0
    this.#room = 0
  }

  #grow(wanted: number): Buffer {
    const size = Math.min(BLOCK, Math.max(FIRST, wanted, this.#length))
    const block = Buffer.allocUnsafeSlow(size)
    this.#blocks.push(block)
    this.#room = size
    return block
  }
}

const NOTHING = Buffer.alloc(0)
const FIRST = 16 << 10
const BLOCK = 4 << 20
/** Of a block of its own that is worth it. */
const WORTH_FREEING = 1 << 20

const collected = (stream: Stream.Stream<Uint8Array, HttpClientError.HttpClientError>, most: number) =>
  Effect.suspend(() => {
    const growing = new Growing(most)
    let isWhole = true
    return stream.pipe(
      Stream.runForEachWhile((piece) =>
        Effect.sync(() => {
          isWhole = growing.add(piece)
          return isWhole
        })
      ),
      Effect.map(() => ({ growing, isWhole })),
      Effect.onError(() => Effect.sync(() => growing.free()))
    )
  })
