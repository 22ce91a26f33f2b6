// Files that a killed run has written after its last commit.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as DurableFile from "../../files/DurableFile.ts"
import * as OutputMarker from "../output/marker.ts"
import { PIECES, ROWS } from "./keys.ts"

/**
 * Removes the runner's files that no commit contains: those in the state folder, and
 * the run's unfinished files in the output folder.
 */
export const remove = Effect.fnUntraced(function* (
  state: string,
  output: string | undefined,
  kept: ReadonlySet<string>
): Effect.fn.Return<void, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> {
  const path = yield* Path.Path
  for (const folder of [PIECES, ROWS]) yield* removeIn(path.join(state, folder), kept, () => true)
  if (output === undefined) return
  const owner = yield* OutputMarker.find(output)
  const others = new Set(typeof owner === "object" ? owner.others : [])
  yield* removeIn(output, kept, (name) => OutputMarker.isPart(name) && !others.has(name))
})

// internal

const removeIn = Effect.fnUntraced(function* (
  folder: string,
  kept: ReadonlySet<string>,
  isOurs: (name: string) => boolean
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  if (!(yield* fs.exists(folder))) return
  for (const name of yield* fs.readDirectory(folder)) {
    const file = path.join(folder, name)
    if (!isOurs(name) || kept.has(file)) continue
    // A folder of that name was not made by the run.
    if ((yield* fs.stat(file)).type === "File") yield* DurableFile.awaited(fs.remove(file, { force: true }))
  }
})
