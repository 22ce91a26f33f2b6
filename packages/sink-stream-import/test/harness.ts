import { type Entity, Ledger, type Rejected, type Sink, type SinkError } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Option, Path, type PlatformError, type Scope } from "effect"
import { checkAll, type Checked, type Dialect } from "./checker.ts"

export type Config = Omit<StreamImportSink.StreamImportSinkConfig, "directory">

export interface Result extends Checked {
  /** All import files, one after the other. */
  readonly file: string
  /** Names and contents of the import files, as the manifest lists them. */
  readonly files: ReadonlyArray<{ readonly path: string; readonly content: string; readonly records: number }>
  readonly idMap: ReadonlyArray<Record<string, unknown>>
  readonly moved: ReadonlyArray<Record<string, unknown>>
  readonly manifest: string
  /** The other files as text. */
  readonly texts: { readonly idMap: string; readonly moved: string; readonly manifest: string }
  readonly rejected: ReadonlyArray<Rejected.Rejected>
  readonly ledger: Ledger.Ledger
  /** Returns the items of a kind. */
  readonly of: (kind: string) => ReadonlyArray<Record<string, unknown>>
}

export interface Run {
  readonly root: string
  readonly config: Config
  readonly rejected: Array<Rejected.Rejected>
}

/** The folders of one run, which may be opened more than once. */
export const makeRun = (config: Config) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const run: Run = { root: yield* fs.makeTempDirectoryScoped(), config, rejected: [] }
    return run
  })

export const stateOf = (run: Run) => `${run.root}/state`

/** The folder of the stage. */
export const stageOf = (run: Run) => `${stateOf(run)}/stage`

export const openRun = (
  run: Run,
  receipt: Option.Option<Sink.Receipt> = Option.none()
): Effect.Effect<Sink.Session, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  SinkHarness.open(StreamImportSink.make({ ...run.config, directory: `${run.root}/out` }), stateOf(run), {
    receipt,
    rejected: run.rejected
  })

export const readRun = (run: Run, ledger: Ledger.Ledger) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const read = (name: string) => fs.readFileString(path.join(run.root, "out", name))
    const ndjson = (content: string) =>
      content
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    const manifest = yield* read("manifest.json")
    const listed = (
      JSON.parse(manifest) as { files: ReadonlyArray<{ readonly path: string; readonly records: number }> }
    ).files.filter(({ path }) => path.startsWith("import"))
    const files = yield* Effect.forEach(listed, ({ path, records }) =>
      Effect.map(read(path), (content) => ({ path, content, records }))
    )
    const hasMoved = yield* fs.exists(path.join(run.root, "out", "oversize-custom.ndjson"))
    const texts = {
      idMap: yield* read("id-map.ndjson"),
      moved: hasMoved ? yield* read("oversize-custom.ndjson") : "",
      manifest
    }
    const contents = files.map(({ content }) => content)
    const checked = checkAll(contents, run.config.dialect)
    const result: Result = {
      ...checked,
      file: contents.join(""),
      files,
      idMap: ndjson(texts.idMap),
      moved: ndjson(texts.moved),
      manifest,
      texts,
      rejected: run.rejected,
      ledger,
      of: (kind) => checked.items.filter((entry) => entry.kind === kind).map(({ item }) => item)
    }
    return result
  })

/** Writes entities in batches, finishes the run, and reads the published files. */
export const write = (
  config: Config,
  entities: ReadonlyArray<Entity.Entity>,
  batchSize = 100
): Effect.Effect<Result, SinkError.SinkError | PlatformError.PlatformError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const run = yield* makeRun(config)
      const session = yield* openRun(run)
      for (let i = 0; i < entities.length; i += batchSize) {
        yield* session.write(entities.slice(i, i + batchSize))
        if ((i / batchSize) % 3 === 2) yield* session.commit
      }
      const [summary] = yield* SinkHarness.finish(session)
      return yield* readRun(run, summary?.ledger ?? Ledger.empty)
    })
  ).pipe(Effect.provide(NodeServices.layer))

export const dialects: ReadonlyArray<Dialect> = ["jsonl", "json-array"]
