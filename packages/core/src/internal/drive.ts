// Reads what is left of a source, transforms it and writes it to the sink, with a checkpoint every so many records.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Stream from "effect/Stream"
import * as Checkpoint from "../Checkpoint.ts"
import * as Consequence from "../Consequence.ts"
import * as DurableFile from "../DurableFile.ts"
import * as Ledger from "../Ledger.ts"
import { TransformFailed } from "../MigrationError.ts"
import type { Rejected } from "../Rejected.ts"
import type { Report } from "../Report.ts"
import * as Sink from "../Sink.ts"
import { EmptyOutput, SinkError, WriteFailed } from "../SinkError.ts"
import type { Batch, Partition, Segment } from "../Source.ts"
import * as Transform from "../Transform.ts"
import { type Begun, finished, start } from "./begin.ts"
import { deliver } from "./deliver.ts"
import * as LeftOut from "./leftOut/leftOut.ts"
import { balanced, budgetFirst, withinBudget } from "./limitsOfRun.ts"
import * as Metrics from "./metrics.ts"
import type { JudgedOptions } from "./migrationOptions.ts"
import type * as MigrationState from "./migrationState.ts"
import type { Opened } from "./opened.ts"
import * as Outcome from "./outcome.ts"
import * as Outputs from "./outputs.ts"
import * as Publisher from "./progressFeed.ts"
import { readAhead } from "./readAhead.ts"
import * as RejectsFile from "./rejectsFile.ts"
import * as RenamedIds from "./renamedIds.ts"
import { reportOf } from "./reportOf.ts"
import * as Segments from "./segments.ts"
import * as Sha256 from "./sha256.ts"
import { placed } from "./transforms/failure.ts"

