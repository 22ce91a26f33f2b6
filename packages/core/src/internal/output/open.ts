// Removes the traces of a run that has written nothing from its output folders.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as DurableFile from "../../files/DurableFile.ts"
import * as OutputMarker from "./marker.ts"

type Files = FileSystem.FileSystem | Path.Path

/**
 * Removes the marker from the outputs of a run that has written nothing, so that they
 * are as they were before the run. Empty files that a sink has created are removed with
 * it. If there is anything else, nothing is changed.
 */
export const release = (
  outputs: ReadonlyArray<string>,
  runId: string
): Effect.Effect<void, PlatformError.PlatformError, Files> =>
  Effect.forEach(
    outputs,
    Effect.fnUntraced(function* (output) {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      if (!(yield* isFolder(output))) return
      const owner = yield* OutputMarker.find(output)
      if (typeof owner !== "object" || owner.runId !== runId) return
      const names = (yield* fs.readDirectory(output)).filter((name) => !name.startsWith(OutputMarker.NAME))
      for (const name of names) {
        const { size, type } = yield* fs.stat(path.join(output, name))
        if (type !== "File" || Number(size) > 0 || !OutputMarker.isPart(name)) return
        if (owner.others.includes(name)) return
      }
      for (const name of names) yield* DurableFile.remove(path.join(output, name))
      yield* OutputMarker.release(output)
    }),
    { discard: true }
  )

// internal

const isFolder = (output: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.stat(output).pipe(
      Effect.map(({ type }) => type === "Directory"),
      Effect.orElseSucceed(() => false)
    )
  )
