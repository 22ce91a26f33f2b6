/**
 * Reads canonical entities from newline-delimited JSON.
 *
 * It reads the output of `NdjsonSink` and other files of canonical entities. Files
 * may be compressed with gzip, which is recognised by their first bytes. A line that
 * is not JSON and a record that is not an entity are rejected with file, line and
 * byte, and reading continues. Entities keep the order of their fields. A file that
 * is truncated, or that differs from the manifest, is an error.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { ArchiveSource } from "@chatferry/connector"
import { Entity, Source, SourceError } from "@chatferry/core"
import { JsonElements, NdjsonLines } from "@chatferry/core/files"
import { Corrections, Passage, RejectedLine } from "@chatferry/core/run"
import { Setting, Settings } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { consequencesOfSource } from "./internal/consequences.ts"
import {
  bytesOf,
  changed,
  decodeReadDigest,
  failedAt,
  invalidPosition,
  misfits,
  ReadDigest
} from "./internal/content.ts"
import * as Inputs from "./internal/inputs.ts"
import { NAME } from "./internal/layout.ts"
import * as Recognise from "./internal/recognise.ts"
import { toBatches } from "./internal/toBatches.ts"

/**
 * The settings of the source.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface NdjsonSourceConfig {
  /**
   * One or more folders or files. In a folder with a `manifest.json`, the files that it
   * lists are read. In another folder, every `.ndjson` and `.jsonl` file directly in it
   * is read, compressed or not. Equal ids in all inputs mean the same record.
   */
  readonly inputs: string | ReadonlyArray<string>
  /**
   * How files are compared with the manifest before they are read, also when a run
   * resumes inside one. `sha256` compares size and SHA-256, and reads each file one more
   * time at well over a gigabyte per second. `size` compares only the size.
   *
   * @default sha256
   */
  readonly verify?: "sha256" | "size" | undefined
  /**
   * How a record with a field that its kind does not have is treated: `reject`, because
   * a sink would silently ignore the field, or `keep`.
   *
   * @default reject
   */
  readonly unknownFields?: "reject" | "keep" | undefined
  /**
   * Most bytes of a line. A longer line is skipped and rejected as `too_large`, with its
   * range of bytes.
   *
   * @default JsonElements.MAX_ELEMENT_BYTES, 8 MiB
   */
  readonly maxLineBytes?: number | undefined
  /**
   * Name in reports, errors and checkpoints.
   *
   * @default ndjson
   */
  readonly name?: string | undefined
}

/**
 * The schema of `NdjsonSourceConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const NdjsonSourceConfig = Schema.Struct({
  inputs: Settings.incidental(Setting.paths),
  verify: Settings.incidental(Settings.withDefault(Setting.oneOf("sha256", "size"), "sha256")),
  unknownFields: Settings.withDefault(Setting.oneOf("reject", "keep"), "reject"),
  maxLineBytes: Settings.withDefault(Setting.whole(), JsonElements.MAX_ELEMENT_BYTES),
  name: Settings.incidental(Settings.withDefault(Setting.name, NAME))
})

/**
 * Makes the source. A file is a partition: users first, then channels, members,
 * messages, reactions, failed webhooks, then files of other names.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (config: NdjsonSourceConfig): Source.Source<FileSystem.FileSystem | Path.Path> =>
  Source.fromConfig({ schema: NdjsonSourceConfig, config, name: NAME, kinds: KINDS }, fromSettings)

/**
 * Recognises inputs with canonical entities by the first bytes of their files, and
 * says what other inputs seem to be.
 *
 * @category operations
 * @since 0.1.0
 */
export const recognise = (
  config: NdjsonSourceConfig
): Effect.Effect<
  ReadonlyArray<ArchiveSource.Recognised>,
  SourceError.SourceError,
  FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const settings = resolved(yield* Settings.decode(NdjsonSourceConfig, config))
    const files = yield* readFailed(settings, Inputs.resolve(settings.inputs))
    return yield* Recognise.recognise(files)
  }).pipe(Effect.mapError(SourceError.named(NAME)))

// internal

const KINDS: ReadonlySet<Entity.Kind> = new Set(Entity.kinds)