export const drive = Effect.fnUntraced(function* <RS, ET, RT, RK, RP>(
  options: JudgedOptions<RS, ET, RT, RK, RP>,
  source: Opened,
  transform: Transform.Transform<ET, RT>,
  state: MigrationState.State,
  { fingerprint, last, run, segments }: Begun
) {
  const { policy, sink } = options
  const runId = run.run
  const path = yield* Path.Path
  const from = Option.getOrElse(last, () => start)
  const byTransforms = transform.consequences ?? []
  // A sink also counts what belongs to channels, users and messages that a transform has excluded.
  const bySink = [
    ...(sink.consequences ?? []),
    Sink.UNSUPPORTED_KIND,
    Sink.FIELD_UNSUPPORTED,
    ...byTransforms
  ]
  const rejects = yield* state.own(
    RejectsFile.open(state.rejectsPath, from.rejects, {
      source: source.name,
      actionOf: (code, stage) => {
        const declared =
          stage === "source" ? (source.consequences ?? []) : stage === "transform" ? byTransforms : bySink
        return Consequence.find(declared, code, { outcome: "rejected" })?.action
      }
    })
  )
  const book = Ledger.open(from.ledger)
  const feed = yield* Publisher.make({
    migration: state.id,
    total: Segments.totalBytes(segments),
    resumedAt: from.bytes,
    book,
    partitions: Segments.partitionsOf(segments).length,
    progress: options.progress
  })

  const numbers = new Map(Segments.partitionsOf(segments).map(({ id }, i) => [id, i + 1]))
  for (const [i, { trail }] of from.segmentsDone.entries()) {
    const segment = segments[i]
    if (trail === null || segment === undefined || source.retrace === undefined) continue
    yield* feed.step(RETRACING, i, from.segmentsDone.length)
    yield* Effect.mapError(source.retrace(segment, trail), Segments.namingFiles(segment, run.partitions))
  }

  const checkBudget = Effect.suspend(() => withinBudget(state, policy, rejects.records(), book.snapshot))
  // A run that exceeded its budget resumes only with a larger one.
  yield* checkBudget
  const rejectForSink = (rejected: ReadonlyArray<Rejected>, name: string = sink.name) =>
    Effect.andThen(state.own(rejects.add({ sink: name }, rejected)), checkBudget).pipe(
      Effect.mapError(
        (cause) =>
          new SinkError({ sink: sink.name, reason: new WriteFailed({ path: state.rejectsPath, cause }) })
      )
    )
  let hasCheckpoint = Option.isSome(last)
  yield* Effect.addFinalizer(() =>
    hasCheckpoint ? Effect.void : Effect.ignore(Outputs.release(run.outputs, runId))
  )
  const leftOut = transform.excludes === undefined ? undefined : LeftOut.make(state)
  const writer = yield* Sink.openSupported(sink, {
    migrationId: state.id,
    runId,
    receipt: Option.map(last, (checkpoint) => checkpoint.receipt),
    stateDirectory: path.join(state.directory, "sink"),
    reject: rejectForSink,
    ...(leftOut !== undefined && { filter: leftOut.filter }),
    progress: feed.step
  })
  const renamedIds = yield* state.own(
    RenamedIds.open(path.join(state.directory, "renamed-ids.db"), state.directory, transform, from.renamedIds)
  )
  const transformed = (batch: Batch, segment: Segment) =>
    transform
      .apply(batch.records)
      .pipe(
        Effect.catchIf(isTransformFailed, (reason) => state.fail(placed(reason, placeOf(batch, segment))))
      )
  const ahead = readAhead(policy.readAhead)
  const contentFingerprint = Sha256.hex(fingerprint + Segments.partitionsOf(segments).reduce(digest, ""))
  yield* (
    leftOut?.find(
      {
        source,
        segments,
        excludes: transform.excludes,
        transform: transformed,
        readAhead: ahead,
        progress: feed.step
      },
      contentFingerprint
    ) ?? Effect.void
  )

  const segmentsDone = Array.from(from.segmentsDone)
  let { position, trail } = from
  let bytes = from.bytes
  let committed = from.ledger
  let uncommitted = 0
  let committedAt = yield* Clock.currentTimeMillis
  let isCommitted = true
  // What reached the sink only in part, or could not be flushed, must not be committed.
  let isTorn = false

  const save = (receipt: Sink.Receipt, report: Report | null) =>
    Effect.gen(function* () {
      const ledger = book.snapshot()
      const kept = yield* state.own(rejects.flush)
      const renamed = yield* state.own(renamedIds.commit)
      yield* state.check
      yield* state.own(
        Checkpoint.save(state.checkpointPath, {
          format: Checkpoint.FORMAT,
          run: runId,
          fingerprint,
          segmentsDone,
          position,
          trail,
          receipt,
          rejects: kept,
          renamedIds: renamed,
          bytes,
          ledger,
          report
        })
      )
      hasCheckpoint = true
      yield* Metrics.count(state.id, committed, ledger)
      committed = ledger
      isCommitted = true
      uncommitted = 0
      committedAt = yield* Clock.currentTimeMillis
    })
  const commit = Effect.gen(function* () {
    yield* balanced(state, "source and transforms", book.snapshot())
    isTorn = true
    const receipt = yield* writer.flush
    yield* save(receipt, null)
    isTorn = false
    return receipt
  }).pipe(
    Effect.trackDuration(Metrics.commitDuration),
    Effect.withSpan("Migration.commit"),
    Effect.uninterruptible
  )

  // One function for all batches: V8 keeps the context of each generator function that has run, and with it the batch,
  // until the whole heap is cleaned.
  const deliverBatch = Effect.fnUntraced(function* (
    batch: Batch,
    transformed: Transform.Transformed,
    segment: Segment
  ) {
    isTorn = true
    yield* Effect.catchTag(state.own(renamedIds.add(transformed.renamed ?? [])), "MigrationError", (error) =>
      isTransformFailed(error.reason)
        ? state.fail(placed(error.reason, placeOf(batch, segment)))
        : Effect.fail(error)
    )
    yield* deliver({
      batch,
      place: placeOf(batch, segment),
      transformed,
      book,
      write: (records) => Effect.mapError(writer.write(records), budgetFirst),
      exclude: LeftOut.passOn(state, transform, writer),
      reject: (stage, rejected) => state.own(rejects.add(stage, rejected))
    })
    position = batch.position
    trail = batch.trail ?? null
    bytes += batch.bytes
    isTorn = false
    isCommitted = false
    uncommitted += batch.records.length + batch.rejected.length
    yield* feed.read(bytes, batch, numbers.get(segment.partition.id) ?? 1)
    yield* checkBudget
    const now = yield* Clock.currentTimeMillis
    if (
      uncommitted >= policy.checkpointRecords ||
      (uncommitted > 0 && now - committedAt >= policy.checkpointInterval)
    ) {
      yield* commit
    }
  })
  // A transform may wait for a service; nothing is torn when it is interrupted.
  const step = (segment: Segment) => (batch: Batch) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(transformed(batch, segment)), (result) => deliverBatch(batch, result, segment))
    )

  const readSegment = (segment: Segment) =>
    source.read(segment, position === null ? Option.none() : Option.some(position)).pipe(
      Stream.mapError(Segments.namingFiles(segment, run.partitions)),
      ahead,
      Stream.runForEach(step(segment)),
      Effect.andThen(
        Effect.sync(() => {
          segmentsDone.push({ print: Segments.printOf(segment), trail })
          position = null
          trail = null
          isCommitted = false
        })
      ),
      Effect.withSpan("Migration.segment", {
        attributes: { partition: segment.partition.id, segment: segment.no }
      })
    )

  // Settings bind once something has been read: until then another password or path is no other run.
  const isUnbound = () => !hasCheckpoint && Outcome.readCount(book.snapshot()) === 0

  yield* Effect.forEach(segments.slice(segmentsDone.length), readSegment, { discard: true }).pipe(
    // What was written is kept whatever stops the run; the reason it stopped matters more than a failure here.
    Effect.onError(() =>
      isTorn || isCommitted || isUnbound()
        ? Effect.void
        : Effect.catch(commit, (error) => Effect.logWarning(error.message))
    )
  )
  const read = book.snapshot()
  if (!policy.allowEmpty && Outcome.isEmpty(read)) {
    yield* balanced(state, "source and transforms", read)
    // Nothing is lost by reading again, and other settings are most likely what comes next.
    yield* state.own(DurableFile.remove(state.checkpointPath))
    hasCheckpoint = false
    const outcome = Outcome.sentence(read)
    const where = rejects.records() === 0 ? "" : `; what was rejected is in ${state.rejectsPath}`
    yield* state.own(rejects.flush)
    return yield* new SinkError({ sink: sink.name, reason: new EmptyOutput({ outcome: outcome + where }) })
  }
  const receipt = yield* commit
  yield* state.check

  // Not part of the checkpoint before: a run that is resumed here counts them again.
  book.note(Transform.RENAME_UNUSED.code, yield* state.own(renamedIds.finish))
  const delivered = book.snapshot()
  yield* balanced(state, "source and transforms", delivered)
  const summaries = yield* writer
    .finish({
      migrationId: state.id,
      source: source.name,
      fingerprint: contentFingerprint,
      ledger: delivered,
      mustHaveRecords: !policy.allowEmpty,
      mustBalance: true
    })
    .pipe(Effect.mapError(budgetFirst))
  const report = yield* reportOf(state, {
    source,
    byTransforms,
    bySink,
    delivered,
    summaries,
    fingerprint: contentFingerprint,
    rejected: rejects.records()
  })
  yield* state.check
  yield* state.own(DurableFile.replace(state.reportPath, `${JSON.stringify(report, undefined, 2)}\n`))
  yield* save(receipt, report)
  yield* finished(state, run)
  yield* feed.end
  return report
})

// internal

/** Progress shows places, so they hold no names: the partition's is added here. */
const placeOf = ({ place }: Batch, { partition: { id } }: Segment) => (place === "" ? id : `${id}, ${place}`)

const isTransformFailed = (error: unknown): error is TransformFailed => error instanceof TransformFailed

const digest = (before: string, { fingerprint, id }: Partition) =>
  Sha256.hex(JSON.stringify([before, id, fingerprint]))

/** The step in which what earlier runs have read is compared with what is there now. */
const RETRACING = "comparing what has been read"
