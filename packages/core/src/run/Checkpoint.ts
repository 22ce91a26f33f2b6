/**
 * How far a migration has come, in one file that is whole or not there.
 *
 * The file holds one line of JSON and the SHA-256 of that line. It is only used
 * for the input and settings it was written for.
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
import { CheckpointRefused } from "../MigrationError.ts"
import { Report } from "../Report.ts"

/**
 * Version of the checkpoint's format. Another version is refused.
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
    /** Tells this run from any other, also of a migration with the same id. */
    run: Schema.String,
    /** Of the names of the input and of all settings that change the output. */
    fingerprint: Schema.String,
    /** Partitions that have been read to their end, in the source's order: what tells one from others, and the read digest of its last batch, `null` when there is none. */
    segmentsDone: Schema.Array(Schema.Struct({ fingerprint: Schema.String, readDigest: Schema.Json })),
    /** Where to resume in the next segment, and the read digest of the batch before; `null` at its start. */
    position: Schema.Json,
    readDigest: Schema.Json,
    /** The sink's receipt. */
    receipt: Schema.Json,
    /** Length and SHA-256 of the rejects file, and its lines from before the sinks and from each sink. */
    rejects: Schema.Struct({
      bytes: Schema.Finite,
      sha256: Schema.String,
      records: Schema.Finite,
      bySink: Schema.Record(Schema.String, Schema.Finite)
    }),
    /** What proves the renamed ids that the state folder keeps; `null` when no transform renames. */
    renamedIds: Schema.NullOr(Proof),
    /** Bytes of input read. */
    bytes: Schema.Finite,
    ledger: Ledger,
    /** Set when everything is published. */
    report: Schema.NullOr(Report)
  })
) {}

/**
 * Reads a checkpoint; none when there is no file.
 *
 * @category operations
 * @since 0.1.0
 */
export const load = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<
  Option.Option<Checkpoint>,
  CheckpointRefused | PlatformError.PlatformError,
  FileSystem.FileSystem
> {
  const fs = yield* FileSystem.FileSystem
  if (!(yield* fs.exists(path))) return Option.none()
  const text = yield* fs.readFileString(path)
  const refuse = (why: CheckpointRefused["why"], problem: string) =>
    new CheckpointRefused({ path, why, problem })
  const line = SealedJson.open(text)
  if (line === undefined) return yield* refuse("damaged", "the checkpoint is damaged: its checksum is wrong")
  const { format } = yield* Effect.mapError(decodeFormat(line), () =>
    refuse("damaged", "the checkpoint is damaged: it is not readable")
  )
  if (format !== FORMAT) {
    return yield* refuse(
      "version",
      `the checkpoint is not damaged, but of another version of Chatferry: it has format ${format}; this version reads format ${FORMAT}`
    )
  }
  return Option.some(
    yield* Effect.mapError(decode(line), () =>
      refuse("damaged", "the checkpoint is damaged: it is not readable")
    )
  )
})

/**
 * Writes a checkpoint in place of the last one.
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
