// Folders that cannot be made because a file has their name or the name of a parent folder.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as PlatformError from "effect/PlatformError"

/** Makes the error of a failed folder creation name the file that is there instead, if there is one. */
export const namingFileAbove =
  (directory: string) =>
  <A, R>(
    making: Effect.Effect<A, PlatformError.PlatformError, R>
  ): Effect.Effect<A, PlatformError.PlatformError, R | FileSystem.FileSystem | Path.Path> =>
    Effect.catch(making, (error) =>
      Effect.flatMap(fileAbove(directory), (file) =>
        Effect.fail(file === undefined ? error : notADirectory(file))
      )
    )

// internal

/** The file that is there instead of a folder or of one of its parents. */
const fileAbove = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    const type = yield* Effect.orElseSucceed(
      Effect.map(fs.stat(at), (found) => found.type),
      () => undefined
    )
    if (type !== undefined) return type === "Directory" ? undefined : at
    if (path.dirname(at) === at) return undefined
  }
})

/** The system's error for a path below a file; for the file itself it would report that it exists. */
const notADirectory = (file: string) =>
  PlatformError.systemError({
    _tag: "BadResource",
    module: "FileSystem",
    method: "makeDirectory",
    pathOrDescriptor: file,
    syscall: "mkdir",
    cause: Object.assign(new Error("ENOTDIR: not a directory, mkdir"), { code: "ENOTDIR" })
  })
