// The marker of unfinished output, which names its owner. It exists from before the first byte until everything is
// published.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as SystemProblem from "../../errors/SystemProblem.ts"
import * as DurableFile from "../../files/DurableFile.ts"
import * as Json from "../../files/Json.ts"

const FORMAT = "chatferry-unfinished/1"

export const NAME = "unfinished.json"

/** A run of a migration. */
export interface Owner {
  readonly migrationId: string
  readonly runId: string
}

interface Marked extends Owner {
  /** The folder of the sink's state, which distinguishes it from a copy with the same run id. */
  readonly state?: string
  /** Unfinished files of others, which were in the folder before the marker. */
  readonly others: ReadonlyArray<string>
  /** Files of the run that have their final names, or are about to get them. */
  readonly files: ReadonlyArray<string>
}

/** `damaged`: there is a marker, but its owner is unknown. */
export type Found = Marked | "damaged" | undefined

type Files = FileSystem.FileSystem | Path.Path

export const find = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<Found, PlatformError.PlatformError, Files> {
  const fs = yield* FileSystem.FileSystem
  const marker = (yield* Path.Path).join(directory, NAME)
  if (!(yield* fs.exists(marker))) return undefined
  // Reading a device or a pipe in its place could block.
  if ((yield* fs.stat(marker)).type !== "File") return "damaged"
  const found = decode(yield* fs.readFileString(marker))
  return Option.match(found, {
    onNone: () => "damaged",
    onSome: ({ files = [], migration, others = [], run, state }) => ({
      migrationId: migration,
      runId: run,
      others,
      files,
      ...(state !== undefined && { state })
    })
  })
})

/**
 * Creates the marker durably, unless there is one, and returns the existing one. If two
 * runs try at once, only one succeeds, because a link can be created only once.
 */
export const claim = Effect.fnUntraced(function* (
  directory: string,
  owner: Owner & Pick<Marked, "state">,
  /** Files that the run has already published. */
  files: ReadonlyArray<string> = []
): Effect.fn.Return<Found, PlatformError.PlatformError, Files> {
  const fs = yield* FileSystem.FileSystem
  const marker = (yield* Path.Path).join(directory, NAME)
  const own = `${marker}.${owner.runId}.part`
  const found = yield* find(directory)
  if (found !== undefined) {
    // Left behind by a run that was stopped after the link.
    yield* DurableFile.awaited(fs.remove(own, { force: true }))
    return found
  }
  const others = (yield* fs.readDirectory(directory)).filter(isPart).toSorted()
  const text = textOf({ ...owner, others, files })
  yield* DurableFile.replace(own, text)
  yield* DurableFile.awaited(fs.link(own, marker)).pipe(
    Effect.catchReason("PlatformError", "AlreadyExists", () => Effect.void),
    // Without links, the second of two simultaneous runs wins; the first notices that before it renames files.
    Effect.catch((error) =>
      NO_LINKS.has(SystemProblem.codeOf(error) ?? "") ? DurableFile.replace(marker, text) : Effect.fail(error)
    )
  )
  yield* DurableFile.remove(own)
  return yield* find(directory)
})

/** Rewrites the marker of a run durably, with the files that are about to be published or the new folder of its state. */
export const rewrite = (
  directory: string,
  marked: Marked
): Effect.Effect<void, PlatformError.PlatformError, Files> =>
  Effect.flatMap(Path.Path, (path) => DurableFile.replace(path.join(directory, NAME), textOf(marked)))

/** Removes the marker durably, and markers that earlier runs prepared but did not put in place. */
export const release = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<void, PlatformError.PlatformError, Files> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const left = (yield* fs.readDirectory(directory)).filter((name) => name.startsWith(`${NAME}.`))
  for (const name of left) yield* DurableFile.awaited(fs.remove(path.join(directory, name), { force: true }))
  yield* DurableFile.remove(path.join(directory, NAME))
})

/** The beginning of a marker's text. */
export const HEAD = `{\n  "format": "${FORMAT}"`

/** True for the name of an unfinished file that does not belong to the marker. */
export const isPart = (name: string): boolean => name.endsWith(".part") && !name.startsWith(NAME)

// internal

const textOf = ({ files, migrationId, others, runId, state }: Marked): string => {
  const content = {
    format: FORMAT,
    migration: migrationId,
    run: runId,
    ...(state !== undefined && { state }),
    ...(others.length > 0 && { others }),
    ...(files.length > 0 && { files }),
    note: NOTE
  }
  return `${Json.write(content, 2)}\n`
}

const NOTE = "The files here are not finished. Run the migration again to finish them."
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK"])

const decode = Json.decodeOption(
  Schema.Struct({
    format: Schema.Literal(FORMAT),
    migration: Schema.String,
    run: Schema.String,
    state: Schema.optionalKey(Schema.String),
    others: Schema.optionalKey(Schema.Array(Schema.String)),
    files: Schema.optionalKey(Schema.Array(Schema.String))
  })
)