const fromSettings = (
  given: typeof NdjsonSourceConfig.Type
): Source.Source<FileSystem.FileSystem | Path.Path> => {
  const settings = resolved(given)
  return Source.make({
    name: settings.name,
    kinds: KINDS,
    consequences: consequencesOfSource,
    inputs: settings.inputs,
    isParallel: true,
    open: Effect.gen(function* () {
      const files = yield* readFailed(settings, Inputs.resolve(settings.inputs))
      const fileOf = ({ id }: Source.Partition) => files.find((file) => file.id === id)
      return {
        fingerprint: {
          format: "ndjson/1",
          ...Settings.fingerprint(NdjsonSourceConfig, given),
          inputs: files.map(({ id }) => id)
        },
        partitions: Effect.as(demandEntities(files), files.map(partitionOf)),
        read: (partition, position) =>
          Stream.unwrap(
            Effect.gen(function* () {
              const file = fileOf(partition)
              if (file === undefined) return yield* invalidPosition(partition.id, "there is no such file")
              const corrections = yield* Corrections.OfPartition
              const at = yield* decodePosition(file, position, corrections.length > 0)
              if (settings.isVerified) yield* readFailed(settings, Inputs.verify(file))
              return read(settings, file, at, splicesOf(corrections))
            })
          ),
        retrace: (partition, readDigest) =>
          Effect.gen(function* () {
            const file = fileOf(partition)
            const stored = decodeReadDigest(readDigest)
            if (file === undefined || Option.isNone(stored)) return yield* changed(partition.id)
            const { offset, read } = stored.value
            const splices = splicesOf(yield* Corrections.OfPartition)
            if (!file.isGzip && splices === undefined) {
              const found = yield* readFailed(settings, Inputs.checksumOf(file.path, offset))
              return found === read ? undefined : yield* changed(partition.id)
            }
            const content = bytesOf(file, stored.value, new Passage.Passage(0), splices)
            yield* Stream.runHead(Stream.filter(content, ({ length }) => length > 0))
          })
      }
    }),
    rejected: RejectedLine.reader(
      settings.name,
      (line) => Effect.sync(() => RejectedLine.checked(line, settings.unknownFields)),
      "exact"
    )
  })
}

// Batches count inflated bytes, whose number is not known for a compressed file before it is read.
const partitionOf = (file: Inputs.InputFile): Source.Partition => ({
  id: file.id,
  fingerprint: contentOf(file),
  ...(file.isGzip ? {} : { bytes: file.bytes })
})

const resolved = (given: typeof NdjsonSourceConfig.Type): Resolved => ({
  name: given.name,
  inputs: given.inputs,
  isVerified: given.verify === "sha256",
  unknownFields: given.unknownFields,
  maxLineBytes: given.maxLineBytes
})

const demandEntities = (files: ReadonlyArray<Inputs.InputFile>) =>
  Effect.flatMap(Recognise.recognise(files), (inputs) =>
    ArchiveSource.demand(inputs, { expected: Recognise.EXPECTED })
  )

interface Resolved {
  readonly name: string
  readonly inputs: ReadonlyArray<string>
  readonly isVerified: boolean
  readonly unknownFields: "reject" | "keep"
  readonly maxLineBytes: number
}

const contentOf = ({ bytes, head, sha256 }: Inputs.InputFile) => JSON.stringify([bytes, head, sha256 ?? null])

const splicesOf = (corrections: ReadonlyArray<Corrections.Correction>) =>
  Corrections.splices(corrections, (bytes, here) => Corrections.json(bytes, here, "exact"))

const read = (
  settings: Resolved,
  file: Inputs.InputFile,
  position: Position | undefined,
  splices: Corrections.Splices | undefined
) =>
  Stream.suspend(() => {
    const { maxLineBytes, unknownFields } = settings
    const passage = new Passage.Passage(maxLineBytes)
    const offset = position?.offset ?? 0
    const inInput = splices?.inInput ?? ((at: number) => at)
    return bytesOf(file, position, passage, splices).pipe(
      NdjsonLines.decode({ maxLineBytes, integers: "exact" }, position),
      toBatches({ file: file.id, unknownFields, maxLineBytes, offset, passage, inInput })
    )
  })

const Position = Schema.Struct({ ...NdjsonLines.Position.fields, ...ReadDigest.fields })
type Position = typeof Position.Type
const decode = Schema.decodeUnknownOption(Position)

const decodePosition = (
  file: Inputs.InputFile,
  position: Option.Option<Source.Position>,
  isCorrected: boolean
): Effect.Effect<Position | undefined, SourceError.InvalidPosition> => {
  if (Option.isNone(position)) return Effect.undefined
  const decoded = decode(position.value)
  if (Option.isNone(decoded)) return invalidPosition(file.id, "the position is not of this source")
  const { line, offset } = decoded.value
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(line) || line < 0) {
    return invalidPosition(file.id, "the position is not of this source")
  }
  return !file.isGzip && !isCorrected && offset > file.bytes
    ? invalidPosition(file.id, misfits["too short"])
    : Effect.succeed(decoded.value)
}

const readFailed = <A, R>(
  { inputs }: Resolved,
  effect: Effect.Effect<A, Inputs.Failure, R>
): Effect.Effect<A, SourceError.SourceErrorReason, R> =>
  Effect.catchTag(effect, "PlatformError", (cause) => {
    const path =
      "pathOrDescriptor" in cause.reason ? String(cause.reason.pathOrDescriptor) : inputs.join(", ")
    return Effect.fail(failedAt(path)(cause))
  })
