import { Sink } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"

export const MANIFEST = "manifest.json"

/** The parts of a manifest that are needed to read its files. */
export class Manifest extends Schema.Opaque<Manifest>()(
  Schema.Struct({
    format: Schema.Literal("chatferry-manifest/1"),
    sink: Schema.Struct({ name: Schema.String, format: Schema.optionalKey(Schema.String) }),
    files: Schema.Array(Sink.OutputFile)
  })
) {}

/** `unreadable`: the file with the manifest's name is not a manifest. */
export type Found = Option.Option<Manifest | "unreadable">

export const read = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<Found, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const file = (yield* Path.Path).join(directory, MANIFEST)
  if (!(yield* fs.exists(file))) return Option.none()
  const text = yield* fs.readFileString(file)
  return Option.some(Option.getOrElse(decode(text), () => "unreadable" as const))
})

const decode = Json.decodeOption(Manifest)
