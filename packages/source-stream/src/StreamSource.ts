/**
 * Reads Stream Chat exports.
 *
 * Channel exports of both versions and exports of users are recognised by
 * content, never by name. Records are mapped leniently and come out strict.
 * Custom fields go on under `custom.stream`, as does what Stream knows and the
 * model does not; what is left out is counted in the batches' notes; a record
 * that cannot be mapped is rejected and reading goes on.
 *
 * An export has no list of users unless it was asked for: whoever is shown by
 * another record is given as a user of their own, unless they were shown the
 * same way lately. Sinks join what is given more than once.
 *
 * @stability unstable
 * @since 0.1.0
 */
import { ArchiveSource, type Entity, type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as ApiSource from "./internal/api/apiSource.ts"
import type { Batch } from "./internal/api/batch.ts"
import * as Client from "./internal/api/client.ts"
import { resolve } from "./internal/api/settings.ts"
import { contentSize, ofSource } from "./internal/fingerprint.ts"
import type { Limits } from "./internal/limits.ts"
import { readArchive, retrace } from "./internal/readArchive.ts"
import { FORMAT } from "./internal/recognise.ts"
import type * as StreamApi from "./StreamApi.ts"

/**
 * What to read, and how much to put up with.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FilesConfig extends ArchiveSource.LimitsConfig {
  /**
   * Exported files, plain or gzip, folders of them, or zip archives, in the
   * order in which they are read. Below a folder, every zip archive is one
   * partition and all other files together are one.
   */
  readonly inputs: ReadonlyArray<string>
  /** Name of the source in errors and reports; `stream-files`. */
  readonly name?: string
  /** Takes signatures and other credentials out of the addresses of files and pictures; `false`, because without them files cannot be fetched. */
  readonly stripSignedUrls?: boolean
}

/**
 * Makes a source of exports that lie on disk. An input that holds nothing of an
 * export fails with `UnrecognisedInput`, before anything is read.
 *
 * @category constructors
 * @since 0.1.0
 */
export const files = (
  config: FilesConfig
): Source.Source<SourceError.SourceError, FileSystem.FileSystem | Path.Path> => {
  const limits = limitsOf(config)
  return ArchiveSource.make({
    name: config.name ?? FILES,
    kinds: KINDS,
    inputs: config.inputs,
    limits,
    problem: ArchiveSource.problemOf(limits),
    contentSize,
    format: FORMAT,
    fingerprint: (parts) => ofSource(parts, limits),
    read: (archive, bytes, position) => readArchive(archive, bytes, position, limits),
    retrace: (archive, trail) => retrace(archive, trail, limits)
  })
}

/**
 * Tells of each input, by the first bytes of its files, whether it holds anything
 * of a Stream export, and if not, what it seems to be.
 *
 * @category operations
 * @since 0.1.0
 */
export const recognise = (
  config: FilesConfig
): Effect.Effect<
  ReadonlyArray<ArchiveSource.Recognised>,
  SourceError.SourceError,
  FileSystem.FileSystem | Path.Path
> =>
  ArchiveSource.recognise({
    name: config.name ?? FILES,
    inputs: config.inputs,
    limits: limitsOf(config),
    format: FORMAT
  })

/**
 * What to have exported, where to keep it, and how much to put up with.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ApiConfig
  extends
    StreamApi.Config,
    Pick<FilesConfig, "batchRecords" | "maxElementBytes" | "maxEntryBytes" | "maxRatio" | "stripSignedUrls"> {
  /**
   * Folder for the exports and, below it, the lists of what there is and the
   * record of what has been asked for. Keep it until the migration is finished:
   * with it nothing is exported twice, and `files` reads it as it is. One run at
   * a time may use it.
   */
  readonly directory: string
  /** Name of the source in errors and reports; `stream-api`. */
  readonly name?: string
}

/**
 * Makes a source that has Stream export channels and users, batch by batch, and
 * reads the exports as `files` does.
 *
 * Where no list is given, what there is gets listed when partitions are asked
 * for; the list stays on disk, so that every run has the same partitions. Each
 * batch is asked for once: the task's id is on the disk before anything else
 * happens with it. Stream has no list of tasks: after an answer that was lost
 * the run stops, unless `lostAnswers` lets it ask again. A failed export is asked
 * for once more and then in halves. While Stream works, batches without
 * records tell where it stands. An error names the operation and what to do;
 * running again goes on. Links to files are judged where the connection is made
 * if `Addresses.guard` has made the client.
 *
 * @category constructors
 * @since 0.1.0
 */
export const api = (
  config: ApiConfig
): Source.Source<SourceError.SourceError, HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> => {
  const name = config.name ?? "stream-api"
  const fail = (reason: SourceError.SourceErrorReason) =>
    new SourceError.SourceError({ source: name, reason })
  const limits = limitsOf(config)
  const settings = Effect.gen(function* () {
    const problem = ArchiveSource.problemOf(limits)
    return problem === undefined ? yield* resolve(config) : yield* problem
  })
  const asking = Semaphore.makeUnsafe(1)
  const exporter = Effect.gen(function* () {
    const resolved = yield* settings
    const client = yield* Client.make(resolved.client)
    return { client, settings: resolved, asking, limits, directory: config.directory }
  })
  // Two who list at once would write the same file.
  const one = Semaphore.makeUnsafe(1)
  let known: ReadonlyArray<Batch> | undefined
  const batches = Effect.gen(function* () {
    known ??= yield* ApiSource.batches(yield* exporter)
    return known
  }).pipe(one.withPermits(1))
  return {
    name,
    kinds: KINDS,
    fingerprint: Effect.mapError(
      Effect.map(settings, (of) => ApiSource.fingerprint(of, limits)),
      fail
    ),
    partitions: Effect.zipWith(batches, settings, (all, of) =>
      all.map((batch) => ApiSource.partitionOf(batch, of))
    ).pipe(Effect.mapError(fail)),
    read: (partition, position) =>
      Stream.unwrap(
        Effect.zipWith(batches, exporter, (all, of) => ApiSource.read(of, all, partition.id, position))
      ).pipe(Stream.mapError(fail)),
    retrace: (partition, trail) =>
      Effect.zip(batches, exporter).pipe(
        Effect.flatMap(([all, of]) => ApiSource.retrace(of, all, partition.id, trail)),
        Effect.mapError(fail)
      )
  }
}

// internal

const FILES = "stream-files"

const limitsOf = (config: Omit<FilesConfig, "inputs">): Limits => ({
  ...ArchiveSource.limits(config),
  stripSignedUrls: config.stripSignedUrls ?? false
})

const KINDS: ReadonlySet<Entity.Kind> = new Set<Entity.Kind>([
  "user",
  "channel",
  "member",
  "message",
  "reaction"
])
