import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"

/** Resolves the links of a path, if it exists, because one folder may be given by several paths. */
export const real = Effect.fnUntraced(function* (
  at: string
): Effect.fn.Return<string, never, FileSystem.FileSystem | Path.Path> {
  const [fs, path] = [yield* FileSystem.FileSystem, yield* Path.Path]
  return yield* Effect.orElseSucceed(fs.realPath(at), () => path.resolve(at))
})
