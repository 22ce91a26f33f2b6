// Bytes with random access: a file, or an archive inside another one.
import { SourceError } from "@chatferry/core"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"

export interface Bytes {
  readonly size: number
  /** Reads a range, with fewer than `length` bytes only at the end. The returned bytes are never overwritten. */
  readonly read: (offset: number, length: number) => Effect.Effect<Uint8Array, SourceError.SourceErrorReason>
}

export const fromMemory = (bytes: Uint8Array): Bytes => ({
  size: bytes.length,
  read: (offset, length) => Effect.succeed(bytes.subarray(offset, offset + length))
})

/**
 * Opens a file with a read-ahead window for sequential reads, so that many small
 * entries cost few reads. A file of at most `wholeUpTo` bytes is read at once.
 */
export const fromFile = (
  path: string,
  wholeUpTo: number
): Effect.Effect<Bytes, SourceError.SourceErrorReason, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.open(path, { flag: "r" })
    const size = Number(ByteSize.toBigInt((yield* file.stat).size))
    let window: Uint8Array = new Uint8Array()
    let start = 0
    const read = (offset: number, length: number) => {
      const end = start + window.length
      if (offset >= start && offset + length <= end) {
        return Effect.succeed(window.subarray(offset - start, offset - start + length))
      }
      const isForward = offset >= start && offset <= end + NEAR
      const from = size <= wholeUpTo ? 0 : offset
      const wanted = size <= wholeUpTo ? size : isForward ? Math.max(length, AHEAD) : length
      return Effect.map(readFully(file, from, Math.min(wanted, size - from), path), (bytes) => {
        window = bytes
        start = from
        return bytes.subarray(offset - from, offset - from + length)
      })
    }
    return { size, read }
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
    let filled = 0
    while (filled < length) {
      const count = yield* file.read(buffer.subarray(filled), { position: BigInt(offset + filled) })
      if (count === 0) break
      filled += count
    }
    return filled === length ? buffer : buffer.subarray(0, filled)
  }).pipe(Effect.mapError(readFailed(path)))

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
