// Writes inputs to a folder of their own and reads them.
import { type Entity, type Rejected, type Source, type SourceError } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Option, Path, type PlatformError, Stream } from "effect"

export type Files = Readonly<Record<string, string | Uint8Array | object>>

/** Objects are written as JSON. Gives the folder. */
export const folderOf = (files: Files) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = path.join(yield* fs.makeTempDirectoryScoped(), "export")
    yield* fs.makeDirectory(folder)
    for (const [name, content] of Object.entries(files)) {
      const full = path.join(folder, name)
      yield* fs.makeDirectory(path.dirname(full), { recursive: true })
      if (content instanceof Uint8Array) yield* fs.writeFile(full, content)
      else yield* fs.writeFileString(full, typeof content === "string" ? content : JSON.stringify(content))
    }
    return folder
  })

export interface Read {
  readonly batches: ReadonlyArray<Source.Batch>
  readonly records: ReadonlyArray<Entity.Entity>
  readonly rejected: ReadonlyArray<Rejected.Rejected>
  readonly notes: Readonly<Record<string, number>>
}

export const joined = (batches: ReadonlyArray<Source.Batch>): Read => {
  const notes = new Map<string, number>()
  for (const batch of batches) {
    for (const [code, count] of Object.entries(batch.notes ?? {}))
      notes.set(code, (notes.get(code) ?? 0) + count)
  }
  return {
    batches,
    records: batches.flatMap(({ records }) => records),
    rejected: batches.flatMap(({ rejected }) => rejected),
    notes: Object.fromEntries(Array.from(notes).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
}

export const readAll = (
  config: SendbirdSource.ArchivesConfig
): Effect.Effect<Read, SourceError.SourceError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const source = SendbirdSource.archives(config)
    const batches: Array<Source.Batch> = []
    for (const partition of yield* source.partitions) {
      batches.push(...(yield* Stream.runCollect(source.read(partition, Option.none()))))
    }
    return joined(batches)
  })

/** Reads a folder made of `files`. */
export const readFiles = (
  files: Files,
  config: Partial<SendbirdSource.ArchivesConfig> = {}
): Effect.Effect<Read, SourceError.SourceError | PlatformError.PlatformError> =>
  Effect.flatMap(folderOf(files), (folder) => readAll({ inputs: [folder], ...config })).pipe(
    Effect.scoped,
    Effect.provide(NodeServices.layer)
  )
