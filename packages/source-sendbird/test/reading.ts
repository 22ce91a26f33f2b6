// Writes inputs to a folder of their own and reads them.
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

/** A source's only partition, and what reads it. */
export const onlyPartition = (config: SendbirdSource.ArchivesConfig) =>
  Effect.gen(function* () {
    const source = SendbirdSource.archives(config)
    const [partition] = yield* SourceHarness.of(source).partitions
    assert(partition !== undefined)
    const read = (position: Option.Option<Source.Position>) =>
      Effect.map(Stream.runCollect(SourceHarness.of(source).read(partition, position)), joined)
    return { partition, read }
  })

/** Reads on after each position of the whole, kept as JSON, and compares it with the rest. */
export const goesOn = (whole: Read, { partition, read }: Effect.Success<ReturnType<typeof onlyPartition>>) =>
  Effect.gen(function* () {
    assert.strictEqual(bytesOf(whole.batches), partition.bytes)
    for (const [i, batch] of whole.batches.entries()) {
      const position = JSON.parse(JSON.stringify(batch.position)) as Source.Position
      const rest = yield* read(Option.some(position))
      assert.deepStrictEqual(essence(rest), essence(joined(whole.batches.slice(i + 1))))
      assert.strictEqual(bytesOf(rest.batches), bytesOf(whole.batches.slice(i + 1)))
    }
  })
