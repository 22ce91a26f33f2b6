/**
 * Publishes files: complete, checked, and listed in a manifest.
 *
 * A sink writes under temporary names (`<name>.part`). Publishing hashes, syncs and
 * renames them, and writes `manifest.json` last: if the manifest exists, everything it
 * lists exists. Publishing again after a crash gives the same bytes.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import { imbalanceAfter } from "../internal/errors/outOfBalance.ts"
import { real } from "../internal/files/realPath.ts"
import * as Sha256 from "../internal/files/sha256.ts"
import { contentOf, GONE, problemOf } from "../internal/files/stagedFile.ts"
import * as PublishedManifest from "../internal/output/manifest.ts"
import * as OutputMarker from "../internal/output/marker.ts"
import * as OutputNote from "../internal/output/note.ts"
import { CHOOSE_OR_FINISH, nameOf, otherOwner, stillOwned } from "../internal/output/owner.ts"
import * as Outcome from "../internal/report/outcome.ts"
import type { Completion, OutputFile, SinkRun, Summary } from "../internal/sinks/model.ts"
import * as Ledger from "../Ledger.ts"
import { Conflict, EmptyOutput, SinkError, StagedDataDamaged, WriteFailed } from "../SinkError.ts"
import * as DurableFile from "./DurableFile.ts"
import * as Json from "./Json.ts"

/**
 * A file that is written but not yet published.
 *
 * @category models
 * @since 0.1.0
 */
export interface StagedFile {
  /** The final name, relative to the folder. The file is staged as `<path>.part`. */
  readonly path: string
  /** The number of records. A file named `*.ndjson` or `*.jsonl` without a known checksum must have that many lines. */
  readonly records: number
  /** The number of bytes written to it; a file of another size is not published. */
  readonly bytes?: number | undefined
  /**
   * SHA-256 of the bytes written to it, in lower-case hex, as `DurableFile.Appender`
   * gives it: a file that this process has flushed is not read again.
   *
   * @default the file is synced and hashed
   */
  readonly sha256?: string | undefined
}

/** * The input of `publish`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Publication {
  readonly sink: string
  readonly directory: string
  /** The same as for `prepare`. */
  readonly context: Omit<SinkRun, "receipt">
  readonly completion: Completion
  /** The files, in the order in which they are to be used. */
  readonly files: ReadonlyArray<StagedFile>
  /** The sink's own ledger. */
  readonly ledger: Ledger.Ledger
  /** Other entries of the manifest, such as the dialect. */
  readonly details?: Readonly<Record<string, string | number | boolean>> | undefined
  /**
   * Whether output without records is meaningful, for example because it says that
   * there are no files.
   *
   * @default false
   */
  readonly mayBeEmpty?: boolean | undefined
}

/**
 * The name of a file until it is published.
 *
 * @category operations
 * @since 0.1.0
 */
export const partName = (path: string): string => `${path}.part`

/**
 * Makes the folder and claims it for the run that `context` names: from before the
 * first byte until the files are published, a marker (`unfinished.json`) names the run
 * that owns them. A folder with the unfinished output of another run is an error. On a
 * first run, so is a folder that already holds a manifest or one of `files`: existing
 * files are never overwritten.
 *
 * While the scope is open, no other sink of this process gets the folder.
 *
 * @category operations
 * @since 0.1.0
 */
