// The task that reads the rest of a source, transforms it and writes it to the sink, with commits at regular
// intervals.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Entity } from "../../Entity.ts"
import type { Book } from "../../Ledger.ts"
import { type MigrationError, TransformFailed } from "../../MigrationError.ts"
import type { Rejected } from "../../Rejected.ts"
import type { Session } from "../../Sink.ts"
import type { Batch, Segment } from "../../Source.ts"
import type * as Transform from "../../Transform.ts"
import * as LeftOut from "../leftOut/leftOut.ts"
import type { RejectsFile, Stage } from "../rejects/rejectsFile.ts"
import type { Feed } from "../report/progressFeed.ts"
import { withLocation } from "../transforms/failure.ts"
import type { Begun } from "./begin.ts"
import type { Commits } from "./commits.ts"
import { deliver } from "./deliver.ts"
import { budgetFirst } from "./limits.ts"
import type { Opened } from "./opened.ts"
import type { readAhead } from "./readAhead.ts"
import type { RenamedIds } from "./renamedIds.ts"
import * as Segments from "./segments.ts"
import type * as MigrationState from "./state.ts"

interface Task<ET, RT> {
  readonly begun: Begun
  readonly state: MigrationState.State
  readonly source: Opened
  readonly transform: Transform.Transform<ET, RT>
  readonly session: Session
  readonly commits: Commits
  readonly book: Book
  readonly rejects: RejectsFile
  readonly renamedIds: RenamedIds
  readonly feed: Feed
  readonly ahead: ReturnType<typeof readAhead>
  /** Run after each batch. */
  readonly checkBudget: Effect.Effect<void, MigrationError>
}

/** Reads the remaining segments. Whatever stops the task, committed data is kept. */
export const readTask = <ET, RT>(task: Task<ET, RT>) => {
  const {
    ahead,
    begun,
    book,
    checkBudget,
    commits,
    feed,
    rejects,
    renamedIds,
    session,
    source,
    state,
    transform
  } = task
  const { run, segments } = begun
  const numbers = new Map(Segments.partitionsOf(segments).map(({ id }, i) => [id, i + 1]))
  const transformed = transformedBy(state, transform)

  const exclude = LeftOut.forward(state, transform, session)
  const write = (records: ReadonlyArray<Entity>) => Effect.mapError(session.write(records), budgetFirst)
  const reject = (stage: Stage, rejected: ReadonlyArray<Rejected>) =>
    state.asMigrationError(rejects.add(stage, rejected))
  // One function for all batches: V8 keeps the context of each generator function that has run, and with it the
  // batch, until the next full garbage collection.
  const take = Effect.fnUntraced(function* (batch: Batch, result: Transform.Transformed, segment: Segment) {
    const location = locationOf(batch, segment)
    yield* Effect.catchTag(
      state.asMigrationError(renamedIds.add(result.renamed ?? [])),
      "MigrationError",
      (error) =>
        isTransformFailed(error.reason)
          ? state.fail(withLocation(error.reason, location))
          : Effect.fail(error)
    )
    yield* deliver({ batch, location, transformed: result, book, write, exclude, reject })
    commits.advance(batch)
  })
  const deliverBatch = Effect.fnUntraced(function* (
    batch: Batch,
    result: Transform.Transformed,
    segment: Segment
  ) {
    yield* commits.whole(take(batch, result, segment))
    yield* feed.read(commits.bytes(), batch, numbers.get(segment.partition.id) ?? 1)
    yield* checkBudget
    if (yield* commits.isDue) yield* commits.commit
  })
  // A transform may wait for a service, and can be interrupted without leaving partial data.
  const step = (segment: Segment) => (batch: Batch) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(transformed(batch, segment)), (result) => deliverBatch(batch, result, segment))
    )
  const readSegment = (segment: Segment) =>
    Effect.suspend(() =>
      source.read(segment, Option.fromNullOr(commits.position())).pipe(
        Stream.mapError(Segments.namingFiles(segment, run.partitions)),
        ahead,
        Stream.runForEach(step(segment)),
        Effect.andThen(Effect.sync(() => commits.endSegment(segment))),
        Effect.withSpan("Migration.segment", {
          attributes: { partition: segment.partition.id, segment: segment.no }
        })
      )
    )
  return Effect.forEach(segments.slice(commits.segmentsDone()), readSegment, { discard: true }).pipe(
    Effect.onError(() => commits.rescue)
  )
}

/** Transforms a batch. A failure names the location of the batch. */
export const transformedBy =
  <ET, RT>(state: MigrationState.State, transform: Transform.Transform<ET, RT>) =>
  (batch: Batch, segment: Segment) =>
    transform
      .apply(batch.records)
      .pipe(
        Effect.catchIf(isTransformFailed, (reason) =>
          state.fail(withLocation(reason, locationOf(batch, segment)))
        )
      )

// internal

/** Progress shows locations, so they do not contain names: the partition's name is added here. */
const locationOf = ({ location }: Batch, { partition: { id } }: Segment) =>
  location === "" ? id : `${id}, ${location}`

const isTransformFailed = (error: unknown): error is TransformFailed => error instanceof TransformFailed
