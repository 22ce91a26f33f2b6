// What lies where the sinks of a run write: what somebody has to remove who wants to start again.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as DurableFile from "../DurableFile.ts"
import * as Printable from "../Printable.ts"
import * as OutputMarker from "./outputMarker.ts"

type Files = FileSystem.FileSystem | Path.Path

/**
 * What to remove to start again, in words that end a sentence: the folder of the state, and the outputs that hold
 * something of the run. What belongs to another run is never named.
 */
export const toRemove = (
  state: string,
  outputs: ReadonlyArray<string>,
  runId: string | undefined
): Effect.Effect<string, never, Files> =>
  Effect.gen(function* () {
    const found = yield* Effect.forEach(Array.from(new Set(outputs)), (output) =>
      Effect.orElseSucceed(describe(output, runId), () => undefined)
    )
    return [
      `the folder ${Printable.line(state)} (its state)`,
      ...found.filter((one) => one !== undefined)
    ].join(" and ")
  })

/**
 * Takes the marker away from the outputs of a run that has written nothing, so that they are as they were before it.
 * Files that a sink has made and not written to go with it; where there is anything else, nothing is touched.
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
        if (type !== "File" || Number(size) > 0 || !name.endsWith(".part")) return
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

const describe = Effect.fnUntraced(function* (output: string, runId: string | undefined) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const shown = Printable.line(output)
  if (!(yield* fs.exists(output))) return undefined
  if (!(yield* isFolder(output))) return `the file ${shown} (its output)`
  const owner = yield* OutputMarker.find(output)
  if (owner !== undefined) {
    return owner === "damaged" || owner.runId !== runId
      ? undefined
      : `the folder ${shown} (its unfinished output)`
  }
  if (yield* fs.exists(path.join(output, "manifest.json"))) return `the folder ${shown} (its finished output)`
  return (yield* fs.readDirectory(output)).length === 0 ? undefined : `the folder ${shown} (its output)`
})
