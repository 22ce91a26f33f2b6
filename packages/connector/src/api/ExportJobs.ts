/**
 * Partitions whose content a service makes on request, such as one window or one
 * batch of an export API.
 *
 * A partition becomes one or several exports, whose files are read one after the
 * other. While the service works, batches without records tell where it stands,
 * and the exports of partitions that come next are asked for. Asking, waiting
 * and downloading are the connector's, with `Journal`, `ApiClient` and `Download`.
 *
 * @stability unstable
 * @since 0.1.0
 */
import { FolderLock, type Source, SourceError } from "@chatferry/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Backoff } from "./RetryPolicy.ts"

/**
 * An export that is ready to read.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ready {
  /** The service's own id of it. A position in an export that was made again is refused. */
  readonly id: string
  /** `undefined` when there is nothing to read. */
  readonly file: string | undefined
  /** What people call it, without ids. */
  readonly place: string
  /** What happened to it as a whole; counted once, after its records. */
  readonly notes: Notes
}

/**
 * Counts by code, as in `Batch.notes`.
 *
 * @category models
 * @since 0.1.0
 */
export type Notes = Readonly<Record<string, number>>

/**
 * What is read of the file of an export.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reading<R> {
  readonly batches: Stream.Stream<Source.Batch, SourceError.SourceErrorReason, R>
  /** Asked once all of the batches have been read. */
  readonly notes?: (() => Notes) | undefined
}

/**
 * One partition, and how its exports are made and read.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<A extends Ready, R> {
  readonly partition: string
  readonly position: Option.Option<Source.Position>
  /** Has the exports made, or finds those that an earlier run has had made; in the order in which they are read. `step` is told where it stands. */
  readonly ready: (
    step: (place: string) => Effect.Effect<void>
  ) => Effect.Effect<ReadonlyArray<A>, SourceError.SourceErrorReason, R>
  /** Does the same for partitions that come next, meanwhile. What goes wrong comes up when it is their turn. */
  readonly next: ReadonlyArray<Effect.Effect<unknown, SourceError.SourceErrorReason, R>>
  /** Reads a file after a position that one of its batches had. */
  readonly read: (one: A, file: string, position: Option.Option<Source.Position>) => Reading<R>
  /** Fails unless what had been read of a file when one of its batches had this trail is still there as it was. */
  readonly retrace?:
    | ((file: string, trail: Schema.Json) => Effect.Effect<void, SourceError.SourceErrorReason, R>)
    | undefined
}

/**
 * Has the exports of a partition made and reads them. It ends what it has begun
 * for partitions that come next when it ends.
 *
 * @category constructors
 * @since 0.1.0
 */
export const read = <A extends Ready, R>(
  options: Options<A, R>
): Stream.Stream<Source.Batch, SourceError.SourceErrorReason, R | Exclude<R, Scope.Scope>> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { next, partition, position, ready } = options
      const at = Option.isSome(position) ? yield* decoded(position.value, partition) : start
      for (const one of next) yield* Effect.forkScoped(Effect.exit(one))
      let exports: ReadonlyArray<A> = []
      const waits = Stream.callback<Source.Batch, SourceError.SourceErrorReason, R>((queue) =>
        Effect.gen(function* () {
          exports = yield* ready((place) => Effect.asVoid(Queue.offer(queue, without(at, place))))
          yield* Queue.end(queue)
        })
      )
      // Each is told at once: people look at it while they wait.
      return Stream.concat(
        Stream.rechunk(waits, 1),
        Stream.suspend(() => readAll(exports, at, options))
      )
    })
  )

/**
 * Does what `Source.retrace` asks for, by the trail of a batch that `read` gave:
 * has each file retraced. What is made again meanwhile, or not on the disk any
 * more, was read from what it was before, and is not compared.
 *
 * @category operations
 * @since 0.1.0
 */
export const retrace = <R>(
  {
    partition,
    retrace: retraceFile,
    trail
  }: Required<Pick<Options<Ready, R>, "partition" | "retrace">> & { readonly trail: Schema.Json },
  exports: ReadonlyArray<Pick<Ready, "id" | "file">>
): Effect.Effect<void, SourceError.SourceErrorReason, R> =>
  Effect.gen(function* () {
    const trails = yield* Effect.mapError(Effect.fromOption(decodeTrails(trail)), () =>
      SourceError.foreignPosition(partition)
    )
    for (const [id, of] of trails) {
      const file = exports.find((one) => one.id === id)?.file
      if (file !== undefined) yield* retraceFile?.(file, of) ?? Effect.void
    }
  })

/**
 * Keeps other processes out of the folder of exports while the scope is open.
 *
 * @category operations
 * @since 0.1.0
 */
export const lock = (
  folder: string
): Effect.Effect<void, SourceError.ReadFailed, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.asVoid(
    Effect.mapError(FolderLock.share(folder), (cause) => new SourceError.ReadFailed({ path: folder, cause }))
  )

/**
 * Those entries of a journal whose exports are ready and whose files are there,
 * by the service's ids. The journal is closed again.
 *
 * @category operations
 * @since 0.1.0
 */
export const onDisk = <A extends { readonly state: string }, E, R>(
  journal: Effect.Effect<
    { readonly entries: () => ReadonlyArray<A>; readonly fileOf: (entry: A) => string },
    E,
    R
  >,
  idOf: (entry: A) => string | null
): Effect.Effect<
  ReadonlyArray<{ readonly id: string; readonly file: string }>,
  E,
  FileSystem.FileSystem | Exclude<R, Scope.Scope>
> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const ready = yield* Effect.scoped(
      Effect.map(journal, ({ entries, fileOf }) =>
        entries().flatMap((entry) => {
          const id = idOf(entry)
          return entry.state === "ready" && id !== null ? [{ id, file: fileOf(entry) }] : []
        })
      )
    )
    return yield* Effect.filter(ready, ({ file }) => Effect.orElseSucceed(fs.exists(file), () => false))
  })

/**
 * How to wait for an export.
 *
 * @category models
 * @since 0.1.0
 */
export interface Waiting<A, B, E, R> {
  readonly look: Effect.Effect<A, E, R>
  /** What came of it; `undefined` while the service works on it. */
  readonly outcomeOf: (found: A) => B | undefined
  /** Where the service says that it stands. */
  readonly statusOf: (found: A) => string
  /** Is told the place and where it stands, after each look. */
  readonly step: (place: string) => Effect.Effect<void>
  readonly place: string
  /** What errors call it. */
  readonly operation: string
  /** Between two looks, in milliseconds: it begins with the first, grows by half and ends with the second. */
  readonly pauses: Backoff
  readonly deadlineMillis: number
}

/**
 * Looks at an export until it has ended, and fails when that takes longer than
 * the setting `exportDeadline`.
 *
 * @category running
 * @since 0.1.0
 */
export const ended = <A, B extends object, E, R>({
  deadlineMillis,
  look,
  operation,
  outcomeOf,
  pauses: [first, most],
  place,
  statusOf,
  step
}: Waiting<A, B, E, R>): Effect.Effect<B, E | SourceError.RequestFailed, R> =>
  Effect.gen(function* () {
    const startedAt = yield* Clock.currentTimeMillis
    for (let pause = first; ; pause = Math.min(most, Math.ceil(pause * POLL_GROWTH))) {
      const found = yield* look
      const outcome = outcomeOf(found)
      if (outcome !== undefined) return outcome
      const waited = (yield* Clock.currentTimeMillis) - startedAt
      if (waited > deadlineMillis) {
        return yield* new SourceError.RequestFailed({
          operation,
          attempts: 1,
          problem: `it is not ready after ${Math.round(waited / 60_000)} minutes`,
          hint: "Run again to go on waiting for it, or raise exportDeadline."
        })
      }
      yield* step(`${place}: ${statusOf(found)}`)
      yield* Effect.sleep(pause)
    }
  })

// internal

const POLL_GROWTH = 1.5

/** What tells what has been read of each export, by its id; none of those whose batches do not tell. */
const Trails = Schema.Array(Schema.Tuple([Schema.String, Schema.Json]))
type Trails = typeof Trails.Type

const decodeTrails = Schema.decodeUnknownOption(Trails)

/** At which of the exports reading stands, and where in that one. */
const At = Schema.Struct({
  export: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  /** `null` before the first batch of an export. */
  id: Schema.NullOr(Schema.String),
  read: Schema.NullOr(Schema.Json),
  trails: Trails
})
type At = typeof At.Type

const start: At = { export: 0, id: null, read: null, trails: [] }

const decodeAt = Schema.decodeUnknownOption(At)

const decoded = (position: Source.Position, partition: string) =>
  Effect.mapError(Effect.fromOption(decodeAt(position)), () => SourceError.foreignPosition(partition))

const without = (at: At, place: string, notes: Notes = {}): Source.Batch => ({
  records: [],
  rejected: [],
  notes,
  position: positionOf(at),
  ...trailOf(at),
  bytes: 0,
  place
})

const positionOf = (at: At): Source.Position => ({
  ...at,
  trails: at.trails.map(([id, trail]) => [id, trail])
})

const trailOf = ({ trails }: At): Pick<Source.Batch, "trail"> =>
  trails.length === 0 ? {} : { trail: trails.map(([id, trail]) => [id, trail]) }

const readAll = <A extends Ready, R>(
  exports: ReadonlyArray<A>,
  at: At,
  options: Options<A, R>
): Stream.Stream<Source.Batch, SourceError.SourceErrorReason, R> => {
  const { partition, retrace: retraceFile } = options
  if (at.export > exports.length || (at.id !== null && exports[at.export]?.id !== at.id)) {
    const problem = "its export had to be made again and may hold other records now"
    return Stream.fail(new SourceError.InvalidPosition({ partition, problem }))
  }
  // Of the one in which reading stands, its own position tells.
  const trail = at.trails.flatMap(([id, of]) => (id === at.id ? [] : [[id, of]]))
  const retraced = retrace({ partition, trail, retrace: retraceFile }, exports)
  let trails = at.trails
  const batches = Stream.fromIterable(exports.slice(at.export)).pipe(
    Stream.rechunk(1),
    Stream.zipWithIndex,
    Stream.flatMap(([one, offset]) => {
      const { file, id, notes, place } = one
      const index = at.export + offset
      const after = () => ({ ...start, export: index + 1, trails })
      if (file === undefined) {
        return Stream.sync(() => without(after(), `${place}: nothing to export`, notes))
      }
      const position = offset === 0 && at.read !== null ? Option.some(at.read) : Option.none()
      const reading = options.read(one, file, position)
      return reading.batches.pipe(
        Stream.map((batch): Source.Batch => {
          const { trail } = batch
          if (trail !== undefined) trails = [...trails.filter(([of]) => of !== id), [id, trail]]
          const within: At = { export: index, id, read: batch.position, trails }
          const named = batch.place === "" ? place : `${place}, ${batch.place}`
          return { ...batch, position: positionOf(within), ...trailOf(within), place: named }
        }),
        Stream.concat(
          Stream.sync(() => without(after(), `${place}: done`, { ...notes, ...reading.notes?.() }))
        )
      )
    })
  )
  return Stream.concat(Stream.fromEffectDrain(retraced), batches)
}
