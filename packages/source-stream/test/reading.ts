// Writes inputs to a temporary folder and reads them.
import { type Entity, type Source, type SourceError } from "@chatferry/core"
import { StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { Effect, type FileSystem, type Path, type PlatformError } from "effect"

export type Files = SourceHarness.Files

export interface Read extends SourceHarness.Reading {
  readonly of: <K extends Entity.Kind>(kind: K) => ReadonlyArray<Entity.Entity<K>>
}

export const { folderOf } = SourceHarness

export const joined = (batches: ReadonlyArray<Source.Batch>): Read => withOf(SourceHarness.joined(batches))

const withOf = (read: SourceHarness.Reading): Read => ({
  ...read,
  of: (kind) => SourceHarness.ofKind(read, kind)
})

export const readAll = (
  config: StreamSource.FilesConfig
): Effect.Effect<Read, SourceError.SourceError, FileSystem.FileSystem | Path.Path> =>
  Effect.map(SourceHarness.readAll(StreamSource.files(config)), withOf)

/** Reads a folder made of `files`. */
export const readFiles = (
  files: Files,
  config: Partial<StreamSource.FilesConfig> = {}
): Effect.Effect<Read, SourceError.SourceError | PlatformError.PlatformError> =>
  Effect.flatMap(folderOf(files), (folder) => readAll({ inputs: [folder], ...config })).pipe(
    Effect.scoped,
    Effect.provide(NodeServices.layer)
  )

/** Values as a file with one on each line. */
export const lines = (values: ReadonlyArray<unknown>): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("")