export const prepare = (options: {
  readonly sink: string
  readonly directory: string
  readonly context: SinkRun
  /** Known names of files that will be published. */
  readonly files?: ReadonlyArray<string> | undefined
}): Effect.Effect<void, SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const { context, directory, files = [], sink } = options
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const reject = (problem: string, hint: string) =>
      new SinkError({ sink, reason: new Conflict({ problem, hint }) })
    yield* DurableFile.makeDirectory(directory)
    const claim = yield* fs.realPath(directory)
    yield* Effect.acquireRelease(
      Effect.suspend(() => {
        if (claimed.has(claim))
          return reject(`two sinks write into ${directory}`, "Give each its own folder.")
        claimed.add(claim)
        return Effect.void
      }),
      () => Effect.sync(() => claimed.delete(claim))
    )
    const found = yield* OutputMarker.find(directory)
    const other = otherOwner(found, context)
    if (other !== undefined) {
      return yield* reject(`${directory} holds ${other}; this is ${nameOf(context)}`, CHOOSE_OR_FINISH)
    }
    const { runId, stateDirectory } = context
    yield* DurableFile.makeDirectory(stateDirectory)
    const state = yield* real(stateDirectory)
    if (typeof found === "object" && found.state !== undefined && found.state !== state) {
      // A state folder may be moved. If the original still exists, this one is a copy of it.
      const original = yield* OutputNote.load(found.state)
      if (original?.run === runId) {
        const problem = `${directory} holds the unfinished output of ${nameOf(context)}, and the state of that run is in ${found.state}; the one in ${state} is a copy of it`
        return yield* reject(problem, RESUME_THERE)
      }
    }
    const note = Option.isNone(context.receipt) ? undefined : yield* OutputNote.load(stateDirectory)
    let published: ReadonlyArray<string> = []
    if (yield* fs.exists(path.join(directory, PublishedManifest.NAME))) {
      const finished = yield* PublishedManifest.find(directory)
      const migration = finished?.migration
      published = namesOf(finished?.files ?? [])
      // A run that was killed between writing its manifest and its report finds its own manifest.
      if (!(yield* OutputNote.hasPublished(note, directory, runId))) {
        const of = migration === undefined ? "a finished migration" : `the finished migration ${migration}`
        return yield* reject(`${directory} already holds the result of ${of}`, CHOOSE)
      }
    }
    if (Option.isNone(context.receipt)) {
      const names = found === undefined ? files.flatMap((file) => [file, partName(file)]) : files
      for (const file of names) {
        if (yield* fs.exists(path.join(directory, file))) {
          return yield* reject(`${directory} already holds a file ${file}`, CHOOSE)
        }
      }
    }
    if (note?.run !== runId) yield* OutputNote.save(stateDirectory, { run: runId, manifest: null })
    const owner = { migrationId: context.migrationId, runId, state }
    const marked = yield* OutputMarker.claim(directory, owner, published)
    yield* stillOwned(sink, directory, context, marked)
    if (typeof marked === "object" && marked.state !== state)
      yield* OutputMarker.rewrite(directory, { ...marked, state })
  }).pipe(Effect.catchTag("PlatformError", writeFailed(options.sink, options.directory)))

/**
 * Publishes staged files and the manifest, and removes the marker. A file without its
 * `.part` was renamed by an earlier attempt. Fails if the size, number of lines or
 * checksum of a file is not what the sink says it wrote. If `completion` asks for it,
 * also fails if the output has no records or if records are missing.
 *
 * @category operations
 * @since 0.1.0
 */
