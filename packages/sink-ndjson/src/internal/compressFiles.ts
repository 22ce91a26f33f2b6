import { DurableFile, NdjsonLines, Sha256, type Sink, type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Stream from "effect/Stream"
import * as Gzip from "./gzip.ts"
import {
  type Copied,
  copyThrough,
  damaged,
  OTHER_CONTENT,
  places,
  type Settings,
  type StagedFile
} from "./stagedFiles.ts"

type Failure = PlatformError.PlatformError | SinkError.SinkError
type Platform = FileSystem.FileSystem | Path.Path

/**
 * Compresses the parts into what is published. Always from the start and from
 * the whole part, so that the bytes do not depend on where a run was killed.
 * A file whose plain part is gone was published by an earlier attempt. Gives what
 * was made, by name.
 */
export const compressAll = Effect.fnUntraced(function* (
  settings: Settings,
  files: ReadonlyArray<StagedFile>,
  progress: Sink.Context["progress"]
): Effect.fn.Return<ReadonlyMap<string, Copied>, Failure, Platform> {
  const fs = yield* FileSystem.FileSystem
  const all = new Map<string, Copied>()
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  for (const { bytes, name, records, sha256 } of files) {
    yield* progress("compress", done, total)
    const { part, staged } = yield* places(settings, name)
    if (yield* fs.exists(part)) {
      const hash = Sha256.running()
      const seen = { bytes: 0, lines: 0 }
      // Compressing has no GzipError of its own: any bytes can be compressed.
      const made = copyThrough(part, staged, compressing(seen, hash.update))
      all.set(name, yield* Effect.catchTag(made, "GzipError", Effect.die))
      if (seen.bytes !== bytes || seen.lines !== records) {
        const problem = `has ${seen.bytes} bytes in ${seen.lines} lines; ${bytes} bytes in ${records} lines were written, so something else wrote to it`
        return yield* damaged(settings, part, problem)
      }
      if (hash.hex() !== sha256) return yield* damaged(settings, part, OTHER_CONTENT)
    }
    done += bytes
  }
  yield* progress("compress", total, total)
  return all
})

/** Counts what is compressed: the compressed file does not show it. */
const compressing =
  (seen: { bytes: number; lines: number }, hash: (bytes: Uint8Array) => void) =>
  <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Uint8Array, E | Gzip.GzipError, R> =>
    Gzip.compress(
      Stream.map(bytes, (chunk) => {
        seen.bytes += chunk.length
        hash(chunk)
        seen.lines += NdjsonLines.countLineFeeds(chunk)
        return chunk
      })
    )

/** Removes the plain parts once the compressed files are published. */
export const removeParts = Effect.fnUntraced(function* (
  settings: Settings,
  files: ReadonlyArray<StagedFile>
): Effect.fn.Return<void, Failure, Platform> {
  const fs = yield* FileSystem.FileSystem
  for (const { name } of files)
    yield* DurableFile.awaited(fs.remove((yield* places(settings, name)).part, { force: true }))
})
