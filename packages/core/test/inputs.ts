/** Migrations of some inputs of ten messages each, with settings and transforms that tests change between two runs. */
import {
  type Entity,
  Ids,
  Migration,
  type Progress,
  type Sink,
  Source,
  SourceError,
  Start,
  Timestamp,
  Transform
} from "@chatferry/core"
import { Fingerprint } from "@chatferry/core/settings"
import { Effect, FileSystem, Option, type Path, Stream } from "effect"
import * as LinesSink from "./LinesSink.ts"

const message = (id: string): Entity.Entity<"message"> => ({
  _tag: "message",
  id: Ids.MessageId.make(id),
  channelId: Ids.ChannelId.make("c"),
  type: "regular",
  text: id,
  createdAt: Timestamp.Timestamp.make("2024-01-01T00:00:00Z")
})

export interface Inputs {
  readonly names: ReadonlyArray<string>
  readonly settings?: Fingerprint.Fingerprint
  /** The input whose reading fails. */
  readonly failsIn?: string
  /** Inputs with changed content. */
  readonly changed?: ReadonlyArray<string>
  readonly files?: Readonly<Record<string, ReadonlyArray<string>>>
  readonly retrace?: Source.PartitionReader["retrace"]
  /** The names are not among the settings. */
  readonly isSilent?: boolean
  readonly name?: string
}

/** Inputs of ten messages each. */
export const source = ({
  changed = [],
  failsIn,
  files = {},
  isSilent = false,
  name = "files",
  names,
  retrace,
  settings = {}
}: Inputs): Source.Source =>
  Source.make({
    name,
    kinds: new Set(["message"]),
    open: Effect.succeed({
      fingerprint: { ...settings, ...(!isSilent && { inputs: names }) },
      partitions: Effect.succeed(
        names.map((id) => ({
          id,
          bytes: 10,
          fingerprint: changed.includes(id) ? "other" : "same",
          ...(files[id] !== undefined && { files: files[id] })
        }))
      ),
      read: ({ id }, position) => {
        if (id === failsIn) {
          return Stream.fail(SourceError.damagedFile(id, "the file is damaged"))
        }
        const from = Option.getOrElse(position, () => 0) as number
        return Stream.fromIterable(Array.from({ length: 10 - from }, (_, i) => from + i)).pipe(
          Stream.rechunk(1),
          Stream.map((n) => ({
            records: [message(`${id}-${n}`)],
            rejected: [],
            position: n + 1,
            bytes: 1,
            location: id,
            readDigest: id
          }))
        )
      },
      ...(retrace !== undefined && { retrace })
    })
  })

export const folders = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const root = yield* fs.makeTempDirectoryScoped()
  return { out: `${root}/out`, state: `${root}/state`, run: `${root}/state/test/run.json` }
})

export interface Folders extends Effect.Success<typeof folders> {}

export interface Job {
  readonly source: Source.Source<FileSystem.FileSystem | Path.Path>
  readonly sink?: Sink.Sink<FileSystem.FileSystem | Path.Path>
  readonly transforms?: ReadonlyArray<Transform.Transform>
  readonly policy?: Migration.Policy
  readonly progress?: Progress.Renderer
}

export const run = (here: Folders, { policy, progress, sink, source, transforms = [] }: Job) =>
  Migration.run({
    id: "test",
    source,
    progress,
    transforms,
    sink: sink ?? LinesSink.make(here.out),
    policy: { checkpointRecords: 5, ...policy },
    stateDirectory: here.state
  })

/** Stops a run after its first input, and returns the error message of the second job. */
export const failureOf = (here: Folders, before: Job, after: Job) =>
  Effect.gen(function* () {
    yield* Effect.exit(run(here, before))
    return (yield* Effect.flip(run(here, after))).message
  })

export const settingsOf = (
  sink: Sink.Sink<FileSystem.FileSystem | Path.Path>,
  fingerprint: Fingerprint.Fingerprint
) => ({
  ...sink,
  fingerprint
})

/** A transform like those of the constructors: its code is that of the function. */
export const filter = (
  name: string,
  keep: (id: string) => boolean,
  code: Fingerprint.Code = {}
): Transform.Transform => ({
  ...Transform.filter(name, (entity) => entity._tag !== "message" || keep(entity.id)),
  fingerprint: Fingerprint.ofFunction(keep, code) as Fingerprint.Fingerprint
})

export const stopped = source({ names: ["a", "b"], failsIn: "b" })
export const whole = source({ names: ["a", "b"] })

export const startOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const starts: Array<Start.Start> = []
    const exit = yield* Effect.exit(
      Effect.provideService(effect, Start.Listener, (start) => Effect.sync(() => void starts.push(start)))
    )
    return { starts, lines: starts.map(Start.line), exit }
  })

export const contents = ({ out }: Folders) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = (yield* fs.readDirectory(out)).toSorted()
    return yield* Effect.forEach(names, (name) => fs.readFileString(`${out}/${name}`))
  })
