// Bytes with random access: a file, or an archive inside another one.
import { SourceError } from "@chatferry/core"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"

export interface Bytes {
  readonly size: number
  /** Reads a range, with fewer than `length` bytes only at the end. The returned bytes are never overwritten. */
  readonly read: (offset: number, length: number) => Effect.Effect<Uint8Array, SourceError.SourceErrorReason>
  /** True once all of it is in memory: no file needs to be open for it any more. */
  readonly isInMemory: () => boolean
}

export const fromMemory = (bytes: Uint8Array): Bytes => ({
  size: bytes.length,
  isInMemory: () => true,
  read: (offset, length) => Effect.succeed(bytes.subarray(offset, offset + length))
})

/**
 * Opens a file with a read-ahead window for sequential reads, so that many small
 * entries cost few reads. A file of at most `wholeUpTo` bytes is read into memory: a read
 * waits only for the bytes up to its own.
 */
export const fromFile = (
  path: string,
  wholeUpTo: number
): Effect.Effect<Bytes, SourceError.SourceErrorReason, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.open(path, { flag: "r" })
    const size = Number(ByteSize.toBigInt((yield* file.stat).size))
    return size <= wholeUpTo ? yield* loading(file, size, path) : throughWindow(file, size, path)
  }).pipe(Effect.mapError(readFailed(path)))

/** Reads a range of an open file, with fewer bytes only at the end of the file. */
export const readFully = (
  file: FileSystem.File,
  offset: number,
  length: number,
  path: string
): Effect.Effect<Uint8Array, SourceError.SourceErrorReason> =>
  Effect.gen(function* () {
    const buffer = Buffer.allocUnsafeSlow(Math.max(length, 0))
    const filled = yield* fill(file, offset, buffer, path)
    return filled === length ? buffer : buffer.subarray(0, filled)
  })

/** The first bytes of a file; fewer only if the file is shorter. */
export const readHead = (
  path: string,
  length: number,
  failed: (cause: PlatformError.PlatformError) => SourceError.SourceErrorReason = readFailed(path)
): Effect.Effect<Uint8Array, SourceError.SourceErrorReason, FileSystem.FileSystem> =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* Effect.mapError(fs.open(path, { flag: "r" }), failed)
      return yield* readFully(file, 0, length, path)
    })
  )

export const readFailed =
  (path: string) =>
  (cause: PlatformError.PlatformError | SourceError.SourceErrorReason): SourceError.SourceErrorReason =>
    cause._tag === "PlatformError" ? new SourceError.ReadFailed({ path, cause }) : cause

// internal

const AHEAD = 1 << 20
const NEAR = 64 << 10

/** Fills a buffer from an open file, and returns the number of bytes: fewer only at the end of the file. */
const fill = (
  file: FileSystem.File,
  offset: number,
  buffer: Uint8Array,
  path: string
): Effect.Effect<number, SourceError.SourceErrorReason> =>
  Effect.gen(function* () {
    let filled = 0
    while (filled < buffer.length) {
      const count = yield* file.read(buffer.subarray(filled), { position: BigInt(offset + filled) })
      if (count === 0) break
      filled += count
    }
    return filled
  }).pipe(Effect.mapError(readFailed(path)))

const throughWindow = (file: FileSystem.File, size: number, path: string): Bytes => {
  let window: Uint8Array = new Uint8Array()
  let start = 0
  return {
    size,
    isInMemory: () => false,
    read: (offset, length) => {
      const end = start + window.length
      if (offset >= start && offset + length <= end) {
        return Effect.succeed(window.subarray(offset - start, offset - start + length))
      }
      const isForward = offset >= start && offset <= end + NEAR
      const wanted = isForward ? Math.max(length, AHEAD) : length
      return Effect.map(readFully(file, offset, Math.min(wanted, size - offset), path), (bytes) => {
        window = bytes
        start = offset
        return bytes.subarray(0, length)
      })
    }
  }
}

/** Reads a whole file, in pieces that follow each other without being asked for. */
const loading = Effect.fnUntraced(function* (file: FileSystem.File, size: number, path: string) {
  const buffer = Buffer.allocUnsafeSlow(size)
  let filled = 0
  const pieces: Array<Fiber.Fiber<void, SourceError.SourceErrorReason>> = []
  for (let from = 0; from < size; from += AHEAD) {
    const before = pieces.at(-1)
    const piece = Effect.gen(function* () {
      if (before !== undefined) yield* Fiber.join(before)
      // The file has become shorter.
      if (filled < from) return
      filled += yield* fill(file, from, buffer.subarray(from, from + AHEAD), path)
    })
    pieces.push(yield* Effect.forkScoped(piece))
  }
  const part = (offset: number, length: number) =>
    buffer.subarray(Math.min(offset, filled), Math.min(offset + length, filled))
  return {
    size,
    isInMemory: () => filled === size,
    read: (offset, length) => {
      const piece = pieces[Math.ceil(Math.min(offset + length, size) / AHEAD) - 1]
      return offset + length <= filled || piece === undefined
        ? Effect.succeed(part(offset, length))
        : Effect.map(Fiber.join(piece), () => part(offset, length))
    }
  } satisfies Bytes
})
