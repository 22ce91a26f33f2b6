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
import { Entity, type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as Stream from "effect/Stream"
import { fromFiles } from "./internal/archive.ts"
import { fromFile } from "./internal/bytes.ts"
import { ofPart, ofSource, type PrintedPart } from "./internal/fingerprint.ts"
import { find } from "./internal/inputs.ts"
import type { Limits } from "./internal/limits.ts"
import { readArchive } from "./internal/readArchive.ts"
import * as Zip from "./internal/zip.ts"

/**
 * What to read, and how much to put up with.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ArchivesConfig {
  /**
   * Zip archives, folders or single JSON files, in the order in which they are
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
}

/**
 * Makes a source of exports that lie on disk, in JSON.
 *
 * A damaged archive or file fails the stream with `CorruptInput`, which names
 * archive, entry and, in JSON, the byte; a setting that the input exceeds fails
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
    return problem === undefined ? yield* find(config.inputs) : yield* problem
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
            ? fromFiles(part.id, part.content.files)
            : Effect.flatMap(fromFile(part.content.path, READ_WHOLE), (bytes) =>
                Zip.open(bytes, part.id, limits)
              )
          return readArchive(archive, part.bytes, position, limits)
        })
      ).pipe(Stream.mapError(fail))
  }
}

// internal

const READ_WHOLE = 32 << 20

const limitsOf = (config: ArchivesConfig): Limits => ({
  batchRecords: config.batchRecords ?? 1024,
  maxElementBytes: config.maxElementBytes ?? 64 << 20,
  maxEntries: config.maxEntries ?? 1_000_000,
  maxDirectoryBytes: config.maxDirectoryBytes ?? 256 << 20,
  maxEntryBytes: config.maxEntryBytes ?? 64 * 2 ** 30,
  maxRatio: config.maxRatio ?? 400,
  maxNestedBytes: config.maxNestedBytes ?? 256 << 20,
  keepPersonalFields: config.keepPersonalFields ?? false,
  stripSignedUrls: config.stripSignedUrls ?? false
})

const problemOf = (limits: Limits) => {
  for (const [setting, value] of Object.entries(limits)) {
    if (typeof value === "number" && !(Number.isInteger(value) && value >= 1)) {
      return new SourceError.InvalidConfig({ setting, problem: "must be a whole number of at least 1" })
    }
  }
  return undefined
}
