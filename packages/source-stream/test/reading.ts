// Writes inputs to a folder of their own and reads them.
import { type Entity, type Rejected, type Source, type SourceError } from "@chatferry/core"
import { StreamSource } from "@chatferry/source-stream"
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Option, Path, type PlatformError, Stream } from "effect"

/** Name to content: text, bytes, or a value that is written as JSON. */
export type Files = Readonly<Record<string, string | Uint8Array | object>>

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
  readonly of: <K extends Entity.Kind>(kind: K) => ReadonlyArray<Entity.Entity<K>>
}

export const joined = (batches: ReadonlyArray<Source.Batch>): Read => {
  const notes = new Map<string, number>()
  for (const batch of batches) {
    for (const [code, count] of Object.entries(batch.notes ?? {}))
      notes.set(code, (notes.get(code) ?? 0) + count)
  }
  const records = batches.flatMap((batch) => batch.records)
  return {
    batches,
    records,
    rejected: batches.flatMap(({ rejected }) => rejected),
    notes: Object.fromEntries(Array.from(notes).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    of: <K extends Entity.Kind>(kind: K) =>
      records.filter((record): record is Entity.Entity<K> => record._tag === kind)
  }
}

export const readAll = (
  config: StreamSource.FilesConfig
): Effect.Effect<Read, SourceError.SourceError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const source = StreamSource.files(config)
    const batches: Array<Source.Batch> = []
    for (const partition of yield* source.partitions) {
      batches.push(...(yield* Stream.runCollect(source.read(partition, Option.none()))))
    }
    return joined(batches)
  })

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
