// Writes inputs to a folder of their own and reads them.
import { type SourceError } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { Reading } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { Effect, type FileSystem, type Path, type PlatformError } from "effect"

export type Files = Reading.Files

export type Read = Reading.Reading

export const { folderOf, joined } = Reading

export const readAll = (
  config: SendbirdSource.ArchivesConfig
): Effect.Effect<Read, SourceError.SourceError, FileSystem.FileSystem | Path.Path> =>
  Reading.readAll(SendbirdSource.archives(config))

/** Reads a folder made of `files`. */
export const readFiles = (
  files: Files,
  config: Partial<SendbirdSource.ArchivesConfig> = {}
): Effect.Effect<Read, SourceError.SourceError | PlatformError.PlatformError> =>
  Effect.flatMap(folderOf(files), (folder) => readAll({ inputs: [folder], ...config })).pipe(
    Effect.scoped,
    Effect.provide(NodeServices.layer)
  )
