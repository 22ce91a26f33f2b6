import type { Sink, SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Gzip from "./gzip.ts"
import { copyThrough, places, type Settings, type StagedFile } from "./stagedFiles.ts"

type Failure = PlatformError.PlatformError | SinkError.SinkError
type Platform = FileSystem.FileSystem | Path.Path

/**
 * Compresses the parts into what is published. Always from the start and from
 * the whole part, so that the bytes do not depend on where a run was killed.
 * A file whose plain part is gone was published by an earlier attempt.
 */
export const compressAll = Effect.fnUntraced(function* (
  settings: Settings,
  files: ReadonlyArray<StagedFile>,
  progress: Sink.Context["progress"]
): Effect.fn.Return<void, Failure, Platform> {
  const fs = yield* FileSystem.FileSystem
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  for (const { bytes, name } of files) {
    yield* progress("compress", done, total)
    const { part, staged } = yield* places(settings, name)
    // Compressing has no GzipError of its own: any bytes can be compressed.
    if (yield* fs.exists(part))
      yield* Effect.catchTag(copyThrough(part, staged, Gzip.compress), "GzipError", Effect.die)
    done += bytes
  }
  yield* progress("compress", total, total)
})

/** Removes the plain parts once the compressed files are published. */
export const removeParts = Effect.fnUntraced(function* (
  settings: Settings,
  files: ReadonlyArray<StagedFile>
): Effect.fn.Return<void, Failure, Platform> {
  const fs = yield* FileSystem.FileSystem
  for (const { name } of files) yield* fs.remove((yield* places(settings, name)).part, { force: true })
})
