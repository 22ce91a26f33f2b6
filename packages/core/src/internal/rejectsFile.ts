import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as DurableFile from "../DurableFile.ts"
import type { Rejected } from "../Rejected.ts"

export type Stage = "source" | "transform" | "sink"

export interface RejectsFile {
  readonly records: () => number
  readonly add: (
    stage: Stage,
    rejected: ReadonlyArray<Rejected>
  ) => Effect.Effect<void, PlatformError.PlatformError>
  readonly flush: Effect.Effect<
    { readonly bytes: number; readonly records: number },
    PlatformError.PlatformError
  >
}

/** Opens the rejects file where a checkpoint left it; what was added later is cut off and will come again. */
export const open = (
  path: string,
  last: { readonly bytes: number; readonly records: number }
): Effect.Effect<RejectsFile, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.map(DurableFile.append(path, last.bytes), (file) => {
    let records = last.records
    return {
      records: () => records,
      add: (stage, rejected) => {
        if (rejected.length === 0) return Effect.void
        records += rejected.length
        return file.write(Buffer.from(rejected.map((one) => `${line(stage, one)}\n`).join("")))
      },
      flush: Effect.map(file.flush, (bytes) => ({ bytes, records }))
    }
  })

const line = (stage: Stage, { code, kind, message, original, place }: Rejected) => {
  try {
    return JSON.stringify({ stage, kind, code, message, place, original })
  } catch {
    // JSON.parse reads nesting that JSON.stringify cannot write.
    return JSON.stringify({
      stage,
      kind,
      code,
      message,
      place,
      original: { text: "(nested too deeply to write)" }
    })
  }
}
