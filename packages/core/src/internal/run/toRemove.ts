// Lists what to remove to start a run again. Only files that the run has made are named.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Printable from "../../errors/Printable.ts"
import type { Report } from "../../Report.ts"
import type { Checkpoint } from "../../run/Checkpoint.ts"
import { real } from "../files/realPath.ts"
import * as PublishedManifest from "../output/manifest.ts"
import * as OutputMarker from "../output/marker.ts"
import type { RunFile } from "./runFile.ts"
import type { State } from "./state.ts"

/** What is known about the run from its files in the state folder. */
export interface Known {
  readonly run: Pick<RunFile, "run" | "outputs"> | undefined
  readonly last: Pick<Checkpoint, "run" | "report"> | undefined
}

/**
 * What to remove, as the end of a sentence: the state folder, and the outputs that hold
 * files of the run. A folder is named as a whole if it holds nothing else; otherwise
 * the run's files in it are named.
 */
export const toRemove = Effect.fnUntraced(function* (
  state: Pick<State, "id" | "directory">,
  known: Known,
  sinkOutputs: ReadonlyArray<string>
): Effect.fn.Return<string, never, FileSystem.FileSystem | Path.Path> {
  const made = known.run?.outputs ?? []
  const published = known.last?.report?.sinks.flatMap(({ directory }) => directory ?? []) ?? []
  const path = yield* Path.Path
  const outputs = [...made, ...sinkOutputs, ...published].filter(
    (output, i, all) => all.findIndex((one) => path.resolve(one) === path.resolve(output)) === i
  )
  const found = yield* Effect.forEach(outputs, (output) =>
    Effect.orElseSucceed(describe(state, known, output), () => undefined)
  )
  return [
    `the folder ${Printable.line(state.directory)} (its state)`,
    ...found.filter((one) => one !== undefined)
  ].join(" and ")
})

// internal

/** The most files of a manifest that are named one by one. */
const MOST_NAMES = 8

const describe = Effect.fnUntraced(function* (
  state: Pick<State, "id" | "directory">,
  known: Known,
  output: string
) {
  const fs = yield* FileSystem.FileSystem
  const shown = Printable.line(output)
  if (!(yield* fs.exists(output))) return undefined
  if ((yield* fs.stat(output)).type !== "Directory") {
    return known.run?.outputs.includes(output) === true ? `the file ${shown} (its output)` : undefined
  }
  const unfinished = yield* unfinishedFiles(state, known, output)
  const published = yield* publishedFiles(state, known, output)
  const own = [...unfinished, ...published]
  if (own.length === 0) return undefined
  const what = unfinished.length > 0 ? "(its unfinished output)" : "(its finished output)"
  const [path, stateFolder] = [yield* Path.Path, yield* real(state.directory)]
  const isWhole =
    !isBelow(path, yield* real("."), yield* real(output)) &&
    (yield* holdsOnly(output, "", new Set(own), stateFolder))
  if (isWhole) return `the folder ${shown} ${what}`
  const isHere = (yield* real(output)) === (yield* real("."))
  const names = Printable.line(listed([...unfinished, ...shortened(published)]), Printable.MAX_MESSAGE)
  return `${names} in ${isHere ? "the current folder" : `the folder ${shown}`} ${what}`
})

/** The marker of the run, the unfinished files beside it, and the files that the run had begun to publish. */
const unfinishedFiles = Effect.fnUntraced(function* (
  state: Pick<State, "id">,
  { last, run }: Known,
  output: string
) {
  const owner = yield* OutputMarker.find(output)
  const runId = run?.run ?? last?.run
  if (typeof owner !== "object" || owner.runId !== runId || owner.migrationId !== state.id) return []
  const names = (yield* (yield* FileSystem.FileSystem).readDirectory(output)).toSorted()
  const others = new Set(owner.others)
  return [
    ...names.filter((name) => name === OutputMarker.NAME || name.startsWith(`${OutputMarker.NAME}.`)),
    ...names.filter((name) => OutputMarker.isPart(name) && !others.has(name)),
    ...(yield* existingIn(output, owner.files))
  ]
})

/** The names of files that exist and are inside the folder. */
const existingIn = Effect.fnUntraced(function* (output: string, files: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const inside = files.filter((file) => !path.isAbsolute(file) && !isAbove(file))
  return yield* Effect.filter(inside, (file) => fs.exists(path.join(output, file)))
})

/** The manifest of the run, and the files that it lists, if they exist. */
const publishedFiles = Effect.fnUntraced(function* (
  state: Pick<State, "id">,
  { last }: Known,
  output: string
) {
  const manifest = yield* PublishedManifest.find(output)
  if (manifest === undefined || manifest.migration !== state.id) return []
  const { files = [] } = manifest
  // Without a report it is unknown whether an earlier run of the migration has made it.
  const report = last?.report ?? undefined
  if (report === undefined || !isReported(report, files)) return []
  const names = files.map((file) => file.path)
  return [PublishedManifest.NAME, ...(yield* existingIn(output, names))]
})

const isReported = ({ sinks }: Report, listedFiles: NonNullable<PublishedManifest.Manifest["files"]>) =>
  sinks.some(
    ({ files }) =>
      files.length === listedFiles.length &&
      files.every(({ path, sha256 }, i) => path === listedFiles[i]?.path && sha256 === listedFiles[i]?.sha256)
  )

/** True if a folder holds only files of the run and its state. */
const holdsOnly: (
  directory: string,
  prefix: string,
  own: ReadonlySet<string>,
  stateFolder: string
) => Effect.Effect<boolean, unknown, FileSystem.FileSystem | Path.Path> = Effect.fnUntraced(
  function* (directory, prefix, own, stateFolder) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    for (const name of yield* fs.readDirectory(directory)) {
      if (own.has(`${prefix}${name}`)) continue
      const at = path.join(directory, name)
      const resolved = yield* fs.realPath(at)
      if (resolved === stateFolder) continue
      // The target of a link does not belong to the run.
      const isLink = resolved !== path.join(yield* fs.realPath(directory), name)
      if (isLink || (yield* fs.stat(at)).type !== "Directory") return false
      const isOnTheWay =
        isBelow(path, stateFolder, resolved) ||
        Array.from(own).some((file) => file.startsWith(`${prefix}${name}/`))
      if (!isOnTheWay || !(yield* holdsOnly(at, `${prefix}${name}/`, own, stateFolder))) return false
    }
    return true
  }
)

/** True if a path is the folder or inside it. */
const isBelow = (path: Path.Path, at: string, folder: string) => {
  const relative = path.relative(folder, at)
  return !path.isAbsolute(relative) && !isAbove(relative)
}

const isAbove = (relative: string) => relative.split(/[/\\]/u).includes("..")

const shortened = (published: ReadonlyArray<string>) => {
  const [manifest, ...files] = published
  return manifest === undefined || files.length <= MOST_NAMES
    ? published
    : [manifest, `the ${files.length} files that it lists`]
}

const listed = (names: ReadonlyArray<string>) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`
