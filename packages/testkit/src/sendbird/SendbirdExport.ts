/**
 * Makes exports as Sendbird writes them, from a seed.
 *
 * The same options give the same bytes on any machine. Nothing is kept but some
 * numbers per channel, so millions of messages take no more memory than
 * hundreds. Everything is made up; the shapes and the oddities are those of real
 * exports: seconds beside milliseconds, `"freeze": "false"`, two shapes of
 * members, ids that other providers refuse, secrets among the users.
 *
 * What a reader must find is counted by the generator itself (`Truth`), not by
 * reading back.
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
 * How often each thing occurs: shares of at least 0 and at most 1.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Features = AllFeatures

/**
 * What to make. Every field has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options extends Settings {
  /** `csv` makes tables instead of documents, with columns that are assumed: Sendbird publishes them as pictures. Default `json`. */
  readonly format?: "json" | "csv" | undefined
  /** Between the cells of a table: one character, and not a double quote. Default a comma. */
  readonly csvDelimiter?: string | undefined
  /** Changes files on their way, such as `Corruption.make().apply`; the truth is that of the unchanged ones. */
  readonly through?: ((files: Iterable<ExportFile>) => Iterable<ExportFile>) | undefined
}

/**
 * A file of an export.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExportFile {
  /** The zip or folder it belongs to, without an ending. */
  readonly archive: string
  /** Its name in there, with `/`. */
  readonly path: string
  /** Chunks of some 64 KB, made again by each iteration. */
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
 * What distinct messages have. Messages count once, however many files show them.
 *
 * @category models
 * @since 0.1.0
 */
export type MessageCounts = AllMessageCounts

/**
 * What is in an export.
 *
 * `records` is what a reader meets: every element of a list, one channel and its
 * people for each messages file, one reaction for each user of each key. The
 * people of an open channel are its operators, and somebody who is member and
 * operator is one. In CSV a messages export has one channel and its people in
 * each archive, in however many files its messages are. `distinct` counts things instead, told apart by their keys.
 * `users.missing` take part somewhere and are in no users file.
 *
 * @category models
 * @since 0.1.0
 */
export type Truth = AllTruth

/**
 * An export that can be read.
 *
 * @category models
 * @since 0.1.0
 */
export interface Export {
  /** Files in a stable order, those of one archive together. May be iterated again. */
  readonly files: Iterable<ExportFile>
  /** Counts what is in the files. This makes every record once more and takes about half as long as writing. */
  readonly truth: () => Truth
}

/**
 * An export that was written.
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
 * Every planted secret contains this text, so nothing that a migration writes
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
 * Writes one zip for each archive into a folder, which is made if need be. The
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
 * Writes one folder for each archive into a folder, which is made if need be.
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

// Cuts the files into archives without looking ahead by more than one file. Each archive is to be read to its end.
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
