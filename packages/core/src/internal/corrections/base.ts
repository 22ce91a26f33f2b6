// The starting point of a run with corrections, kept in its state folder until another run replaces it:
// `corrections.json`, and the rejects that the corrected lines may come from.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as DurableFile from "../../files/DurableFile.ts"
import * as Json from "../../files/Json.ts"
import { CheckpointRejected } from "../../MigrationError.ts"
import { Checkpoint } from "../../run/Checkpoint.ts"
import { OutputFile } from "../../Sink.ts"
import * as SealedJson from "../files/sealedJson.ts"
import * as Sha256 from "../files/sha256.ts"
import { PartitionNames } from "../run/runFile.ts"
import { Settings } from "../run/settings.ts"
import type { State } from "../run/state.ts"

const FORMAT = "chatferry-corrections/2"

/** The files that the finished run had published in a folder. */
const Published = Schema.Struct({ directory: Schema.String, files: Schema.Array(OutputFile) })
export type Published = typeof Published.Type

/** A line of the rejects, and the same line as corrected in a copy. */
const Corrected = Schema.Struct({ before: Schema.String, now: Schema.String })
export type Corrected = typeof Corrected.Type

export class Base extends Schema.Opaque<Base>()(
  Schema.Struct({
    format: Schema.Literal(FORMAT),
    run: Schema.String,
    /** All corrections of the run, including those of earlier finished runs. */
    lines: Schema.Array(Corrected),
    earlier: Schema.Array(Corrected),
    /** Settings of the run without corrections. */
    settings: Settings,
    partitions: Schema.Array(PartitionNames),
    segmentsDone: Checkpoint.fields.segmentsDone,
    /** Extent of the kept rejects: those of the run without corrections, and those that later runs have added. */
    rejects: Schema.Struct({ bytes: Schema.Finite, sha256: Schema.String }),
    /** The folders that the sinks wrote to. */
    outputs: Schema.Array(Schema.String),
    /** Output to be withdrawn, or already withdrawn. */
    published: Schema.Array(Published)
  })
) {}

/** The digest of all corrections of a run, for its settings. */
export const digestOf = (lines: ReadonlyArray<Corrected>): string =>
  Sha256.digest(lines.flatMap(({ before, now }) => [before, "\n", now, "\n"]))

/** The path of the rejects as they were before they were corrected. */
export const rejectsPathOf = (path: Path.Path, { directory }: Pick<State, "directory">): string =>
  path.join(directory, "rejects.before-corrections.ndjson")

/** None if no run had corrections. */
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

/**
 * Adds the rejects of a finished run to the kept ones of earlier runs, and returns the
 * new extent. The existing content stays: until the base is saved, the old extent
 * counts.
 */
export const keepRejects = Effect.fnUntraced(function* (
  state: Pick<State, "directory">,
  before: Base["rejects"],
  added: ReadonlyArray<string>
) {
  const fs = yield* FileSystem.FileSystem
  const kept = rejectsPathOf(yield* Path.Path, state)
  if (added.length === 0) return before
  const copy = `${kept}.tmp`
  yield* DurableFile.awaited(fs.copyFile(kept, copy))
  const extent = yield* Effect.scoped(
    Effect.gen(function* () {
      const file = yield* DurableFile.append(copy, before.bytes)
      for (const line of added) yield* file.writeText(`${line}\n`)
      const bytes = yield* file.flush
      return { bytes, sha256: file.sha256() }
    })
  )
  yield* DurableFile.rename(copy, kept)
  return extent
})

/** Keeps the rejects of the first run, which had no corrections. */
export const keepFirst = Effect.fnUntraced(function* (state: Pick<State, "directory" | "rejectsPath">) {
  const fs = yield* FileSystem.FileSystem
  const kept = rejectsPathOf(yield* Path.Path, state)
  const copy = `${kept}.tmp`
  yield* DurableFile.awaited(fs.copyFile(state.rejectsPath, copy))
  yield* Effect.scoped(
    Effect.flatMap(fs.open(copy, { flag: "r+" }), (file) => DurableFile.awaited(file.sync))
  )
  yield* DurableFile.rename(copy, kept)
})

/** True if a file begins with the bytes of the given length and checksum. */
export const isWhole = Effect.fnUntraced(function* (file: string, { bytes, sha256 }: Base["rejects"]) {
  const fs = yield* FileSystem.FileSystem
  if (bytes === 0) return true
  if (!(yield* fs.exists(file))) return false
  const { size } = yield* fs.stat(file)
  return Number(size) >= bytes && (yield* DurableFile.sha256Of(file, bytes)) === sha256
})

/** Fails unless the kept rejects are unchanged. */
export const ensureKept = Effect.fnUntraced(function* (
  state: Pick<State, "directory">,
  rejects: Base["rejects"]
) {
  const kept = rejectsPathOf(yield* Path.Path, state)
  if (!(yield* isWhole(kept, rejects)))
    return yield* damaged(kept, "the rejects have been changed or are gone")
})

/** Removes the base, when a run without corrections replaces one with corrections. */
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
  Effect.fail(new CheckpointRejected({ path, why: "damaged", problem }))
