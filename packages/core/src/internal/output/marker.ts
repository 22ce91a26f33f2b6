// Whose unfinished output a folder holds. The marker is there from before the first byte until all is published.
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
  /** Where the state of the sink is: a copy of it, which has the same run, is told from it by that. */
  readonly state?: string
  /** Unfinished files of anybody else, which lay in the folder before the marker did. */
  readonly others: ReadonlyArray<string>
  /** Files of the run that have their final names, or are about to get them. */
  readonly files: ReadonlyArray<string>
}

/** `damaged`: there is a marker, and nobody knows whose. */
export type Found = Marked | "damaged" | undefined

type Files = FileSystem.FileSystem | Path.Path

export const find = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<Found, PlatformError.PlatformError, Files> {
  const fs = yield* FileSystem.FileSystem
  const marker = (yield* Path.Path).join(directory, NAME)
  if (!(yield* fs.exists(marker))) return undefined
  // A device or a pipe in its place must not be waited for.
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
 * Puts the marker there unless there is one, durably, and gives whose is there
 * then. Of two that try at once one succeeds, because a link is made once only.
 */
export const claim = Effect.fnUntraced(function* (
  directory: string,
  owner: Owner & Pick<Marked, "state">,
  /** Files that the run has published already. */
  files: ReadonlyArray<string> = []
): Effect.fn.Return<Found, PlatformError.PlatformError, Files> {
  const fs = yield* FileSystem.FileSystem
  const marker = (yield* Path.Path).join(directory, NAME)
  const own = `${marker}.${owner.runId}.part`
  const found = yield* find(directory)
  if (found !== undefined) {
    // A run that was stopped after the link has left it.
    yield* DurableFile.awaited(fs.remove(own, { force: true }))
    return found
  }
  const others = (yield* fs.readDirectory(directory)).filter(isPart).toSorted()
  const text = textOf({ ...owner, others, files })
  yield* DurableFile.replace(own, text)
  yield* DurableFile.awaited(fs.link(own, marker)).pipe(
    Effect.catchReason("PlatformError", "AlreadyExists", () => Effect.void),
    // Without links, of two that come at the very same time the second wins; the first notices before it renames.
    Effect.catch((error) =>
      NO_LINKS.has(SystemProblem.codeOf(error) ?? "") ? DurableFile.replace(marker, text) : Effect.fail(error)
    )
  )
  yield* DurableFile.remove(own)
  return yield* find(directory)
})

/** Writes the marker of a run again, durably: it names the files that are about to be published, or where its state is now. */
export const rewrite = (
  directory: string,
  marked: Marked
): Effect.Effect<void, PlatformError.PlatformError, Files> =>
  Effect.flatMap(Path.Path, (path) => DurableFile.replace(path.join(directory, NAME), textOf(marked)))

/** Removes the marker, durably, and markers that runs before this one did not come to put there. */
export const release = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<void, PlatformError.PlatformError, Files> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const left = (yield* fs.readDirectory(directory)).filter((name) => name.startsWith(`${NAME}.`))
  for (const name of left) yield* DurableFile.awaited(fs.remove(path.join(directory, name), { force: true }))
  yield* DurableFile.remove(path.join(directory, NAME))
})

/** How a marker begins. */
export const HEAD = `{\n  "format": "${FORMAT}"`

/** Tells an unfinished file, which is not the marker's own, by its name. */
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
