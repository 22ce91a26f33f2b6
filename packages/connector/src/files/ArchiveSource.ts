import { type Consequence, type Entity, Source, SourceError } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { RejectedLine } from "@chatferry/core/run"
import { type Fingerprint, Setting, Settings } from "@chatferry/core/settings"
/**
 * Sources of exports that lie on disk: zip archives and folders of files.
 *
 * Finding the inputs, telling them from other ones, opening them and giving
 * each its name in errors is the same whatever is in them; what a source adds is
 * how an archive is read.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Option from "effect/Option"
import type * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Format, type Recognised, recogniseParts } from "../internal/archives/recognise.ts"
import * as Archives from "./Archives.ts"

export {
  /**
   * What a source reads, and how its files are recognised by their first bytes.
   *
   * @category models
   * @since 0.1.0
   */
  type Format,
  /**
   * The first bytes of a file.
   *
   * @category models
   * @since 0.1.0
   */
  type Head,
  /**
   * What a file is, by its first bytes.
   *
   * @category models
   * @since 0.1.0
   */
  type Judgement,
  /**
   * What an input is: one of the paths of a config.
   *
   * @category models
   * @since 0.1.0
   */
  type Recognised
} from "../internal/archives/recognise.ts"

/**
 * How much to put up with: what the config of such a source has beside its own.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface LimitsConfig {
  /** Records after which a batch is cut, at the next end of about 48 KiB of JSON, or of 64 bytes a record where that is less; 1024. Fewer where they are large: it is cut after 1 MiB. */
  readonly batchRecords?: number | undefined
  /**
   * Most bytes of a single record, or of another value that is held in memory as
   * a whole. A larger record is passed over and rejected as `too_large`, with
   * its range of bytes.
   *
   * @default JsonElements.JsonElements.MAX_ELEMENT_BYTES, 8 MiB
   */
  readonly maxElementBytes?: number | undefined
  /** Most entries in one zip archive; 1,000,000. */
  readonly maxEntries?: number | undefined
  /** Largest directory of a zip archive in bytes, which is held in memory; 256 MiB. */
  readonly maxDirectoryBytes?: number | undefined
  /** Largest entry or compressed file in bytes when inflated; 64 GiB. They are streamed, so this is no matter of memory. */
  readonly maxEntryBytes?: number | undefined
  /** How many times its size an entry or compressed file over 1 MiB may inflate to; 400. */
  readonly maxRatio?: number | undefined
}

/**
 * `LimitsConfig` after defaults.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Limits = { readonly [Setting in keyof LimitsConfig]-?: number }

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly name: string
  readonly kinds: ReadonlySet<Entity.Kind>
  /** What the codes of its rejects and notes mean. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** Path or paths of zip archives, folders or single files, in the order in which they are read. Below a folder, every zip archive is one partition and all other files together are one. All are of one application: equal ids mean the same. */
  readonly inputs: string | ReadonlyArray<string>
  readonly limits: Limits
  /** Tells files of the source itself by their names: they are not read. */
  readonly isOwn?: (name: string) => boolean
  /**
   * What is read. An input that holds nothing of it is then an error, before
   * anything is read; without this such an input gives no record.
   */
  readonly format?: Format
  /** How large what is in a file is, where files may be compressed. */
  readonly contentSize?: Archives.ContentSize
  /** What `Source.fingerprint` says, by the ids of the parts and the settings. */
  readonly fingerprint: (parts: ReadonlyArray<Archives.Part>) => Fingerprint.Fingerprint
  /** Reads one archive. `bytes` is the size of the partition, in which batches count theirs. */
  readonly read: (
    archive: Archives.Archive,
    bytes: number,
    position: Option.Option<Source.Position>
  ) => Stream.Stream<Source.Batch, SourceError.SourceErrorReason>
  /**
   * Fails unless what had been read of loose files is still there as it was, by the
   * read digest of a batch; `Archives.retrace` does most of it. Zip archives are known by
   * their directories.
   */
  readonly retrace?: (
    archive: Archives.Archive,
    read: Schema.Json
  ) => Effect.Effect<void, SourceError.SourceErrorReason>
  /** Reads a line of rejects, as `RejectedLine.reader` is given it. */
  readonly rejected?: (
    line: RejectedLine.RejectedLine
  ) => Effect.Effect<Source.Mapped, SourceError.SourceErrorReason>
}

/**
 * Tells whether a batch is to be cut: when it has enough records, or when they
 * were made of more than 1 MiB.
 *
 * @category operations
 * @since 0.1.0
 */
export const isFull = (records: number, bytes: number, { batchRecords }: Limits): boolean =>
  records >= batchRecords || (records > 0 && bytes >= BATCH_BYTES)

/**
 * The same as fields of a configuration that is a schema.
 *
 * @category configuration
 * @since 0.1.0
 */
export const limitsFields = {
  batchRecords: Settings.incidental(Settings.withDefault(Setting.whole(), 1024)),
  maxElementBytes: Settings.withDefault(Setting.whole(), JsonElements.MAX_ELEMENT_BYTES),
  maxEntries: Settings.incidental(Settings.withDefault(Setting.whole(), 1_000_000)),
  maxDirectoryBytes: Settings.incidental(Settings.withDefault(Setting.whole(), 256 << 20)),
  maxEntryBytes: Settings.incidental(Settings.withDefault(Setting.whole(), 64 * 2 ** 30)),
  maxRatio: Settings.incidental(Settings.withDefault(Setting.whole(), 400))
}

