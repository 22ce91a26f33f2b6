// Verifies that a zip archive is complete.
import { Archives } from "@chatferry/connector"
import { type SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type { Limits } from "../settings/limits.ts"

/** Reads the whole archive, which verifies every checksum. Returns the problem, if any. */
export const problemInZip = (
  file: string,
  /** Name of the archive in errors. */
  name: string,
  limits: Limits
): Effect.Effect<string | undefined, SourceError.SourceErrorReason, FileSystem.FileSystem> =>
  Effect.scoped(
    Effect.gen(function* () {
      const archive = yield* Archives.openZip(yield* Archives.fromFile(file, 0), name, limits)
      for (const index of archive.entries.keys()) {
        yield* Effect.scoped(
          Effect.flatMap(archive.open(index, 0), ({ next }) =>
            Effect.repeat(next, { until: (chunk) => chunk === undefined })
          )
        )
      }
      return undefined
    })
  ).pipe(
    Effect.catchTag("CorruptInput", ({ problem }) =>
      Effect.succeed(`the file is not a valid zip archive: ${problem}`)
    )
  )
