// The progress of a run, the part of it that is committed, and the state that must not be committed.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as DurableFile from "../../files/DurableFile.ts"
import type * as Ledger from "../../Ledger.ts"
import type { Report } from "../../Report.ts"
import * as Checkpoint from "../../run/Checkpoint.ts"
import type { Receipt, Session } from "../../Sink.ts"
import type { Segment } from "../../Source.ts"
import type { RejectsFile } from "../rejects/rejectsFile.ts"
import * as Metrics from "../report/metrics.ts"
import * as Outcome from "../report/outcome.ts"
import { type Begun, start } from "./begin.ts"
import { balanced } from "./limits.ts"
import type { Passed } from "./model.ts"
import type { Policy } from "./options.ts"
import type { RenamedIds } from "./renamedIds.ts"
import * as Segments from "./segments.ts"
import type * as MigrationState from "./state.ts"

interface Made {
  readonly begun: Begun
  readonly state: MigrationState.State
  readonly policy: Policy
  readonly session: Session
  readonly rejects: RejectsFile
  readonly renamedIds: RenamedIds
  readonly book: Ledger.Book
}

/** The last checkpoint of a run, or its initial values. */
export const lastOf = ({ last }: Pick<Begun, "last">) => (last._tag === "Some" ? last.value : start)

export const make = Effect.fnUntraced(function* ({
  begun,
  book,
  policy,
  rejects,
  renamedIds,
  session,
  state
}: Made) {
  const from = lastOf(begun)
  const segmentsDone = Array.from(from.segmentsDone)
  let { bytes, position, readDigest } = from
  let hasCheckpoint = begun.last._tag === "Some"
  let receipt: Receipt = null
  let committed = from.ledger
  let committedAt = yield* Clock.currentTimeMillis
  let uncommitted = 0
  let isCommitted = true
  // Data that reached the sink only in part, or could not be flushed, must not be committed.
  let isPartial = false

  const save = Effect.fnUntraced(function* (given: Receipt, report: Report | null) {
    const ledger = book.snapshot()
    const kept = yield* state.asMigrationError(rejects.flush)
    const renamed = yield* state.asMigrationError(renamedIds.commit)
    yield* state.check
    yield* state.asMigrationError(
      Checkpoint.save(state.checkpointPath, {
        format: Checkpoint.FORMAT,
        run: begun.run.run,
        fingerprint: begun.fingerprint,
        segmentsDone,
        position,
        readDigest,
        receipt: given,
        rejects: kept,
        renamedIds: renamed,
        bytes,
        ledger,
        report
      })
    )
    hasCheckpoint = true
    receipt = given
    yield* Metrics.count(state.id, committed, ledger)
    committed = ledger
    isCommitted = true
    uncommitted = 0
    committedAt = yield* Clock.currentTimeMillis
  }, Effect.uninterruptible)
  const whole = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      isPartial = true
      return Effect.tap(effect, () =>
        Effect.sync(() => {
          isPartial = false
        })
      )
    })
  const commit = Effect.andThen(
    balanced(state, "source and transforms", book.snapshot),
    whole(Effect.flatMap(session.commit, (given) => save(given, null)))
  ).pipe(
    Effect.trackDuration(Metrics.commitDuration),
    Effect.withSpan("Migration.commit"),
    Effect.uninterruptible
  )
  // Settings are fixed once something has been read: until then a changed password or path does not make another run.
  const isUnbound = () => !hasCheckpoint && Outcome.readCount(book.snapshot()) === 0
  return {
    commit,
    /** Commits the final receipt of a task. */
    ended: (given: Receipt) => save(given, null),
    finished: (report: Report) => Effect.suspend(() => save(receipt, report)),
    /** Nothing may be committed if this effect fails, because it is only partly done. */
    whole,
    hasCheckpoint: () => hasCheckpoint,
    segmentsDone: () => segmentsDone.length,
    position: () => position,
    bytes: () => bytes,
    /** A batch has been delivered. */
    advance: (batch: Passed) => {
      position = batch.position
      readDigest = batch.readDigest ?? null
      bytes += batch.bytes
      isCommitted = false
      uncommitted += batch.count
    },
    /** A segment has been read to its end. */
    endSegment: (segment: Segment) => {
      segmentsDone.push({ fingerprint: Segments.fingerprintOf(segment), readDigest })
      position = null
      readDigest = null
      isCommitted = false
    },
    isDue: Effect.map(
      Clock.currentTimeMillis,
      (now) =>
        uncommitted >= policy.checkpointRecords ||
        (uncommitted > 0 && now - committedAt >= policy.checkpointInterval)
    ),
    /** Commits written data when the run is stopped. The reason for stopping is more important than a failure here. */
    rescue: Effect.suspend(() =>
      isPartial || isCommitted || isUnbound()
        ? Effect.void
        : Effect.catch(commit, (error) => Effect.logWarning(error.message))
    ),
    /** Lets the run begin again, even with other settings. */
    forget: Effect.andThen(
      state.asMigrationError(DurableFile.remove(state.checkpointPath)),
      Effect.sync(() => {
        hasCheckpoint = false
      })
    )
  }
})
export type Commits = Effect.Success<ReturnType<typeof make>>
