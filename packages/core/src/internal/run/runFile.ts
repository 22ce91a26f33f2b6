// The settings and start time of a run: `run.json` in its state folder, written once. The many checkpoints contain
// only the digest of the settings.
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

/** The names of a partition that errors show. */
export const PartitionNames = Schema.Struct({
  id: Schema.String,
  files: Schema.optionalKey(Schema.Array(Schema.String))
})
export type PartitionNames = typeof PartitionNames.Type

/**
 * It is on the disk before any output, so that a run that was killed before its first
 * checkpoint recognises its output.
 */
export class RunFile extends Schema.Opaque<RunFile>()(
  Schema.Struct({
    format: Schema.Literal(FORMAT),
    /** Identifies this run, even among migrations with the same id. */
    run: Schema.String,
    /** `null` if an earlier run file was lost. */
    startedAt: Schema.NullOr(Schema.String),
    finishedAt: Schema.NullOr(Schema.String),
    settings: Settings,
    /** Absent if the sink has only one. */
    buckets: Schema.optionalKey(Schema.Finite),
    /** Changes of code that the user has accepted. */
    acceptedCode: Schema.Array(Schema.String),
    partitions: Schema.Array(PartitionNames),
    /** The folders that the sinks write to. */
    outputs: Schema.Array(Schema.String)
  })
) {}

/** None if the file is missing, damaged or of another version. */
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

/** The beginning of such a file, in any version. */
export const HEAD = `{"format":"chatferry-run/`

// internal

const decode = Json.decodeOption(RunFile)
