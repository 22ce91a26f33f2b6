/**
 * Reads Sendbird data exports.
 *
 * Everything is recognised by content, never by path. Records are mapped
 * leniently (two shapes of members, times in seconds, milliseconds or text,
 * booleans as text) and come out strict. What the model does not know goes on
 * under `custom.sendbird`; what is left out is counted in the batches' notes; a
 * record that cannot be mapped is rejected and reading goes on.
 *
 * @stability unstable
 * @since 0.1.0
 */
import { Archives, Entity, type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import * as Stream from "effect/Stream"
import * as ApiSource from "./internal/api/apiSource.ts"
import * as Client from "./internal/api/client.ts"
import { JOURNAL } from "./internal/api/journal.ts"
import * as Past from "./internal/api/pastExports.ts"
import { resolve } from "./internal/api/settings.ts"
import { ofApi, ofPart, ofSource, type PrintedPart } from "./internal/fingerprint.ts"
import type { Limits } from "./internal/limits.ts"
import { readArchive } from "./internal/readArchive.ts"
import type * as SendbirdApi from "./SendbirdApi.ts"

/**
 * What to read, and how much to put up with.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ArchivesConfig {
  /**
   * Zip archives, folders or single JSON or CSV files, in the order in which they are
   * read. Below a folder, every zip archive is one partition and all other
   * files together are one.
   */
  readonly inputs: ReadonlyArray<string>
  /** Name of the source in errors and reports; `sendbird-archives`. */
  readonly name?: string
  /** Records after which a batch is cut, at the next end of about 48 KiB of JSON; 1024. */
  readonly batchRecords?: number
  /** Largest single record, or other top-level member, in bytes; 64 MiB. */
  readonly maxElementBytes?: number
  /** Most entries in one zip archive; 1,000,000. */
  readonly maxEntries?: number
  /** Largest directory of a zip archive in bytes, which is held in memory; 256 MiB. */
  readonly maxDirectoryBytes?: number
  /** Largest entry in bytes when inflated; 64 GiB. Entries are streamed, so this is no matter of memory. */
  readonly maxEntryBytes?: number
  /** How many times its size an entry over 1 MiB may inflate to; 400. */
  readonly maxRatio?: number
  /** Largest archive inside an archive in bytes, which is held in memory; 256 MiB. */
  readonly maxNestedBytes?: number
  /** Keeps `phone_number` and `discovery_keys` of users; `false`. */
  readonly keepPersonalFields?: boolean
  /** Takes signatures and other credentials out of the addresses of files and pictures; `false`, because without them files cannot be fetched. */
  readonly stripSignedUrls?: boolean
  /** The character between the cells of CSV exports, as it was asked for: any one but `"`; `,`. */
  readonly csvDelimiter?: string
}

/**
 * Makes a source of exports that lie on disk, in JSON or CSV.
 *
 * A damaged archive or file fails the stream with `CorruptInput`, which names
 * archive, entry and, in documents, the byte; a setting that the input exceeds fails
 * it with `LimitExceeded`. Nothing is unpacked to disk.
 *
 * @category constructors
 * @since 0.1.0
 */
export const archives = (
  config: ArchivesConfig
): Source.Source<SourceError.SourceError, FileSystem.FileSystem | Path.Path> => {
  const name = config.name ?? "sendbird-archives"
  const fail = (reason: SourceError.SourceErrorReason) =>
    new SourceError.SourceError({ source: name, reason })
  const limits = limitsOf(config)
  let latest: ReadonlyArray<PrintedPart> | undefined
  const found = Effect.gen(function* () {
    const problem = problemOf(limits)
    return problem === undefined
      ? yield* Archives.findParts(config.inputs, (name) => name.endsWith(JOURNAL))
      : yield* problem
  })
  const parts = Effect.gen(function* () {
    latest = yield* Effect.forEach(yield* found, (part) => ofPart(part, limits))
    return latest
  })
  const partOf = (id: string) =>
    Effect.flatMap(latest === undefined ? parts : Effect.succeed(latest), (all) => {
      const part = all.find((one) => one.id === id)
      const problem = "there is no such partition among the inputs"
      return part === undefined
        ? Effect.fail(new SourceError.InvalidPosition({ partition: id, problem }))
        : Effect.succeed(part)
    })
  return {
    name,
    kinds: new Set(Entity.kinds),
    fingerprint: found.pipe(
      Effect.map((all) => ofSource(all, limits)),
      Effect.mapError(fail)
    ),
    partitions: parts.pipe(
      Effect.map((all) =>
        all.map(({ bytes, fingerprint, id }): Source.Partition => ({ id, bytes, fingerprint }))
      ),
      Effect.mapError(fail)
    ),
    read: (partition, position) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const part = yield* partOf(partition.id)
          const archive = yield* part.content._tag === "files"
            ? Archives.fromFiles(part.id, part.content.files)
            : Effect.flatMap(Archives.fromFile(part.content.path, READ_WHOLE), (bytes) =>
                Archives.openZip(bytes, part.id, limits)
              )
          return readArchive(archive, part.bytes, position, limits)
        })
      ).pipe(Stream.mapError(fail))
  }
}

