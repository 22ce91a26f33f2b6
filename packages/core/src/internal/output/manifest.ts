// The manifest that lies in an output folder, as far as it says whose files they are.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as Json from "../../files/Json.ts"

export const NAME = "manifest.json"

const Manifest = Schema.Struct({
  migration: Schema.String,
  files: Schema.optionalKey(Schema.Array(Schema.Struct({ path: Schema.String, sha256: Schema.String })))
})
export type Manifest = typeof Manifest.Type

type Files = FileSystem.FileSystem | Path.Path

/** `undefined` where there is none, and where the file is not a manifest. */
export const find = (
  directory: string
): Effect.Effect<Manifest | undefined, PlatformError.PlatformError, Files> =>
  Effect.map(textIn(directory), (text) =>
    text === undefined ? undefined : Option.getOrUndefined(decode(text))
  )

/** What is in the file; `undefined` where there is none. */
export const textIn = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<string | undefined, PlatformError.PlatformError, Files> {
  const fs = yield* FileSystem.FileSystem
  const file = (yield* Path.Path).join(directory, NAME)
  if (!(yield* fs.exists(file))) return undefined
  // A device or a pipe in its place must not be waited for.
  if ((yield* fs.stat(file)).type !== "File") return undefined
  return yield* fs.readFileString(file)
})

// internal

const decode = Json.decodeOption(Manifest)
