// The files of a sink's folder by its manifest, and whether they are unchanged.
import { SinkError } from "@chatferry/core"
import { Json, Sha256 } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Dialect } from "../../StreamImportPolicies.ts"

/** A file to import. */
export interface ImportFile {
  /** The path relative to the folder, as in the manifest. */
  readonly name: string
  readonly fullPath: string
  readonly bytes: number
  readonly sha256: string
  readonly records: number
}

export interface Folder {
  /** The files in the order in which they must be imported. */
  readonly files: ReadonlyArray<ImportFile>
  readonly idMap: string
}

type Failure = SinkError.InvalidConfig | SinkError.Conflict

/** Reads the manifest. Import files end with `.jsonl` or `.json`, and other files with `.ndjson`. */
export const read = Effect.fnUntraced(function* (
  directory: string,
  mostBytes: number
): Effect.fn.Return<Folder, Failure, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const found = importFiles(yield* Effect.option(fs.readFileString(path.join(directory, NAME))))
  if (typeof found === "string") {
    return yield* new SinkError.InvalidConfig({ setting: "directory", problem: found })
  }
  const files = found.files.map(({ bytes, path: name, records, sha256 }) => ({
    name,
    fullPath: path.join(directory, name),
    bytes,
    sha256,
    records
  }))
  const large = files.find(({ bytes }) => bytes > mostBytes)
  if (large !== undefined) {
    return yield* new SinkError.Conflict({
      problem: `${large.name} has ${large.bytes} bytes, but Stream only accepts files of at most ${mostBytes}`,
      hint: "Let the sink split the import, or raise maxFileBytes if Stream has raised its limit for the app."
    })
  }
  return { files, idMap: path.join(directory, "id-map.ndjson") }
})

/** Returns the import files in a manifest, or the problem of its folder. */
export const importFiles = (
  text: Option.Option<string>
): (Pick<typeof Manifest.Type, "files"> & { readonly dialect: Dialect | undefined }) | string => {
  if (Option.isNone(text)) {
    return `has no ${NAME}: it must be the folder of a stream-import sink that has finished`
  }
  const manifest = decodeManifest(text.value)
  if (Option.isNone(manifest)) return `has a ${NAME} that was not written by a Chatferry sink`
  const files = manifest.value.files.filter(({ path }) => /\.jsonl?$/u.test(path))
  if (files.length === 0) {
    return `has a ${NAME} without .jsonl or .json files: there is nothing to import`
  }
  return files.some(({ path }) => OUTSIDE.test(path))
    ? `has a ${NAME} that lists a file outside of it`
    : { files, dialect: manifest.value.sink?.dialect }
}

/** Fails if a file differs from the one that the manifest lists. */
export const check = Effect.fnUntraced(function* (
  file: ImportFile
): Effect.fn.Return<void, Failure, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const hash = Sha256.running()
  const read = yield* fs.stream(file.fullPath, { chunkSize: BLOCK }).pipe(
    Stream.runForEach((chunk) => Effect.sync(() => hash.update(chunk))),
    Effect.option
  )
  if (Option.isNone(read)) {
    return yield* new SinkError.Conflict({ problem: `${file.name} cannot be read`, hint: PUT_BACK })
  }
  if (hash.hex() !== file.sha256) return yield* changed(file)
})

export const changed = ({ name }: ImportFile): SinkError.Conflict =>
  new SinkError.Conflict({ problem: `${name} is not the file that the manifest lists`, hint: PUT_BACK })

export const BLOCK = 256 * 1024

export const NAME = "manifest.json"

// internal

const PUT_BACK = "Restore the folder as the sink wrote it, or run the migration again."

const OUTSIDE = /^(?:[/\\]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)/u

const Manifest = Schema.Struct({
  format: Schema.Literal("chatferry-manifest/1"),
  sink: Schema.optionalKey(
    Schema.Struct({ dialect: Schema.optionalKey(Schema.Literals(["jsonl", "json-array"])) })
  ),
  files: Schema.Array(
    Schema.Struct({
      path: Schema.NonEmptyString,
      bytes: Schema.Int,
      sha256: Schema.String,
      records: Schema.Int
    })
  )
})

const decodeManifest = Json.decodeOption(Manifest)
