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
  /** Syncs and closes it. `brackets`: lines around its records. */
  readonly close: (brackets?: number) => Effect.Effect<ClosedFile, SinkError.SinkError>
}

/** A file that is written, and what is known of its content. */
type ClosedFile = Publication.StagedFile &
  Required<Pick<Publication.StagedFile, "bytes">> & { readonly sha256: string }

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
    let bytes = 0
    let records = 0
    return {
      name,
      path,
      bytes: () => bytes,
      records: () => records,
      append: (text, count) =>
        Effect.map(orFail(appender.writeText(text)), (written) => {
          records += count
          bytes += written
        }),
      appendBytes: (piece) =>
        Effect.map(orFail(appender.write(piece)), () => {
          bytes += piece.length
        }),
      close: Effect.fnUntraced(function* (brackets = 0) {
        const length = yield* orFail(appender.flush)
        yield* Scope.close(scope, Exit.void)
        return { path: name, records, lines: records + brackets, bytes: length, sha256: appender.sha256() }
      })
    }
  })
