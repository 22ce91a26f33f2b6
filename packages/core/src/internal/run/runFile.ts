// What a run was started with and when: `run.json` in its state folder, written once. Checkpoints, of which there are
// many, only have the digest of the settings.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as DurableFile from "../../files/DurableFile.ts"
import * as Json from "../../files/Json.ts"
import * as SealedJson from "../files/sealedJson.ts"
import { Settings } from "./settings.ts"

const FORMAT = "chatferry-run/2"

/** A partition as far as a refusal has to name it. */
export const PartitionNames = Schema.Struct({
  id: Schema.String,
  files: Schema.optionalKey(Schema.Array(Schema.String))
})
export type PartitionNames = typeof PartitionNames.Type

/**
 * It is on the disk before any output is, so that a run that was killed before its first checkpoint recognises its
 * output.
 */
export class RunFile extends Schema.Opaque<RunFile>()(
  Schema.Struct({
    format: Schema.Literal(FORMAT),
    /** Tells this run from any other, also of a migration with the same id. */
    run: Schema.String,
    /** Null where the file that said it was lost. */
    startedAt: Schema.NullOr(Schema.String),
    finishedAt: Schema.NullOr(Schema.String),
    settings: Settings,
    /** Changes of code of which somebody has said that the results are the same. */
    acceptedCode: Schema.Array(Schema.String),
    partitions: Schema.Array(PartitionNames),
    /** Where the sinks write. */
    outputs: Schema.Array(Schema.String)
  })
) {}

/** None when there is no such file, and when it is damaged or of another version: then nobody knows what it said. */
export const load = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<Option.Option<RunFile>, PlatformError.PlatformError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  if (!(yield* fs.exists(path))) return Option.none()
  const line = SealedJson.open(yield* fs.readFileString(path))
  return line === undefined ? Option.none() : decode(line)
})

export const save = (
  path: string,
  file: Omit<RunFile, "format">
): Effect.Effect<void, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  DurableFile.replace(path, SealedJson.seal({ format: FORMAT, ...file }))

/** How such a file begins, in any version. */
export const HEAD = `{"format":"chatferry-run/`

// internal

const decode = Json.decodeOption(RunFile)
