import { Effect, FileSystem, Path } from "effect"

/** Does something once, for all tests of a file, and gives what it came to each time. */
export const once = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A> => {
  let made: Promise<A> | undefined
  return Effect.promise(() => (made ??= Effect.runPromise(effect)))
}

/** All files below a folder, by their paths from there, such as `SourceHarness.folderOf` writes them again. */
export const filesOf = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const files: Record<string, Uint8Array> = {}
    for (const name of yield* fs.readDirectory(folder, { recursive: true })) {
      const full = path.join(folder, name)
      if ((yield* fs.stat(full)).type === "File") files[name] = yield* fs.readFile(full)
    }
    return files
  })
