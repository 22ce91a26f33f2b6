/**
 * The progress of a migration, in one file that is complete or absent.
 *
 * The file holds one line of JSON and the SHA-256 of that line. It is used only for the
 * input and settings that it was written for.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as DurableFile from "../files/DurableFile.ts"
import * as Json from "../files/Json.ts"
import { Proof } from "../files/RowChecksums.ts"
import * as SealedJson from "../internal/files/sealedJson.ts"
import { Ledger } from "../Ledger.ts"
import { CheckpointRejected } from "../MigrationError.ts"
import { Report } from "../Report.ts"

/**
 * Version of the checkpoint's format. Other versions are rejected.
 *
 * @category models
 * @since 0.1.0
 */
export const FORMAT = 8

/**
 * @category schemas
 * @since 0.1.0
 */
export class Checkpoint extends Schema.Opaque<Checkpoint>()(
  Schema.Struct({
    format: Schema.Literal(FORMAT),
    /** Identifies this run, even among migrations with the same id. */
    run: Schema.String,
    /** Covers the names of the inputs and all settings that change the output. */
    fingerprint: Schema.String,
    /** Segments that have been read to their end, in the source's order: the fingerprint of each, and the read digest of its last batch, or `null` without one. */
    segmentsDone: Schema.Array(Schema.Struct({ fingerprint: Schema.String, readDigest: Schema.Json })),
    /** The position to resume from in the next segment, and the read digest of the batch before it; `null` at the start. */
    position: Schema.Json,
    readDigest: Schema.Json,
    /** The sink's receipt. */
    receipt: Schema.Json,
    /** Length and SHA-256 of the rejects file, and the number of its lines from before the sinks and from each sink. */
    rejects: Schema.Struct({
      bytes: Schema.Finite,
      sha256: Schema.String,
      records: Schema.Finite,
      bySink: Schema.Record(Schema.String, Schema.Finite)
    }),
    /** Proof of the renamed ids in the state folder; `null` if no transform renames ids. */
    renamedIds: Schema.NullOr(Proof),
    /** Bytes of input read. */
    bytes: Schema.Finite,
    ledger: Ledger,
    /** Set once everything is published. */
    report: Schema.NullOr(Report)
  })
) {}

/**
 * Reads a checkpoint; none if the file does not exist.
 *
 * @category operations
 * @since 0.1.0
 */
export const load = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<
  Option.Option<Checkpoint>,
  CheckpointRejected | PlatformError.PlatformError,
  FileSystem.FileSystem
> {
  const fs = yield* FileSystem.FileSystem
  if (!(yield* fs.exists(path))) return Option.none()
  const text = yield* fs.readFileString(path)
  const reject = (why: CheckpointRejected["why"], problem: string) =>
    new CheckpointRejected({ path, why, problem })
  const line = SealedJson.open(text)
  if (line === undefined) return yield* reject("damaged", "the checkpoint is damaged: its checksum is wrong")
  const { format } = yield* Effect.mapError(decodeFormat(line), () =>
    reject("damaged", "the checkpoint is damaged: it cannot be read")
  )
  if (format !== FORMAT) {
    return yield* reject(
      "version",
      `the checkpoint is not damaged, but was written by another version of Chatferry: it has format ${format}; this version reads format ${FORMAT}`
    )
  }
  return Option.some(
    yield* Effect.mapError(decode(line), () =>
      reject("damaged", "the checkpoint is damaged: it cannot be read")
    )
  )
})

/**
 * Replaces the checkpoint.
 *
 * @category operations
 * @since 0.1.0
 */
export const save = (
  path: string,
  checkpoint: Checkpoint
): Effect.Effect<void, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  DurableFile.replace(path, SealedJson.seal(checkpoint))

// internal

const decodeFormat = Json.decode(Schema.Struct({ format: Schema.Finite }))
const decode = Json.decode(Checkpoint)
