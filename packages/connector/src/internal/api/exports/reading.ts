// Reads the exports of one partition in order: reports progress while the service works, resumes after any batch, and
// fails if the export to resume was made again.
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
  /** The service's id of the export. A position in an export that was made again is rejected. */
  readonly id: string
  /** `undefined` if there is nothing to read. */
  readonly file: string | undefined
  readonly location: string
  readonly notes: Notes
}

export interface Options<A extends Made, R> {
  readonly partition: string
  readonly position: Option.Option<Source.Position>
  /** Makes the exports, or finds those of an earlier run, in the order in which they are read. `step` receives the progress. */
  readonly ready: (
    step: (location: string) => Effect.Effect<void>
  ) => Effect.Effect<ReadonlyArray<A>, SourceError.SourceErrorReason, R>
  /** Does the same for the next partitions in the background. Their errors are reported when it is their turn. */
  readonly next: ReadonlyArray<Effect.Effect<unknown, SourceError.SourceErrorReason, R>>
  /** Reads a file after the position of one of its batches. */
  readonly read: (one: A, file: string, position: Option.Option<Source.Position>) => Reading<R>
  readonly retrace: Retrace<R>
}

/** Fails if content up to this read digest of one of the file's batches has changed. */
export type Retrace<R> = (
  file: string,
  readDigest: Schema.Json
) => Effect.Effect<void, SourceError.SourceErrorReason, R>

/** When the stream ends, it stops the work on the next partitions. */
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
      // Each is reported at once: users watch the progress while they wait.
      return Stream.concat(
        Stream.rechunk(waits, 1),
        Stream.suspend(() => readAll(exports, at, options))
      )
    })
  )

/** Compares the read digest of a batch from `read`. Exports that were made again meanwhile, or that are not on disk any more, are not compared. */
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

/** Applies the corrections of one export, because the files of all exports have the same numbers. */
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

/** The read digest of each export by its id, without those whose batches have none. */
const ReadDigests = Schema.Array(Schema.Tuple([Schema.String, Schema.Json]))
type ReadDigests = typeof ReadDigests.Type

const decodeReadDigests = Schema.decodeUnknownOption(ReadDigests)

/** The current export, and the position in it. */
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
    const problem = "its export had to be made again and may contain other records now"
    return Stream.fail(new SourceError.InvalidPosition({ partition, problem }))
  }
  // The current export is compared by its own position.
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