export const publish = (
  publication: Publication
): Effect.Effect<Summary, SinkError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const { completion, context, details, directory, sink } = publication
    const ledger = yield* check(publication)
    const { migrationId, runId, stateDirectory } = context
    const own = { migrationId, runId, state: yield* real(stateDirectory) }
    const owned = Effect.flatMap(OutputMarker.find(directory), (owner) =>
      stillOwned(sink, directory, own, owner)
    )
    yield* reclaim(directory, own)
    yield* owned
    const files: Array<OutputFile> = []
    const staged: Array<string> = []
    for (const file of publication.files) {
      const final = path.join(directory, file.path)
      const isStaged = yield* fs.exists(partName(final))
      if (isStaged) staged.push(final)
      const name = isStaged ? partName(final) : final
      if (!isStaged && !(yield* fs.exists(final)))
        return yield* new SinkError({ sink, reason: new StagedDataDamaged({ path: name, problem: GONE }) })
      const found = yield* contentOf(name, isStaged ? file.sha256 : undefined)
      const { bytes, sha256 } = found
      const problem = problemOf(file, found)
      if (problem !== undefined) {
        return yield* new SinkError({ sink, reason: new StagedDataDamaged({ path: name, problem }) })
      }
      files.push({ path: file.path, bytes, sha256, records: file.records })
    }
    yield* owned
    const marked = yield* OutputMarker.find(directory)
    if (typeof marked === "object")
      yield* OutputMarker.rewrite(directory, { ...marked, files: namesOf(files) })
    for (const final of staged) {
      yield* owned
      yield* DurableFile.rename(partName(final), final)
    }
    const manifest = {
      format: "chatferry-manifest/1",
      model: "chatferry-model/1",
      migration: completion.migrationId,
      source: { name: completion.source, fingerprint: completion.fingerprint },
      sink: { name: sink, ...details },
      files,
      ledger
    }
    const text = `${Json.write(manifest, 2)}\n`
    yield* owned
    yield* OutputNote.save(stateDirectory, { run: runId, manifest: Sha256.hex(text) })
    yield* DurableFile.replace(path.join(directory, PublishedManifest.NAME), text)
    yield* OutputMarker.release(directory)
    return { sink, directory, files, ledger: publication.ledger }
  }).pipe(
    Effect.catchTag("PlatformError", writeFailed(publication.sink, publication.directory)),
    Effect.withSpan("Publication.publish", { attributes: { sink: publication.sink } })
  )

/**
 * If `completion` asks for it, fails if records are missing or if there are none.
 * Returns the ledger from the source through the sink.
 *
 * @category operations
 * @since 0.1.0
 */
export const check = (
  publication: Pick<Publication, "sink" | "completion" | "ledger" | "mayBeEmpty">
): Effect.Effect<Ledger.Ledger, SinkError> =>
  Effect.suspend(() => {
    const { completion, ledger: own, mayBeEmpty, sink } = publication
    const ledger = Ledger.join(completion.ledger, own)
    const isEmptyAllowed = completion.mustHaveRecords !== true || mayBeEmpty === true
    const imbalance = imbalanceAfter(completion.ledger, sink, own)
    if (completion.mustBalance === true && imbalance !== undefined)
      return Effect.fail(new SinkError({ sink, reason: imbalance }))
    if (isEmptyAllowed || !Outcome.isEmpty(ledger) || imbalance !== undefined) return Effect.succeed(ledger)
    const outcome = Outcome.sentence(ledger)
    return Effect.fail(new SinkError({ sink, reason: new EmptyOutput({ outcome }) }))
  })

// internal

/** The names of some files and of the manifest that lists them. */
const namesOf = (files: ReadonlyArray<{ readonly path: string }>): ReadonlyArray<string> => [
  PublishedManifest.NAME,
  ...files.map(({ path }) => path)
]

const CHOOSE = "Choose another output folder, or move the files in this one elsewhere."
const RESUME_THERE =
  "Run the migration with that state folder. To continue with the copy, remove the other one first."
/** Published output has no marker; publishing it again claims the folder first. */
const reclaim = Effect.fnUntraced(function* (
  directory: string,
  own: OutputMarker.Owner & { readonly state: string }
) {
  if ((yield* OutputMarker.find(directory)) !== undefined) return
  const note = yield* OutputNote.load(own.state)
  if (yield* OutputNote.hasPublished(note, directory, own.runId)) yield* OutputMarker.claim(directory, own)
})

// Folders that sinks of this process write to: two sinks in one folder would overwrite each other's manifest.
const claimed = new Set<string>()

function writeFailed(sink: string, directory: string) {
  return (cause: PlatformError.PlatformError): Effect.Effect<never, SinkError> =>
    Effect.fail(new SinkError({ sink, reason: new WriteFailed({ path: directory, cause }) }))
}
