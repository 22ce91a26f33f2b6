// Reads the exports of one partition one after the other: tells where the service stands before, goes on after any batch,
// and refuses to go on in an export that was made again.
import { type Source, SourceError } from "@chatferry/core"
import { Corrections } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Notes, Reading } from "./model.ts"

export interface Made {
  /** The service's own id of it. A position in an export that was made again is refused. */
  readonly id: string
  /** `undefined` when there is nothing to read. */
  readonly file: string | undefined
  readonly location: string
  readonly notes: Notes
}

export interface Options<A extends Made, R> {
  readonly partition: string
  readonly position: Option.Option<Source.Position>
  /** Has the exports made, or finds those that an earlier run has had made; in the order in which they are read. `step` is told where it stands. */
  readonly ready: (
    step: (location: string) => Effect.Effect<void>
  ) => Effect.Effect<ReadonlyArray<A>, SourceError.SourceErrorReason, R>
  /** Does the same for partitions that come next, meanwhile. What goes wrong comes up when it is their turn. */
  readonly next: ReadonlyArray<Effect.Effect<unknown, SourceError.SourceErrorReason, R>>
  /** Reads a file after a position that one of its batches had. */
  readonly read: (one: A, file: string, position: Option.Option<Source.Position>) => Reading<R>
  readonly retrace: Retrace<R>
}

/** Fails unless what had been read of a file when one of its batches had this read digest is still there as it was. */
export type Retrace<R> = (
  file: string,
  readDigest: Schema.Json
) => Effect.Effect<void, SourceError.SourceErrorReason, R>

/** It ends what it has begun for partitions that come next when it ends. */
export const read = <A extends Made, R>(
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
          exports = yield* ready((location) => Effect.asVoid(Queue.offer(queue, without(at, location))))
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

/** By the read digest of a batch that `read` gave. What is made again meanwhile, or not on the disk any more, was read from what it was before, and is not compared. */
export const retrace = Effect.fnUntraced(function* <R>(
  partition: string,
  readDigest: Schema.Json,
  exports: ReadonlyArray<Pick<Made, "id" | "file">>,
  retraceFile: Retrace<R>
): Effect.fn.Return<void, SourceError.SourceErrorReason, R> {
  const readDigests = yield* Effect.mapError(Effect.fromOption(decodeReadDigests(readDigest)), () =>
    SourceError.foreignPosition(partition)
  )
  for (const [id, of] of readDigests) {
    const file = exports.find((one) => one.id === id)?.file
    if (file === undefined) continue
    const corrections = yield* Effect.map(Corrections.OfPartition, ofExport(id))
    yield* Effect.provideService(retraceFile(file, of), Corrections.OfPartition, corrections)
  }
})

// internal

const ofExport = (id: string) => (all: ReadonlyArray<Corrections.Correction>) =>
  all.filter(({ address }) => address.export === id)

/** With the corrections of one export, whose files have the same numbers as those of others. */
const corrected = <E, R>(id: string, batches: Stream.Stream<Source.Batch, E, R>) =>
  Stream.unwrap(
    Effect.map(Corrections.OfPartition, (all) =>
      batches.pipe(
        Stream.map((batch): Source.Batch => {
          const rejected = batch.rejected.map((one) =>
            one.address === undefined ? one : { ...one, address: { ...one.address, export: id } }
          )
          return { ...batch, rejected }
        }),
        Stream.provideService(Corrections.OfPartition, ofExport(id)(all))
      )
    )
  )

/** What tells what has been read of each export, by its id; none of those whose batches do not tell. */
const ReadDigests = Schema.Array(Schema.Tuple([Schema.String, Schema.Json]))
type ReadDigests = typeof ReadDigests.Type

const decodeReadDigests = Schema.decodeUnknownOption(ReadDigests)

/** At which of the exports reading stands, and where in that one. */
const At = Schema.Struct({
  export: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  /** `null` before the first batch of an export. */
  id: Schema.NullOr(Schema.String),
  read: Schema.NullOr(Schema.Json),
  readDigests: ReadDigests
})
type At = typeof At.Type

const start: At = { export: 0, id: null, read: null, readDigests: [] }

const decodeAt = Schema.decodeUnknownOption(At)

const decoded = (position: Source.Position, partition: string) =>
  Effect.mapError(Effect.fromOption(decodeAt(position)), () => SourceError.foreignPosition(partition))

const without = (at: At, location: string, notes: Notes = {}): Source.Batch => ({
  records: [],
  rejected: [],
  notes,
  position: positionOf(at),
  ...readDigestOf(at),
  bytes: 0,
  location
})

const positionOf = (at: At): Source.Position => ({
  ...at,
  readDigests: at.readDigests.map(([id, readDigest]) => [id, readDigest])
})

const readDigestOf = ({ readDigests }: At): Pick<Source.Batch, "readDigest"> =>
  readDigests.length === 0 ? {} : { readDigest: readDigests.map(([id, readDigest]) => [id, readDigest]) }

const readAll = <A extends Made, R>(
  exports: ReadonlyArray<A>,
  at: At,
  options: Options<A, R>
): Stream.Stream<Source.Batch, SourceError.SourceErrorReason, R> => {
  const { partition } = options
  if (at.export > exports.length || (at.id !== null && exports[at.export]?.id !== at.id)) {
    const problem = "its export had to be made again and may hold other records now"
    return Stream.fail(new SourceError.InvalidPosition({ partition, problem }))
  }
  // Of the one in which reading stands, its own position tells.
  const readDigest = at.readDigests.flatMap(([id, of]) => (id === at.id ? [] : [[id, of]]))
  const retraced = retrace(partition, readDigest, exports, options.retrace)
  let readDigests = at.readDigests
  const batches = Stream.fromIterable(exports.slice(at.export)).pipe(
    Stream.rechunk(1),
    Stream.zipWithIndex,
    Stream.flatMap(([one, offset]) => {
      const { file, id, notes, location } = one
      const index = at.export + offset
      const after = () => ({ ...start, export: index + 1, readDigests })
      if (file === undefined) {
        return Stream.sync(() => without(after(), `${location}: nothing to export`, notes))
      }
      const position = offset === 0 && at.read !== null ? Option.some(at.read) : Option.none()
      const reading = options.read(one, file, position)
      return corrected(id, reading.batches).pipe(
        Stream.map((batch): Source.Batch => {
          const { readDigest } = batch
          if (readDigest !== undefined)
            readDigests = [...readDigests.filter(([of]) => of !== id), [id, readDigest]]
          const within: At = { export: index, id, read: batch.position, readDigests }
          const named = batch.location === "" ? location : `${location}, ${batch.location}`
          return { ...batch, position: positionOf(within), ...readDigestOf(within), location: named }
        }),
        Stream.concat(
          Stream.sync(() => without(after(), `${location}: done`, { ...notes, ...reading.notes?.() }))
        )
      )
    })
  )
  return Stream.concat(Stream.fromEffectDrain(retraced), batches)
}
