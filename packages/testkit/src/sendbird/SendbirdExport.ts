/**
 * Generates exports in Sendbird's format from a seed.
 *
 * The same options give the same bytes on any machine. Only a few numbers per
 * channel are kept, so millions of messages take no more memory than
 * hundreds. All content is fictional; the shapes and the oddities are those of real
 * exports: seconds next to milliseconds, `"freeze": "false"`, two shapes of
 * members, ids that other providers reject, secrets among the users.
 *
 * The generator itself counts what a reader must find (`Truth`), rather than
 * reading the export back.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Stream from "effect/Stream"
import { type Features as AllFeatures } from "../internal/generator/features.ts"
import { type Plan, plan, type Settings } from "../internal/generator/plan.ts"
import {
  type Counts as KindCounts,
  type MessageCounts as AllMessageCounts,
  type Tally,
  tally,
  type Truth as AllTruth
} from "../internal/generator/tally.ts"
import { SECRET } from "../internal/generator/users.ts"
import * as Schemas from "../internal/options.ts"
import * as Files from "../internal/sendbird/generator/files.ts"
import { zip } from "../internal/zipWriter.ts"

/**
 * How often each feature occurs, as shares from 0 to 1.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Features = AllFeatures

/**
 * What to generate. Every field has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options extends Settings {
  /** `csv` makes tables instead of JSON documents. Their columns are assumed, because Sendbird publishes them as pictures. @default `json` */
  readonly format?: "json" | "csv" | undefined
  /** Delimiter of CSV: one character other than a double quote. @default a comma */
  readonly csvDelimiter?: string | undefined
  /** Modifies the files, such as `Corruption.make().apply`; the truth is that of the unmodified ones. */
  readonly through?: ((files: Iterable<ExportFile>) => Iterable<ExportFile>) | undefined
}

/**
 * A file of an export.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExportFile {
  /** The zip or folder that contains it, without an extension. */
  readonly archive: string
  /** Its path in the archive, with `/`. */
  readonly path: string
  /** Chunks of about 64 KB, generated again for each iteration. */
  readonly bytes: Iterable<Uint8Array>
}

/**
 * One number for each kind of entity.
 *
 * @category models
 * @since 0.1.0
 */
export type Counts = KindCounts

/**
 * Counts of distinct messages by feature. A message counts once, however many files contain it.
 *
 * @category models
 * @since 0.1.0
 */
export type MessageCounts = AllMessageCounts

/**
 * The content of an export.
 *
 * `records` counts what a reader meets: every element of a list, one channel with its
 * members for each messages file, one reaction for each user of each key. The
 * members of an open channel are its operators. A user who is both member and
 * operator counts once. In CSV, a messages export has each channel with its members once in
 * each archive, regardless of the number of files. `distinct` counts things by their keys instead.
 * `users.missing` take part somewhere but are not in any users file.
 *
 * @category models
 * @since 0.1.0
 */
export type Truth = AllTruth

/**
 * An export to read.
 *
 * @category models
 * @since 0.1.0
 */
export interface Export {
  /** Files in a stable order, grouped by archive. They can be iterated repeatedly. */
  readonly files: Iterable<ExportFile>
  /** Counts the content of the files. This generates every record again and takes about half as long as writing. */
  readonly truth: () => Truth
}

/**
 * An export on disk.
 *
 * @category models
 * @since 0.1.0
 */
export interface Written {
  /** The zips or folders, in the order of their windows. */
  readonly archives: ReadonlyArray<string>
  readonly files: number
  /** Bytes of all files, before compression. */
  readonly bytes: number
  readonly truth: Truth
}

/**
 * A text that every planted secret contains. Nothing that a migration writes
 * may contain it.
 *
 * @category configuration
 * @since 0.1.0
 */
export const secret: string = SECRET

