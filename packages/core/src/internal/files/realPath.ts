import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"

/** A path without links, as far as there is something; the same place may be given in several ways. */
export const real = Effect.fnUntraced(function* (
  at: string
): Effect.fn.Return<string, never, FileSystem.FileSystem | Path.Path> {
  const [fs, path] = [yield* FileSystem.FileSystem, yield* Path.Path]
  return yield* Effect.orElseSucceed(fs.realPath(at), () => path.resolve(at))
})
