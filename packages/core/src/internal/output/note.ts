// A note about the output in the state of a sink: the run that writes it, and the manifest that this run has
// published. The manifest does not name a run, because the same migration must give the same bytes twice.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as DurableFile from "../../files/DurableFile.ts"
import * as Json from "../../files/Json.ts"
import * as SealedJson from "../files/sealedJson.ts"
import * as Sha256 from "../files/sha256.ts"
import * as PublishedManifest from "./manifest.ts"

const FORMAT = "chatferry-output/1"

const Note = Schema.Struct({
  format: Schema.Literal(FORMAT),
  run: Schema.String,
  /** SHA-256 of the manifest; `null` until it is published. */
  manifest: Schema.NullOr(Schema.String)
})
type Note = Omit<typeof Note.Type, "format">

type Files = FileSystem.FileSystem | Path.Path

/** The folder of a sink in the state folder of a run. `count` is the number of sinks that are written together. */
export const folderOf = (path: Path.Path, state: string, sink: string, count: number): string =>
  path.join(state, "sink", ...(count === 1 ? [] : [sink]))

/** `undefined` if there is no note or it is damaged: then the published manifest is unknown. */
export const load = Effect.fnUntraced(function* (
  folder: string
): Effect.fn.Return<Note | undefined, PlatformError.PlatformError, Files> {
  const fs = yield* FileSystem.FileSystem
  const file = (yield* Path.Path).join(folder, NAME)
  if (!(yield* fs.exists(file)) || (yield* fs.stat(file)).type !== "File") return undefined
  const line = SealedJson.open(yield* fs.readFileString(file))
  return line === undefined ? undefined : Option.getOrUndefined(decode(line))
})

export const save = (folder: string, note: Note): Effect.Effect<void, PlatformError.PlatformError, Files> =>
  Effect.flatMap(Path.Path, (path) =>
    DurableFile.replace(path.join(folder, NAME), SealedJson.seal({ format: FORMAT, ...note }))
  )

/** True if the manifest in an output folder is the one that the run has published. */
export const hasPublished = Effect.fnUntraced(function* (
  note: Note | undefined,
  output: string,
  run: string
): Effect.fn.Return<boolean, PlatformError.PlatformError, Files> {
  if (note === undefined || note.run !== run || note.manifest === null) return false
  const text = yield* PublishedManifest.textIn(output)
  return text !== undefined && Sha256.hex(text) === note.manifest
})

// internal

const NAME = "output.json"

const decode = Json.decodeOption(Note)