/**
 * Describes an export without writing it. Wrong options throw `InvalidConfig`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const generate = (options: Options = {}): Export => {
  Schemas.judge(Schemas.SendbirdExport, options)
  const of = plan(options)
  return {
    files: { [Symbol.iterator]: () => allFiles(options, of, tally(of))[Symbol.iterator]() },
    truth: () => {
      const counts = tally(of)
      for (const file of Files.files(of, counts, csvOf(options))) file.rehearse()
      return counts.truth()
    }
  }
}

/**
 * Writes one zip per archive into a folder, which is created if necessary. The
 * zips are byte-identical for the same options.
 *
 * @category running
 * @since 0.1.0
 */
export const writeZips = (
  directory: string,
  options: Options = {}
): Effect.Effect<Written, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  write(directory, options, (path, files) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* Stream.fromAsyncIterable(zip(files), (cause) => cause).pipe(
        Stream.orDie,
        Stream.run(fs.sink(`${path}.zip`))
      )
      return `${path}.zip`
    })
  )

/**
 * Writes one folder per archive into a folder, which is created if necessary.
 *
 * @category running
 * @since 0.1.0
 */
export const writeFolders = (
  directory: string,
  options: Options = {}
): Effect.Effect<Written, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  write(directory, options, (path, files) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const paths = yield* Path.Path
      let folder = ""
      for (const file of files) {
        const name = paths.join(path, file.path)
        if (paths.dirname(name) !== folder) {
          folder = paths.dirname(name)
          yield* fs.makeDirectory(folder, { recursive: true })
        }
        yield* Stream.run(Stream.fromIterable(file.bytes).pipe(Stream.rechunk(1)), fs.sink(name))
      }
      return path
    })
  )

// internal

const write = Effect.fnUntraced(function* <E, R>(
  directory: string,
  options: Options,
  writeArchive: (path: string, files: Iterable<ExportFile>) => Effect.Effect<string, E, R>
): Effect.fn.Return<Written, E | PlatformError.PlatformError, R | FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  Schemas.judge(Schemas.SendbirdExport, options)
  yield* fs.makeDirectory(directory, { recursive: true })
  const of = plan(options)
  const counts = tally(of)
  const archives: Array<string> = []
  const measure = { files: 0, bytes: 0 }
  const rest = grouped(allFiles(options, of, counts), measure)
  for (let step = rest.next(); step.done !== true; step = rest.next()) {
    archives.push(yield* writeArchive(paths.join(directory, step.value.archive), step.value.files))
  }
  return { archives, files: measure.files, bytes: measure.bytes, truth: counts.truth() }
})

const allFiles = (options: Options, of: Plan, counts: Tally): Iterable<ExportFile> => {
  const found = visible(Files.files(of, counts, csvOf(options)))
  return options.through === undefined ? found : options.through(found)
}

const csvOf = ({ csvDelimiter = ",", format }: Options) =>
  format === "csv" ? { delimiter: csvDelimiter } : undefined

function* visible(files: Iterable<ExportFile>): Generator<ExportFile> {
  for (const { archive, bytes, path } of files) yield { archive, path, bytes }
}

// Groups the files by archive, looking ahead by one file at most. Each archive must be read to its end.
function* grouped(
  files: Iterable<ExportFile>,
  measure: { files: number; bytes: number }
): Generator<{ readonly archive: string; readonly files: Iterable<ExportFile> }> {
  const all = files[Symbol.iterator]()
  let step = all.next()
  const filesOf = function* (archive: string) {
    while (step.done !== true && step.value.archive === archive) {
      measure.files++
      yield { ...step.value, bytes: measured(step.value.bytes, measure) }
      step = all.next()
    }
  }
  while (step.done !== true) yield { archive: step.value.archive, files: filesOf(step.value.archive) }
}

function* measured(bytes: Iterable<Uint8Array>, measure: { bytes: number }): Generator<Uint8Array> {
  for (const chunk of bytes) {
    measure.bytes += chunk.length
    yield chunk
  }
}
