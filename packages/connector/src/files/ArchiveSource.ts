/**
 * Makes sources of exports on disk: zip archives and folders of files.
 *
 * This module finds, recognises, opens and names the inputs of any source. A source
 * adds how an archive is read.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { type Consequence, type Entity, Source, SourceError } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { RejectedLine } from "@chatferry/core/run"
import { type Fingerprint, Setting, Settings } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Option from "effect/Option"
import type * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { type Format, type Recognised, recogniseParts } from "../internal/archives/recognise.ts"
import * as Segments from "../internal/archives/segments.ts"
import * as Archives from "./Archives.ts"

export {
  /**
   * The format that a source reads, and how its files are recognised by their first bytes.
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
   * The verdict on a file by its first bytes.
   *
   * @category models
   * @since 0.1.0
   */
  type Judgement,
  /**
   * The verdict on one input, which is one of the paths of a config.
   *
   * @category models
   * @since 0.1.0
   */
  type Recognised
} from "../internal/archives/recognise.ts"

/**
 * Safety limits, which the config of every such source includes.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface LimitsConfig {
  /** Records after which a batch is cut, at the next end of about 48 KiB of JSON, or of 64 bytes a record if that is less. Batches of large records are cut after 1 MiB. @default 1024 */
  readonly batchRecords?: number | undefined
  /**
   * Most bytes of a single record, or of another value that is held in memory as
   * a whole. A larger record is skipped and rejected as `too_large`, with its range
   * of bytes.
   *
   * @default JsonElements.JsonElements.MAX_ELEMENT_BYTES, 8 MiB
   */
  readonly maxElementBytes?: number | undefined
  /** Most entries in one zip archive. @default 1,000,000 */
  readonly maxEntries?: number | undefined
  /** Largest directory of a zip archive in bytes, which is held in memory. @default 256 MiB */
  readonly maxDirectoryBytes?: number | undefined
  /** Largest inflated size of an entry or compressed file in bytes. Content is streamed, so this does not limit memory. @default 64 GiB */
  readonly maxEntryBytes?: number | undefined
  /** The ratio of inflated to compressed size that an entry or compressed file over 1 MiB may reach. @default 400 */
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
 * The definition of a source of archives.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly name: string
  readonly kinds: ReadonlySet<Entity.Kind>
  /** The consequences of its codes for rejects and notes. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence> | undefined
  /** Path or paths of zip archives, folders or single files, in the order in which they are read. Below a folder, every zip archive is one partition, and all other files together are one partition. All inputs belong to one application: equal ids mean the same record. */
  readonly inputs: string | ReadonlyArray<string>
  readonly limits: Limits
  /** Recognises the source's own files by their names. They are not read. */
  readonly isOwn?: ((name: string) => boolean) | undefined
  /**
   * The format that is read. With it, an input without files of the format is an error
   * before anything is read. Without it, such an input has no records.
   */
  readonly format?: Format | undefined
  /** Returns the size of a file's content, if files may be compressed. */
  readonly contentSize?: Archives.ContentSize | undefined
  /** Makes `Source.fingerprint` from the ids of the parts and the settings. */
  readonly fingerprint: (parts: ReadonlyArray<Archives.Part>) => Fingerprint.Fingerprint
  /**
   * Reading an entry depends on other entries of its archive too, so a run is not
   * resumed if any entry of an archive that it has begun has changed.
   *
   * @default false
   */
  readonly readsAcross?: boolean | undefined
  /**
   * Reads the entries of one segment, and no others. What it remembers between records
   * starts from scratch. `bytes` is the size of the partition; each entry has its share
   * of it by `weight`.
   */
  readonly read: (
    archive: Archives.Archive,
    range: Archives.EntryRange,
    bytes: number,
    position: Option.Option<Source.Position>
  ) => Stream.Stream<Source.Batch, SourceError.SourceErrorReason>
  /**
   * Fails if loose files of a segment that had been read have changed, according to the
   * read digest of a batch. `Archives.retrace` does most of this. Zip archives are
   * compared by their directories instead.
   */
  readonly retrace?:
    | ((
        archive: Archives.Archive,
        range: Archives.EntryRange,
        readDigest: Schema.Json
      ) => Effect.Effect<void, SourceError.SourceErrorReason>)
    | undefined
  /** Reads a line of rejects, as `RejectedLine.reader` passes it. */
  readonly rejected?:
    | ((line: RejectedLine.RejectedLine) => Effect.Effect<Source.Mapped, SourceError.SourceErrorReason>)
    | undefined
}

/**
 * Whether a batch is to be cut: it has enough records, or they were read from more
 * than 1 MiB.
 *
 * @category operations
 * @since 0.1.0
 */
export const isFull = (records: number, bytes: number, { batchRecords }: Limits): boolean =>
  records >= batchRecords || (records > 0 && bytes >= BATCH_BYTES)

/**
 * The settings of `LimitsConfig` as schema fields.
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
 * The default limits.
 *
 * @category configuration
 * @since 0.1.0
 */
export const DEFAULTS: Limits = Schema.decodeUnknownSync(Schema.Struct(limitsFields))({})

/**
 * Recognises each input by the first bytes of its files, up to the first file of the
 * format. An input that cannot be judged, such as a damaged archive, counts as
 * recognised: the error is reported when the input is read.
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
 * Fails with the first input that has no file of the format.
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
 * Makes a source of the inputs. An archive with more than 2 MiB of content is cut into
 * at most about 1,000 segments of consecutive entries. Archives of at most 32 MiB are
 * read into memory as a whole.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Source.Source<FileSystem.FileSystem | Path.Path> => {
  const { consequences, contentSize, format, isOwn, kinds, limits, name, rejected } = options
  const { read, readsAcross = false, retrace } = options
  const judged = judge(options)
  return {
    name,
    kinds,
    isParallel: true,
    ...(consequences !== undefined && { consequences }),
    inputs: Result.getOrElse(Settings.result(Setting.paths, options.inputs), () => []),
    check: Effect.asVoid(judged),
    ...(rejected !== undefined && { rejected: RejectedLine.reader(name, rejected) }),
    open: Effect.gen(function* () {
      const { inputs } = yield* judged
      const parts = yield* Archives.findParts(inputs, isOwn)
      const reader = yield* Segments.make({ contentSize, limits, read, readsAcross, retrace }, parts)
      const services = yield* Effect.context<FileSystem.FileSystem>()
      const demanded =
        format === undefined
          ? Effect.void
          : Effect.flatMap(recogniseParts(parts, limits, format), (found) => demand(found, format))
      return {
        ...reader,
        fingerprint: options.fingerprint(parts),
        segments: yield* Source.once(
          Effect.andThen(Effect.provideContext(demanded, services), reader.segments)
        )
      }
    })
  }
}

// internal

/** Bytes of records after which a batch is cut, however few they are. */
const BATCH_BYTES = 1 << 20

const Judged = Schema.Struct({ inputs: Setting.paths, ...limitsFields })

/** The limits may include other settings of the source. */
const judge = ({ inputs, limits }: Pick<Options, "inputs" | "limits">) =>
  Settings.decode(Judged, {
    inputs,
    ...Object.fromEntries(Object.entries(limits).filter(([setting]) => Object.hasOwn(limitsFields, setting)))
  })