/**
 * What to have exported, where to keep it, and how much to put up with.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ApiConfig extends SendbirdApi.Config, Omit<ArchivesConfig, "inputs" | "name"> {
  /**
   * Folder for the exports and the record of what has been asked for. Keep it
   * until the migration is finished: with it no window is exported twice, and a
   * later migration reads the zips as they are. One run at a time may use it.
   */
  readonly directory: string
  /** Name of the source in errors and reports; `sendbird-api`. */
  readonly name?: string
}

/**
 * Makes a source that has Sendbird export everything, window by window, and
 * reads the exports as `archives` does.
 *
 * Each window is asked for once: its request id is on the disk before anything
 * else happens with it, and a request whose answer was lost is looked up before
 * it is made again. A failed export is asked for once more and then in halves.
 * While Sendbird works, batches without records tell where it stands. An error
 * names the operation and what to do; running again goes on.
 *
 * @category constructors
 * @since 0.1.0
 */
export const api = (
  config: ApiConfig
): Source.Source<SourceError.SourceError, HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> => {
  const name = config.name ?? "sendbird-api"
  const fail = (reason: SourceError.SourceErrorReason) =>
    new SourceError.SourceError({ source: name, reason })
  const limits = limitsOf(config)
  let known: ReadonlyMap<string, string> | undefined
  const exporter = Effect.gen(function* () {
    const problem = problemOf(limits)
    if (problem !== undefined) return yield* problem
    const settings = yield* resolve(config)
    const client = yield* Client.make({ ...settings, apiToken: config.apiToken })
    const named = Effect.suspend(() =>
      known === undefined ? Past.named(client, settings) : Effect.succeed(known)
    ).pipe(
      Effect.tap((found) =>
        Effect.sync(() => {
          known = found
        })
      )
    )
    return { client, settings, limits, named, directory: config.directory }
  })
  return {
    name,
    kinds: new Set(Entity.kinds),
    fingerprint: exporter.pipe(
      Effect.map(({ settings }) => ofApi(settings, limits)),
      Effect.mapError(fail)
    ),
    partitions: exporter.pipe(
      Effect.map((of) => ApiSource.partitions(of)),
      Effect.mapError(fail)
    ),
    read: (partition, position) =>
      Stream.unwrap(Effect.map(exporter, (of) => ApiSource.read(of, partition.id, position))).pipe(
        Stream.mapError(fail)
      )
  }
}

// internal

const READ_WHOLE = 32 << 20

const limitsOf = (config: Omit<ArchivesConfig, "inputs">): Limits => ({
  batchRecords: config.batchRecords ?? 1024,
  maxElementBytes: config.maxElementBytes ?? 64 << 20,
  maxEntries: config.maxEntries ?? 1_000_000,
  maxDirectoryBytes: config.maxDirectoryBytes ?? 256 << 20,
  maxEntryBytes: config.maxEntryBytes ?? 64 * 2 ** 30,
  maxRatio: config.maxRatio ?? 400,
  maxNestedBytes: config.maxNestedBytes ?? 256 << 20,
  keepPersonalFields: config.keepPersonalFields ?? false,
  stripSignedUrls: config.stripSignedUrls ?? false,
  csvDelimiter: config.csvDelimiter ?? ","
})

const problemOf = (limits: Limits) => {
  for (const [setting, value] of Object.entries(limits)) {
    if (typeof value === "number" && !(Number.isInteger(value) && value >= 1)) {
      return new SourceError.InvalidConfig({ setting, problem: "must be a whole number of at least 1" })
    }
  }
  return limits.csvDelimiter === undefined ? undefined : delimiterProblem(limits.csvDelimiter)
}

const delimiterProblem = (delimiter: string) => {
  if (Array.from(delimiter).length === 1 && delimiter !== '"' && delimiter.isWellFormed()) return undefined
  return new SourceError.InvalidConfig({
    setting: "csvDelimiter",
    problem: 'must be one character, and not a quotation mark (")'
  })
}
