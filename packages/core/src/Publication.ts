/**
 * How files appear: whole, checked, and listed in a manifest.
 *
 * A sink writes under temporary names (`<name>.part`). Publishing hashes and
 * syncs them, renames them, and writes `manifest.json` last: when the manifest
 * is there, everything it lists is there. Publishing again after a crash ends
 * in the same bytes.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as DurableFile from "./DurableFile.ts"
import * as Sha256 from "./internal/sha256.ts"
import * as Ledger from "./Ledger.ts"
import type { Completion, OutputFile, Summary } from "./Sink.ts"
import { Conflict, InvalidReceipt, SinkError, WriteFailed } from "./SinkError.ts"

/**
 * A file that is written and not yet published.
 *
 * @category models
 * @since 0.1.0
 */
export interface StagedFile {
  /** Final name, relative to the folder. It is staged as `<path>.part`. */
  readonly path: string
  readonly records: number
  /** What was written to it; a file of another size is not published. */
  readonly bytes?: number
}

/**
 * What is published.
 *
 * @category models
 * @since 0.1.0
 */
export interface Publication {
  readonly sink: string
  readonly directory: string
  readonly completion: Completion
  /** In the order in which they are to be used. */
  readonly files: ReadonlyArray<StagedFile>
  /** The sink's own ledger. */
  readonly ledger: Ledger.Ledger
  /** What else the manifest should say, such as the dialect. */
  readonly details?: Readonly<Record<string, string | number | boolean>>
}

/**
 * The name under which a file is written until it is published.
 *
 * @category operations
 * @since 0.1.0
 */
export const partName = (path: string): string => `${path}.part`

/**
 * Makes the folder and claims it for one sink while the scope is open. On a
 * first run (`isResumed` false) a folder that already holds a manifest, or one
 * of `files`, is refused: nothing that is there is written over.
 *
 * @category operations
 * @since 0.1.0
 */
export const prepare = (options: {
  readonly sink: string
  readonly directory: string
  readonly isResumed: boolean
  /** Names of files that will be published, as far as they are known. */
  readonly files?: ReadonlyArray<string>
}): Effect.Effect<void, SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const { directory, files = [], isResumed, sink } = options
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const refuse = (problem: string, hint: string) =>
      new SinkError({ sink, reason: new Conflict({ problem, hint }) })
    yield* DurableFile.makeDirectory(directory)
    const claim = path.resolve(directory)
    yield* Effect.acquireRelease(
      Effect.suspend(() => {
        if (claimed.has(claim))
          return refuse(`two sinks write into ${directory}`, "Give each a folder of its own.")
        claimed.add(claim)
        return Effect.void
      }),
      () => Effect.sync(() => claimed.delete(claim))
    )
    if (isResumed) return
    const choose = "Choose another output folder, or remove this one."
    if (yield* fs.exists(path.join(directory, MANIFEST))) {
      return yield* refuse(`${directory} already holds the result of a finished migration`, choose)
    }
    for (const file of files) {
      if (yield* fs.exists(path.join(directory, file))) {
        return yield* refuse(`${directory} already holds a file ${file}`, choose)
      }
    }
  }).pipe(Effect.catchTag("PlatformError", writeFailed(options.sink, options.directory)))

/**
 * Publishes staged files and the manifest. A file whose `.part` is gone was
 * renamed by an earlier attempt.
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
    const { completion, details, directory, sink } = publication
    const files: Array<OutputFile> = []
    const staged: Array<string> = []
    for (const { bytes: written, path: name, records } of publication.files) {
      const final = path.join(directory, name)
      const isStaged = yield* fs.exists(partName(final))
      if (isStaged) staged.push(final)
      const { bytes, sha256 } = yield* digest(isStaged ? partName(final) : final)
      if (written !== undefined && written !== bytes) {
        const problem = `it has ${bytes} bytes and ${written} were written, so something else wrote to it`
        return yield* new SinkError({ sink, reason: new InvalidReceipt({ path: final, problem }) })
      }
      files.push({ path: name, bytes, sha256, records })
    }
    for (const final of staged) yield* DurableFile.rename(partName(final), final)
    const ledger = Ledger.join(completion.ledger, publication.ledger)
    const manifest = {
      format: "chatferry-manifest/1",
      model: "chatferry-model/1",
      migration: completion.migrationId,
      source: { name: completion.source, fingerprint: completion.fingerprint },
      sink: { name: sink, ...details },
      files,
      ledger
    }
    yield* DurableFile.replace(path.join(directory, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`)
    return { sink, directory, files, ledger: publication.ledger }
  }).pipe(
    Effect.catchTag("PlatformError", writeFailed(publication.sink, publication.directory)),
    Effect.withSpan("Publication.publish", { attributes: { sink: publication.sink } })
  )

// internal

const MANIFEST = "manifest.json"

// Folders that sinks of this process write into: two in one folder would overwrite each other's manifest.
const claimed = new Set<string>()

function writeFailed(sink: string, directory: string) {
  return (cause: PlatformError.PlatformError): Effect.Effect<never, SinkError> =>
    Effect.fail(new SinkError({ sink, reason: new WriteFailed({ path: directory, cause }) }))
}

const digest = (path: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.open(path, { flag: "r+" })
      yield* file.sync
      const hash = Sha256.running()
      let bytes = 0
      const buffer = new Uint8Array(1 << 20)
      for (;;) {
        const count = yield* file.read(buffer)
        if (count === 0) break
        hash.update(buffer.subarray(0, count))
        bytes += count
      }
      return { bytes, sha256: hash.hex() }
    })
  ).pipe(DurableFile.naming(path))
