/** Runs the sink and the source like a runner. */
import {
  type Entity,
  Ids,
  type Rejected,
  type Sink,
  type SinkError,
  type Source,
  type SourceError,
  Timestamp
} from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { SourceHarness, SinkHarness } from "@chatferry/testkit"
import { Effect, FileSystem, Option, Path, type Scope, Stream } from "effect"

export const message = (n: number, text = `text ${n}`): Entity.Entity<"message"> => ({
  _tag: "message",
  id: Ids.MessageId.make(`m${n}`),
  channelId: Ids.ChannelId.make(`c${n % 7}`),
  type: "regular",
  text,
  createdAt: Timestamp.Timestamp.make("2024-01-01T00:00:00Z")
})

export const user = (n: number): Entity.Entity<"user"> => ({ _tag: "user", id: Ids.UserId.make(`u${n}`) })

/** Alternating users and messages. */
export const sample = (count: number): ReadonlyArray<Entity.Entity> =>
  Array.from({ length: count }, (_, n) => (n % 3 === 0 ? user(n) : message(n)))

type Platform = FileSystem.FileSystem | Path.Path

export const lines = (entities: ReadonlyArray<unknown>) =>
  entities.map((entity) => `${JSON.stringify(entity)}\n`).join("")

export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

/** Opens a sink that adds its rejects to `rejected`. */
export const open = (
  config: NdjsonSink.NdjsonSinkConfig,
  receipt: Option.Option<Sink.Receipt> = Option.none(),
  rejected: Array<Rejected.Rejected> = []
): Effect.Effect<Sink.Session, SinkError.SinkError, Platform | Scope.Scope> =>
  SinkHarness.open(NdjsonSink.make(config), `${config.directory}-state`, { receipt, rejected })

/** Writes entities in batches and publishes them. */
export const publish = (
  config: NdjsonSink.NdjsonSinkConfig,
  entities: ReadonlyArray<Entity.Entity>,
  batch = 100
): Effect.Effect<ReadonlyArray<Sink.Summary>, SinkError.SinkError, Platform> =>
  Effect.scoped(
    Effect.gen(function* () {
      const session = yield* open(config)
      for (let i = 0; i < entities.length; i += batch) yield* session.write(entities.slice(i, i + batch))
      return yield* SinkHarness.finish(session)
    })
  )

/** The name and content of every file of a folder. */
export const snapshot = (directory: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const names = (yield* fs.readDirectory(directory)).toSorted()
    const content = yield* Effect.forEach(names, (name) => fs.readFile(path.join(directory, name)))
    return Object.fromEntries(
      names.map((name, i) => [name, Buffer.from(content[i] ?? []).toString("latin1")])
    )
  })

/** All batches of a source. */
export const readAll = <R>(source: Source.Source<R>) =>
  Effect.flatMap(SourceHarness.of(source).partitions, (partitions) =>
    Effect.map(
      Effect.forEach(partitions, (partition) =>
        Stream.runCollect(SourceHarness.of(source).read(partition, Option.none()))
      ),
      (nested) => nested.flat()
    )
  )

export const read = (
  config: NdjsonSource.NdjsonSourceConfig
): Effect.Effect<Pick<Source.Batch, "records" | "rejected">, SourceError.SourceError, Platform> =>
  Effect.map(readAll(NdjsonSource.make(config)), (batches) => ({
    records: batches.flatMap(({ records }) => records),
    rejected: batches.flatMap(({ rejected }) => rejected)
  }))