/**
 * The limits of settings that set none.
 *
 * @category configuration
 * @since 0.1.0
 */
export const DEFAULTS: Limits = Schema.decodeUnknownSync(Schema.Struct(limitsFields))({})

/**
 * Tells what each input is by the first bytes of its files, until one is of the
 * format. An input that cannot be judged, such as a damaged archive, counts as one
 * that is: reading it says what is wrong.
 *
 * @category operations
 * @since 0.1.0
 */
export const recognise = (
  options: Pick<Options, "name" | "inputs" | "isOwn" | "limits"> & { readonly format: Format }
): Effect.Effect<ReadonlyArray<Recognised>, SourceError.SourceError, FileSystem.FileSystem | Path.Path> =>
  judge(options).pipe(
    Effect.flatMap(({ inputs }) => Archives.findParts(inputs, options.isOwn)),
    Effect.flatMap((parts) => recogniseParts(parts, options.limits, options.format)),
    Effect.mapError((reason) => new SourceError.SourceError({ source: options.name, reason }))
  )

/**
 * Fails with the first input that holds nothing of the format.
 *
 * @category operations
 * @since 0.1.0
 */
export const demand = (
  inputs: ReadonlyArray<Recognised>,
  { expected }: Pick<Format, "expected">
): Effect.Effect<void, SourceError.UnrecognisedInput> => {
  const stranger = inputs.find(({ isRecognised }) => !isRecognised)
  if (stranger === undefined) return Effect.void
  const { files, hint = "Check the path.", input } = stranger
  return Effect.fail(
    new SourceError.UnrecognisedInput({ input, expected, found: Archives.tally(files), hint })
  )
}

/**
 * Makes a source of the inputs. Archives of at most 32 MiB are read at once.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Source.Source<FileSystem.FileSystem | Path.Path> => {
  const { consequences, format, isOwn, kinds, limits, name, rejected, retrace } = options
  const judged = judge(options)
  return Source.make({
    name,
    kinds,
    ...(consequences !== undefined && { consequences }),
    inputs: Result.getOrElse(Settings.result(Setting.paths, options.inputs), () => []),
    check: Effect.asVoid(judged),
    ...(rejected !== undefined && { rejected: RejectedLine.reader(name, rejected) }),
    open: Effect.gen(function* () {
      const { inputs } = yield* judged
      const found = yield* Archives.findParts(inputs, isOwn)
      const parts = yield* Source.once(
        Effect.gen(function* () {
          if (format !== undefined) yield* demand(yield* recogniseParts(found, limits, format), format)
          return yield* Effect.forEach(found, (part) =>
            Archives.fingerprintPart(part, limits, options.contentSize)
          )
        })
      )
      const partOf = (id: string) =>
        Effect.flatMap(parts, (all) => {
          const part = all.find((one) => one.id === id)
          const problem = "there is no such partition among the inputs"
          return part === undefined
            ? Effect.fail(new SourceError.InvalidPosition({ partition: id, problem }))
            : Effect.succeed(part)
        })
      return {
        fingerprint: options.fingerprint(found),
        partitions: Effect.map(parts, (all) => all.map(partitionOf)),
        read: (partition, position) =>
          Stream.unwrap(
            Effect.gen(function* () {
              const { bytes, content, id } = yield* partOf(partition.id)
              if (content._tag === "files") {
                return options.read(yield* Archives.fromFiles(id, content.files), bytes, position)
              }
              const opened = yield* Archives.fromFile(content.path, READ_WHOLE)
              const archive = yield* Archives.openZip(opened, id, limits)
              return Stream.map(options.read(archive, bytes, position), withoutReadDigest)
            })
          ),
        ...(retrace !== undefined && {
          retrace: (partition, readDigest) =>
            Effect.gen(function* () {
              const { content, id } = yield* partOf(partition.id)
              if (content._tag === "files") {
                yield* retrace(yield* Archives.fromFiles(id, content.files), readDigest)
              }
            })
        })
      }
    })
  })
}

// internal

/** Bytes of records after which a batch is cut, however few they are. */
const BATCH_BYTES = 1 << 20

const partitionOf = ({ bytes, content, fingerprint, id }: Archives.FingerprintedPart): Source.Partition => ({
  id,
  bytes,
  fingerprint,
  ...(content._tag === "files" && {
    files: content.files.map(({ name }) => (name === id ? id : `${id}/${name}`))
  })
})

const Judged = Schema.Struct({ inputs: Setting.paths, ...limitsFields })

/** Limits may come with other settings of the source. */
const judge = ({ inputs, limits }: Pick<Options, "inputs" | "limits">) =>
  Settings.decode(Judged, {
    inputs,
    ...Object.fromEntries(Object.entries(limits).filter(([setting]) => Object.hasOwn(limitsFields, setting)))
  })

/** The fingerprint of a zip archive tells all of it. */
const withoutReadDigest = (batch: Source.Batch): Source.Batch => {
  const { readDigest: _readDigest, ...rest } = batch
  return rest
}

const READ_WHOLE = 32 << 20
