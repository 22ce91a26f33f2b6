import { DurableFile, Publication, type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Scope from "effect/Scope"
import { writeFailed } from "./failures.ts"
import type { Settings } from "./settings.ts"

/** A file under its temporary name that grows by text or bytes. */
export interface TextFile {
  readonly name: string
  readonly path: string
  readonly bytes: () => number
  readonly records: () => number
  readonly append: (text: string, records: number) => Effect.Effect<void, SinkError.SinkError>
  readonly appendBytes: (bytes: Uint8Array) => Effect.Effect<void, SinkError.SinkError>
  /** Syncs and closes it. */
  readonly close: Effect.Effect<Publication.StagedFile, SinkError.SinkError>
}

/** Starts a file anew; it is closed with the scope when it is not before. */
export const open = (
  settings: Settings,
  name: string
): Effect.Effect<TextFile, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const path = Publication.partName((yield* Path.Path).join(settings.directory, name))
    const orFail = <A, R>(effect: Effect.Effect<A, PlatformError.PlatformError, R>) =>
      Effect.catchTag(effect, "PlatformError", (cause) => writeFailed(settings, path, cause))
    // A scope of its own: an import may have more files than a process may have open.
    const scope = yield* Scope.fork(yield* Scope.Scope)
    const appender = yield* orFail(Scope.provide(DurableFile.append(path, 0), scope))
    let block = Buffer.allocUnsafe(0)
    let filled = 0
    let bytes = 0
    let records = 0
    const writeOut = (next: Buffer<ArrayBuffer>) => {
      const full = block.subarray(0, filled)
      block = next
      filled = 0
      return full.length === 0 ? Effect.void : orFail(appender.write(full))
    }
    // Bytes live outside the heap, where small pieces pile up until it is cleaned: all goes into large blocks.
    const room = (size: number) =>
      filled + size <= block.length
        ? Effect.void
        : writeOut(Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, size)))
    return {
      name,
      path,
      bytes: () => bytes,
      records: () => records,
      append: (text, count) =>
        Effect.suspend(() => {
          records += count
          return Effect.map(room(text.length * 3), () => {
            const written = block.write(text, filled)
            filled += written
            bytes += written
          })
        }),
      appendBytes: (piece) =>
        Effect.suspend(() =>
          Effect.map(room(piece.length), () => {
            block.set(piece, filled)
            filled += piece.length
            bytes += piece.length
          })
        ),
      close: Effect.gen(function* () {
        yield* writeOut(Buffer.allocUnsafe(0))
        const length = yield* orFail(appender.flush)
        yield* Scope.close(scope, Exit.void)
        return { path: name, records, bytes: length }
      })
    }
  })

// internal

// So much that a block is over a megabyte when the next piece has no room: the file then takes it without a copy.
const BLOCK_BYTES = 1.25 * 1024 * 1024
