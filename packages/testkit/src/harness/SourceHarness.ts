/**
 * What tests of a source need again and again: write inputs to a folder, read
 * them whole, and inspect the result.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Entity, type Rejected, Source, type SourceError } from "@chatferry/core"
import { type Fingerprint } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Read from "../internal/contract/engine/reading.ts"
import { type Entry, zip } from "../internal/zipWriter.ts"

/**
 * Name to content: text, bytes, an archive, or a value that is written as JSON.
 *
 * @category models
 * @since 0.1.0
 */
export type Files = Readonly<Record<string, string | Uint8Array | object>>

/**
 * Files that are written as one zip archive.
 *
 * @category models
 * @since 0.1.0
 */
export class Zip {
  readonly files: Files
  constructor(files: Files) {
    this.files = files
  }
}

/**
 * Makes a zip archive of files, to be used as the content of a file of `Files`. The
 * same files give the same bytes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const zipOf = (files: Files): Zip => new Zip(files)

/**
 * The content of several batches.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reading {
  readonly batches: ReadonlyArray<Source.Batch>
  readonly records: ReadonlyArray<Entity.Entity>
  readonly rejected: ReadonlyArray<Rejected.Rejected>
  /** Summed up, in the order of their codes. */
  readonly notes: Readonly<Record<string, number>>
}

/**
 * Writes files to a new folder called `export`, which is removed with the
 * scope. Gives its path.
 *
 * @category running
 * @since 0.1.0
 */
export const folderOf = Effect.fnUntraced(function* (
  files: Files
): Effect.fn.Return<string, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = path.join(yield* fs.makeTempDirectoryScoped(), "export")
  yield* fs.makeDirectory(folder)
  for (const [name, content] of Object.entries(files)) {
    const full = path.join(folder, name)
    yield* fs.makeDirectory(path.dirname(full), { recursive: true })
    yield* fs.writeFile(full, yield* bytesOf(content))
  }
  return folder
})

/**
 * Joins batches.
 *
 * @category operations
 * @since 0.1.0
 */
export const joined = (batches: ReadonlyArray<Source.Batch>): Reading => {
  const notes = new Map<string, number>()
  for (const batch of batches) {
    for (const [code, count] of Object.entries(batch.notes ?? {}))
      notes.set(code, (notes.get(code) ?? 0) + count)
  }
  return {
    batches,
    records: batches.flatMap(({ records }) => records),
    rejected: batches.flatMap(({ rejected }) => rejected),
    notes: Object.fromEntries(Array.from(notes).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
}

/**
 * Where an earlier reading ended: the number of completed segments, and the
 * position in the next one.
 *
 * @category models
 * @since 0.1.0
 */
export interface After {
  readonly done: number
  readonly position?: Source.Position | undefined
}

/**
 * Reads all segments of a source in order, from their start or after an earlier
 * reading.
 *
 * @category running
 * @since 0.1.0
 */
export const readAll = <R>(
  source: Source.Source<R>,
  after: After = { done: 0 }
): Effect.Effect<Reading, SourceError.SourceError, Exclude<R, Scope.Scope>> =>
  Effect.map(Read.readAll(source, after), (parts) => joined(parts.flatMap(({ batches }) => batches)))

/**
 * The answers of a source, partition by partition.
 *
 * @category models
 * @since 0.1.0
 */
export interface OfPartitions<out R = never> {
  readonly fingerprint: Effect.Effect<Fingerprint.Fingerprint, SourceError.SourceError, R>
  /** A partition of several segments occurs once for each of them. */
  readonly partitions: Effect.Effect<ReadonlyArray<Source.Partition>, SourceError.SourceError, R>
  /** Reads the whole partition. */
  readonly read: (
    partition: Source.Partition,
    position?: Option.Option<Source.Position>
  ) => Stream.Stream<Source.Batch, SourceError.SourceError, R>
  readonly retrace: (
    partition: Source.Partition,
    readDigest: Schema.Json
  ) => Effect.Effect<void, SourceError.SourceError, R>
}

/**
 * Queries a source whose partitions are read whole. Each answer comes from a new
 * reader, as in another process.
 *
 * @category running
 * @since 0.1.0
 */
export const of = <R>(source: Source.Source<R>): OfPartitions<Exclude<R, Scope.Scope>> => ({
  fingerprint: Read.fingerprint(source),
  partitions: Effect.map(Read.segments(source), (found) => found.map(({ partition }) => partition)),
  read: (partition, position) => Read.read(source, Source.whole(partition), position),
  retrace: (partition, readDigest) => Read.retrace(source, Source.whole(partition), readDigest)
})

/**
 * Replaces parts of a source whose partitions are read whole, to make sources
 * that do something wrong.
 *
 * @category constructors
 * @since 0.1.0
 */
export const changed = <R>(
  source: Source.Source<R>,
  change: (reader: Source.PartitionReader) => Partial<Source.PartitionReader>
): Source.Source<R> =>
  Source.make({
    ...source,
    open: Effect.map(source.open, ({ fingerprint, read, retrace, segments }): Source.PartitionReader => {
      const own: Source.PartitionReader = {
        fingerprint,
        partitions: Effect.map(segments, (found) => found.map(({ partition }) => partition)),
        read: (partition, position) => read(Source.whole(partition), position),
        ...(retrace !== undefined && {
          retrace: (partition, readDigest) => retrace(Source.whole(partition), readDigest)
        })
      }
      return { ...own, ...change(own) }
    })
  })

/**
 * The number of distinct things of each kind. Several records of one thing count once.
 *
 * @category operations
 * @since 0.1.0
 */
export const distinct = ({ records }: Pick<Reading, "records">): { readonly [K in Entity.Kind]?: number } => {
  const keys = new Map<Entity.Kind, Set<string>>()
  for (const record of records) {
    const of = keys.get(record._tag) ?? new Set()
    keys.set(record._tag, of.add(Entity.key(record)))
  }
  return Object.fromEntries(Array.from(keys, ([kind, of]) => [kind, of.size]))
}

/**
 * The records of one kind.
 *
 * @category operations
 * @since 0.1.0
 */
export const ofKind = <K extends Entity.Kind>(
  { records }: Pick<Reading, "records">,
  kind: K
): ReadonlyArray<Entity.Entity<K>> =>
  records.filter((record): record is Entity.Entity<K> => record._tag === kind)

// internal

const bytesOf = (content: Files[string]): Effect.Effect<Uint8Array> => {
  if (content instanceof Uint8Array) return Effect.succeed(content)
  if (!(content instanceof Zip))
    return Effect.succeed(Buffer.from(typeof content === "string" ? content : JSON.stringify(content)))
  return Effect.gen(function* () {
    const entries: Array<Entry> = []
    for (const [path, file] of Object.entries(content.files))
      entries.push({ path, bytes: [yield* bytesOf(file)] })
    const chunks = Stream.fromAsyncIterable(zip(entries), (cause) => cause)
    return Buffer.concat(yield* Effect.orDie(Stream.runCollect(chunks)))
  })
}
