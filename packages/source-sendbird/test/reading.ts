// Writes inputs to a temporary folder and reads them.
import { type Source, type SourceError } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Effect, type FileSystem, Option, type Path, type PlatformError, Stream } from "effect"

export type Files = SourceHarness.Files

export type Read = SourceHarness.Reading

export const { folderOf, joined } = SourceHarness

export const readAll = (
  config: SendbirdSource.ArchivesConfig
): Effect.Effect<Read, SourceError.SourceError, FileSystem.FileSystem | Path.Path> =>
  SourceHarness.readAll(SendbirdSource.archives(config))

/** Reads a folder made of `files`. */
export const readFiles = (
  files: Files,
  config: Partial<SendbirdSource.ArchivesConfig> = {}
): Effect.Effect<Read, SourceError.SourceError | PlatformError.PlatformError> =>
  Effect.flatMap(folderOf(files), (folder) => readAll({ inputs: [folder], ...config })).pipe(
    Effect.scoped,
    Effect.provide(NodeServices.layer)
  )

export const essence = ({ notes, records, rejected }: Read) => ({ notes, records, rejected })

const bytesOf = (batches: ReadonlyArray<Source.Batch>) => batches.reduce((sum, { bytes }) => sum + bytes, 0)

/** The only partition of a source, and its reader. */
export const onlyPartition = (config: SendbirdSource.ArchivesConfig) =>
  Effect.gen(function* () {
    const source = SendbirdSource.archives(config)
    const [partition] = yield* SourceHarness.of(source).partitions
    assert(partition !== undefined)
    const read = (position: Option.Option<Source.Position>) =>
      Effect.map(Stream.runCollect(SourceHarness.of(source).read(partition, position)), joined)
    return { partition, read }
  })

/** Resumes after each position, stored as JSON, and compares the result with the rest. */
export const resumes = (whole: Read, { partition, read }: Effect.Success<ReturnType<typeof onlyPartition>>) =>
  Effect.gen(function* () {
    assert.strictEqual(bytesOf(whole.batches), partition.bytes)
    for (const [i, batch] of whole.batches.entries()) {
      const position = JSON.parse(JSON.stringify(batch.position)) as Source.Position
      const rest = yield* read(Option.some(position))
      assert.deepStrictEqual(essence(rest), essence(joined(whole.batches.slice(i + 1))))
      assert.strictEqual(bytesOf(rest.batches), bytesOf(whole.batches.slice(i + 1)))
    }
  })
