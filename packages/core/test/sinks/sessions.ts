/** Opens sinks without a migration, with their folders, runs and files. */
import { type Entity, type Exclusion, Ids, Ledger, Sink, type SinkError, Timestamp } from "@chatferry/core"
import { Effect, FileSystem, Option, type Path } from "effect"

export interface Folders {
  readonly out: string
  readonly state: string
}

export const folders = Effect.gen(function* () {
  const root = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
  return { out: `${root}/out`, state: `${root}/state` }
})

const user = (id: string): Entity.Entity<"user"> => ({ _tag: "user", id: Ids.UserId.make(id) })

const message = (id: string, channelId: string, userId?: string): Entity.Entity<"message"> => ({
  _tag: "message",
  id: Ids.MessageId.make(id),
  channelId: Ids.ChannelId.make(channelId),
  type: "regular",
  createdAt: Timestamp.Timestamp.make("2024-05-01T00:00:00Z"),
  ...(userId !== undefined && { userId: Ids.UserId.make(userId) })
})

/** Alternating users and messages, with enough channels for each bucket. */
export const entities: ReadonlyArray<Entity.Entity> = Array.from({ length: 120 }, (_, i) =>
  i % 5 === 0
    ? user(`user-${i}`)
    : message(`message-${i}`, `channel-${i % 37}`, i % 3 === 0 ? undefined : "ada")
)

export interface Opening {
  readonly receipt?: Sink.Receipt | undefined
  readonly buckets?: number
  readonly filter?: Exclusion.Filter
}

/** Opens a sink while `use` runs. */
export const opened = <R, A, E, R2>(
  sink: Sink.Sink<R>,
  { state }: Folders,
  { buckets = 1, filter, receipt }: Opening,
  use: (session: Sink.Session) => Effect.Effect<A, E, R2>
) =>
  Effect.scoped(
    Effect.flatMap(
      Sink.open(sink, {
        migrationId: "test",
        runId: "test-run",
        // A checkpoint keeps receipts as JSON.
        receipt: Option.map(
          Option.fromUndefinedOr(receipt),
          (given) => JSON.parse(JSON.stringify(given)) as Sink.Receipt
        ),
        stateDirectory: state,
        buckets,
        ...(filter !== undefined && { filter }),
        reject: () => Effect.void,
        progress: () => Effect.void
      }),
      use
    )
  )

/** Writes in batches of seven. */
export const write = (session: Sink.Session, records: ReadonlyArray<Entity.Entity>) =>
  Effect.forEach(
    Array.from({ length: Math.ceil(records.length / 7) }, (_, i) => records.slice(i * 7, i * 7 + 7)),
    session.write,
    { discard: true }
  )

export const completion: Sink.Completion = {
  migrationId: "test",
  source: "test",
  fingerprint: "test",
  ledger: Ledger.empty
}

/** Writes the rest, commits, ends and publishes; `save` gets each receipt. */
export const finish = <E = never>(
  session: Sink.Session,
  rest: ReadonlyArray<Entity.Entity>,
  save: (receipt: Sink.Receipt) => Effect.Effect<void, E> = () => Effect.void
) =>
  Effect.gen(function* () {
    yield* write(session, rest)
    yield* save(yield* session.commit)
    yield* session.end(save)
    return yield* session.publish(completion)
  })

/** Names and texts of the files in a folder. */
export const contents = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = (yield* fs.exists(folder)) ? yield* fs.readDirectory(folder) : []
    return Object.fromEntries(
      yield* Effect.forEach(names.toSorted(), (name) =>
        Effect.map(fs.readFileString(`${folder}/${name}`), (text) => [name, text] as const)
      )
    )
  })

/** An undisturbed run and its output. */
export const published = <R>(
  make: (out: string) => Sink.Sink<R>,
  records: ReadonlyArray<Entity.Entity>,
  opening: Opening = {}
) =>
  Effect.gen(function* () {
    const at = yield* folders
    const summaries = yield* opened(make(at.out), at, opening, (session) => finish(session, records))
    return { at, summaries, files: yield* contents(at.out) }
  })

/** Why a sink fails. */
export const reasonOf = <A, R>(effect: Effect.Effect<A, SinkError.SinkError, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

export type Services = FileSystem.FileSystem | Path.Path
