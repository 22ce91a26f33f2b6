import { type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type { File } from "effect/FileSystem"
import { writeFailed } from "../format/failures.ts"
import type { Settings } from "../format/settings.ts"

/** A file with random access. */
export interface SourceFile {
  readonly bytes: number
  /** Fills all of `target`. */
  readonly read: (position: number, target: Buffer) => Effect.Effect<void, SinkError.SinkError>
}

/** Reads from an open file. An early end is an error. */
export const make = (settings: Settings, path: string, file: File, size: number): SourceFile => ({
  bytes: size,
  read: (position, target) =>
    Effect.gen(function* () {
      for (let done = 0; done < target.length;) {
        const count = yield* Effect.catchTag(
          file.read(target.subarray(done), { position: BigInt(position + done) }),
          "PlatformError",
          (cause) => writeFailed(settings, path, cause)
        )
        if (count === 0)
          return yield* writeFailed(
            settings,
            path,
            new Error(`it ends before byte ${position + target.length}`)
          )
        done += count
      }
    })
})
