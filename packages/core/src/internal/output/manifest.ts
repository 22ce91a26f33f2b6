// The manifest of an output folder, as far as it identifies the owner of the files.
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

/** `undefined` if there is no manifest or the file is not a valid one. */
export const find = (
  directory: string
): Effect.Effect<Manifest | undefined, PlatformError.PlatformError, Files> =>
  Effect.map(textIn(directory), (text) =>
    text === undefined ? undefined : Option.getOrUndefined(decode(text))
  )

/** The text of the file; `undefined` if it does not exist. */
export const textIn = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<string | undefined, PlatformError.PlatformError, Files> {
  const fs = yield* FileSystem.FileSystem
  const file = (yield* Path.Path).join(directory, NAME)
  if (!(yield* fs.exists(file))) return undefined
  // Reading a device or a pipe in its place could block.
  if ((yield* fs.stat(file)).type !== "File") return undefined
  return yield* fs.readFileString(file)
})

// internal

const decode = Json.decodeOption(Manifest)
