// Verifies that the file of an export is complete.
import { Gzip, Archives } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { Limits } from "../settings/limits.ts"
import * as JsonEnd from "./jsonEnd.ts"

/** Reads the whole file, which verifies the gzip checksum and the end of the JSON. Returns the problem, if any. */
export const problemInExport = (
  file: string,
  bytes: number,
  /** True if the file should have a record on each line. */
  isLines: boolean,
  limits: Limits
): Effect.Effect<string | undefined, SourceError.SourceErrorReason, FileSystem.FileSystem> =>
  Effect.scoped(
    Effect.gen(function* () {
      // There was nothing to export.
      if (bytes === 0) return undefined
      const raw = yield* chunksOf(file)
      const first = yield* raw.next
      const isCompressed = first !== undefined && Gzip.isGzip(first)
      const again = yield* chunksOf(file)
      const { next } = isCompressed ? yield* Gzip.gunzip(again, file, 0, limits) : again
      const end = JsonEnd.make(isLines)
      for (let piece = yield* next; piece !== undefined; piece = yield* next) end.push(piece)
      return end.problem()
    })
  ).pipe(Effect.catchTag("CorruptInput", ({ problem }) => Effect.succeed(problem)))

// internal

const chunksOf = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const file = yield* Effect.mapError(
    fs.open(path, { flag: "r" }),
    (cause) => new SourceError.ReadFailed({ path, cause })
  )
  let at = 0
  const read = Effect.suspend(() => Archives.readFully(file, at, PIECE, path))
  return {
    next: Effect.map(read, (piece) => {
      at += piece.length
      return piece.length === 0 ? undefined : piece
    })
  }
})

const PIECE = 256 << 10
