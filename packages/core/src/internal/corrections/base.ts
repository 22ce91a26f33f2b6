// What a run with corrections starts from, in its state folder until another run takes its place: `corrections.json`,
// and the rejects as they were before anything was corrected.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { Checkpoint } from "../../Checkpoint.ts"
import * as DurableFile from "../../DurableFile.ts"
import * as Json from "../../Json.ts"
import { CheckpointRefused } from "../../MigrationError.ts"
import { OutputFile } from "../../Sink.ts"
import type { State } from "../migrationState.ts"
import { PartitionNames } from "../runFile.ts"
import { Settings } from "../runSettings.ts"
import * as SealedJson from "../sealedJson.ts"

const FORMAT = "chatferry-corrections/1"

/** What the finished run had published in a folder. */
const Published = Schema.Struct({ directory: Schema.String, files: Schema.Array(OutputFile) })
export type Published = typeof Published.Type

export class Base extends Schema.Opaque<Base>()(
  Schema.Struct({
    format: Schema.Literal(FORMAT),
    run: Schema.String,
    /** SHA-256 of the file with the corrections. */
    digest: Schema.String,
    /** Of the run that had none. */
    settings: Settings,
    partitions: Schema.Array(PartitionNames),
    segmentsDone: Checkpoint.fields.segmentsDone,
    rejects: Checkpoint.fields.rejects,
    /** To be withdrawn, or withdrawn already. */
    published: Schema.Array(Published)
  })
) {}

/** Where the rejects are as they were before anything was corrected. */
export const rejectsPathOf = (path: Path.Path, { directory }: Pick<State, "directory">): string =>
  path.join(directory, "rejects.before-corrections.ndjson")

/** None where no run had corrections. */
export const load = Effect.fnUntraced(function* (state: Pick<State, "directory">) {
  const fs = yield* FileSystem.FileSystem
  const file = pathOf(yield* Path.Path, state)
  if (!(yield* fs.exists(file))) return Option.none<Base>()
  const line = SealedJson.open(yield* fs.readFileString(file))
  const base = line === undefined ? Option.none() : decode(line)
  return Option.isSome(base) ? base : yield* damaged(file, "its checksum is wrong")
})

export const save = (state: Pick<State, "directory">, base: Omit<Base, "format">) =>
  Effect.flatMap(Path.Path, (path) =>
    DurableFile.replace(pathOf(path, state), SealedJson.seal({ format: FORMAT, ...base }))
  )

/** Keeps the rejects of a run that is finished. Refuses those that are not what it wrote. */
export const keepRejects = Effect.fnUntraced(function* (
  state: Pick<State, "directory" | "rejectsPath">,
  rejects: Base["rejects"]
) {
  const fs = yield* FileSystem.FileSystem
  const kept = rejectsPathOf(yield* Path.Path, state)
  yield* demandRejects(state.rejectsPath, rejects)
  const copy = `${kept}.tmp`
  yield* DurableFile.awaited(fs.copyFile(state.rejectsPath, copy))
  yield* Effect.scoped(
    Effect.flatMap(fs.open(copy, { flag: "r+" }), (file) => DurableFile.awaited(file.sync))
  )
  yield* DurableFile.rename(copy, kept)
})

/** Fails unless a file holds what a checkpoint says of it. */
export const demandRejects = Effect.fnUntraced(function* (file: string, { bytes, sha256 }: Base["rejects"]) {
  const fs = yield* FileSystem.FileSystem
  if (bytes === 0) return
  if (!(yield* fs.exists(file))) return yield* damaged(file, "the rejects are gone")
  const { size } = yield* fs.stat(file)
  if (Number(size) !== bytes || (yield* DurableFile.sha256Of(file, bytes)) !== sha256) {
    return yield* damaged(file, "the rejects have been changed; put them back, and correct a copy of them")
  }
})

/** A run without corrections takes the place of one with them. */
export const forget = Effect.fnUntraced(function* (state: Pick<State, "directory">) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  for (const file of [pathOf(path, state), rejectsPathOf(path, state)]) {
    if (yield* fs.exists(file)) yield* DurableFile.remove(file)
  }
})

// internal

const pathOf = (path: Path.Path, { directory }: Pick<State, "directory">): string =>
  path.join(directory, "corrections.json")

const decode = Json.decodeOption(Base)

const damaged = (path: string, problem: string) =>
  Effect.fail(new CheckpointRefused({ path, why: "damaged", problem }))
