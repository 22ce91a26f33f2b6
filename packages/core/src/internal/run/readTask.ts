// The task that reads the rest of a source, transforms it and writes it to the sink, with commits at regular
// intervals.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Entity } from "../../Entity.ts"
import type { Book } from "../../Ledger.ts"
import { type MigrationError, ThreadsFailed, TransformFailed } from "../../MigrationError.ts"
import type { Rejected } from "../../Rejected.ts"
import type { Session } from "../../Sink.ts"
import type { Batch, Segment } from "../../Source.ts"
import type * as Transform from "../../Transform.ts"
import * as LeftOut from "../leftOut/leftOut.ts"
import type { RejectsFile, Stage } from "../rejects/rejectsFile.ts"
import type { Feed } from "../report/progressFeed.ts"
import { withLocation } from "../transforms/failure.ts"
import type { Pool } from "../workers/pool.ts"
import type { Handed } from "../workers/protocol.ts"
import type { Begun } from "./begin.ts"
import type { Commits } from "./commits.ts"
import { deliver } from "./deliver.ts"
import { budgetFirst } from "./limits.ts"
import type { Passed } from "./model.ts"
import type { Opened } from "./opened.ts"
import type { readAhead } from "./readAhead.ts"
import type { RenamedIds } from "./renamedIds.ts"
import * as Segments from "./segments.ts"
import type * as MigrationState from "./state.ts"
import { addTo } from "./takingBook.ts"

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
  /** Threads that read; without them, this one does. */
  readonly pool: Pool | undefined
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
    pool,
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
  const rename = (renamed: ReadonlyArray<Transform.RenamedId>, location: string) =>
    Effect.catchTag(state.asMigrationError(renamedIds.add(renamed)), "MigrationError", (error) =>
      isTransformFailed(error.reason) ? state.fail(withLocation(error.reason, location)) : Effect.fail(error)
    )
  // One function for all batches: V8 keeps the context of each generator function that has run, and with it the
  // batch, until the next full garbage collection.
  const take = Effect.fnUntraced(function* (batch: Batch, result: Transform.Transformed, segment: Segment) {
    const location = locationOf(batch, segment)
    yield* rename(result.renamed ?? [], location)
    yield* deliver({ batch, location, transformed: result, book, write, exclude, reject })
  })
  const takeHanded = Effect.fnUntraced(function* (handed: Handed) {
    yield* rename(handed.renamed, handed.location)
    addTo(book, handed.ledger)
    for (const { rejected, stage } of handed.rejected) yield* reject(stage, rejected)
    if (handed.excluded.length > 0) yield* exclude(handed.excluded)
    yield* Effect.mapError(session.take(handed.taken), budgetFirst)
  })
  const pass = Effect.fnUntraced(function* <E, R>(
    taken: Effect.Effect<void, E, R>,
    passed: Passed,
    segment: Segment
  ) {
    yield* commits.whole(Effect.tap(taken, () => Effect.sync(() => commits.advance(passed))))
    yield* feed.read(commits.bytes(), passed, numbers.get(segment.partition.id) ?? 1)
    yield* checkBudget
    if (yield* commits.isDue) yield* commits.commit
  })
  // A transform may wait for a service, and can be interrupted without leaving partial data.
  const step = (segment: Segment) => (batch: Batch) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(transformed(batch, segment)), (result) =>
        pass(take(batch, result, segment), passedOf(batch), segment)
      )
    )
  const readHere = (segment: Segment) =>
    Effect.suspend(() =>
      source
        .read(segment, Option.fromNullOr(commits.position()))
        .pipe(
          Stream.mapError(Segments.namingFiles(segment, run.partitions)),
          ahead,
          Stream.runForEach(step(segment))
        )
    )
  const readThere = Effect.fnUntraced(function* (threads: Pool, index: number, segment: Segment) {
    for (;;) {
      const news = yield* threads.next(index)
      switch (news._tag) {
        case "batch":
          yield* Effect.uninterruptible(pass(takeHanded(news.handed), news.handed.passed, segment))
          threads.taken(news.handed)
          break
        case "end":
          return
        case "failed":
          return yield* readHere(segment)
        case "unusable":
          return yield* state.fail(new ThreadsFailed({ module: threads.module, problem: news.problem }))
      }
    }
  })
  const readSegment = (segment: Segment, i: number) =>
    Effect.suspend(() => (pool === undefined ? readHere(segment) : readThere(pool, first + i, segment))).pipe(
      Effect.andThen(Effect.sync(() => commits.endSegment(segment))),
      Effect.withSpan("Migration.segment", {
        attributes: { partition: segment.partition.id, segment: segment.no }
      })
    )
  const first = commits.segmentsDone()
  return Effect.forEach(segments.slice(first), readSegment, { discard: true }).pipe(
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

/** What progress and checkpoints need of a batch. */
export const passedOf = ({ bytes, location, position, readDigest, records, rejected }: Batch): Passed => ({
  bytes,
  location,
  position,
  ...(readDigest !== undefined && { readDigest }),
  count: records.length + rejected.length
})

// internal

/** Progress shows locations, so they do not contain names: the partition's name is added here. */
export const locationOf = ({ location }: Batch, { partition: { id } }: Segment) =>
  location === "" ? id : `${id}, ${location}`

const isTransformFailed = (error: unknown): error is TransformFailed => error instanceof TransformFailed
