/** Migrations that leave something out: their input, their sinks, and their output. */
import {
  type Entity,
  type Exclusion,
  type Ledger,
  Migration,
  type Progress,
  type Sink,
  Source,
  type Transform
} from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { Effect, FileSystem, type Path, Stream } from "effect"
import { make } from "../../../test/entities.ts"
import * as LinesSink from "./LinesSink.ts"

export { channel, member, user } from "../../../test/entities.ts"

export const message = (id: string, channelId: string, fields: object = {}) =>
  make("message", { id, channelId, type: "regular", createdAt: "2024-01-01T00:00:00Z", ...fields })
export const reaction = (messageId: string, userId: string, fields: object = {}) =>
  make("reaction", { messageId, userId, type: "like", ...fields })

export const folders = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const root = yield* fs.makeTempDirectoryScoped()
  return { out: `${root}/out`, state: `${root}/state` }
})
export type Folders = Effect.Success<typeof folders>

export interface Options {
  readonly transforms: ReadonlyArray<Transform.Transform>
  readonly sink?: Sink.Sink<FileSystem.FileSystem | Path.Path>
  readonly hooks?: LinesSink.Hooks
  readonly batch?: number
  readonly source?: Source.Source
  readonly progress?: Progress.Renderer
}

/** Entities in one partition, in batches of some size. */
export const sourceOf = (entities: ReadonlyArray<Entity.Entity>, batch = 3): Source.Source =>
  SourceHarness.changed(Source.fromEntities("memory", entities), () => ({
    read: (_partition, position) => {
      const from = position._tag === "Some" ? Number(position.value) : 0
      const starts = Array.from(
        { length: Math.ceil((entities.length - from) / batch) },
        (_, i) => from + i * batch
      )
      return Stream.fromIterable(starts).pipe(
        Stream.rechunk(1),
        Stream.map((start): Source.Batch => {
          const records = entities.slice(start, start + batch)
          return { records, rejected: [], position: start + records.length, bytes: 1, location: "memory" }
        })
      )
    }
  }))

/** How often each partition was read from its start. */
export const counted = (source: Source.Source) => {
  let reads = 0
  return {
    reads: () => reads,
    source: SourceHarness.changed(source, ({ read }) => ({
      read: (partition, position) => {
        if (position._tag === "None") reads++
        return read(partition, position)
      }
    }))
  }
}

export const run = ({ out, state }: Folders, entities: ReadonlyArray<Entity.Entity>, options: Options) =>
  Migration.run({
    id: "test",
    source: options.source ?? sourceOf(entities, options.batch),
    transforms: options.transforms,
    sink: options.sink ?? LinesSink.make(out, options.hooks),
    policy: { checkpointRecords: 4 },
    stateDirectory: state,
    ...(options.progress !== undefined && { progress: options.progress })
  })

export const linesOf = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return (yield* fs.readFileString(`${path}/lines.ndjson`)).split("\n").slice(0, -1).toSorted()
  })
export const asLines = (entities: ReadonlyArray<Entity.Entity>) =>
  entities.map((one) => JSON.stringify(one)).toSorted()

export const dropped = (ledger: Ledger.Ledger | undefined, reason: string) =>
  Object.fromEntries(
    Object.entries(ledger?.kinds ?? {}).flatMap(([kind, counts]) =>
      counts.dropped[reason] === undefined ? [] : [[kind, counts.dropped[reason]]]
    )
  )

export const shuffled = (entities: ReadonlyArray<Entity.Entity>, seed: number) => {
  let state = seed >>> 0
  const next = () => (state = (state * 1_664_525 + 1_013_904_223) >>> 0)
  return entities
    .map((entity) => ({ entity, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ entity }) => entity)
}

/** A sink that takes exclusions, and keeps them and its records. */
export const taking = (directory: string) => {
  const exclusions: Array<Exclusion.Exclusion> = []
  const sink = LinesSink.withWriters(LinesSink.make(directory, {}, "taking"), (writer) => ({
    ...writer,
    exclude: (more) => Effect.sync(() => void exclusions.push(...more))
  }))
  return { exclusions, sink }
}
