// Runs a migration that has begun to its end: reads, ends the sink's writers, publishes and reports.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Consequence from "../../Consequence.ts"
import * as Ledger from "../../Ledger.ts"
import type { Rejected } from "../../Rejected.ts"
import * as Sink from "../../Sink.ts"
import { EmptyOutput, SinkError, WriteFailed } from "../../SinkError.ts"
import type { Partition } from "../../Source.ts"
import * as Transform from "../../Transform.ts"
import { STILL_WRONG } from "../corrections/codes.ts"
import * as Corrections from "../corrections/ofRun.ts"
import * as Sha256 from "../files/sha256.ts"
import * as LeftOut from "../leftOut/leftOut.ts"
import * as Outputs from "../output/open.ts"
import * as Heap from "../program/heap.ts"
import * as RejectsFile from "../rejects/rejectsFile.ts"
import * as Outcome from "../report/outcome.ts"
import * as Publisher from "../report/progressFeed.ts"
import * as Reports from "../report/write.ts"
import * as Divided from "../sinks/divided.ts"
import * as Workers from "../workers/choose.ts"
import * as TaskThreads from "../workers/taskThreads.ts"
import { type Begun, finished } from "./begin.ts"
import * as Commits from "./commits.ts"
import { balanced, budgetFirst, withinBudget } from "./limits.ts"
import type { Opened } from "./opened.ts"
import type { PlannedOptions } from "./options.ts"
import { readAhead } from "./readAhead.ts"
import { readTask, transformedBy } from "./readTask.ts"
import * as RenamedIds from "./renamedIds.ts"
import * as Segments from "./segments.ts"
import * as RunSettings from "./settings.ts"
import type * as MigrationState from "./state.ts"

export const drive = Effect.fnUntraced(function* <RS, ET, RT, RK, RP>(
  options: PlannedOptions<RS, ET, RT, RK, RP>,
  source: Opened,
  transform: Transform.Transform<ET, RT>,
  state: MigrationState.State,
  begun: Begun,
  workers: Workers.Workers
) {
  const { fingerprint, last, run, segments } = begun
  const { policy, sink } = options
  const path = yield* Path.Path
  const from = Commits.lastOf(begun)
  const byTransforms = transform.consequences ?? []
  // A sink also counts records that belong to channels, users and messages that a transform has excluded.
  const bySink = [
    ...(sink.consequences ?? []),
    Sink.UNSUPPORTED_KIND,
    Sink.FIELD_UNSUPPORTED,
    ...byTransforms
  ]
  const rejectsFile = yield* state.asMigrationError(
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
  const stillWrong = Corrections.stillWrong(yield* Corrections.OfRun)
  const rejects: RejectsFile.RejectsFile = {
    ...rejectsFile,
    add: (stage, rejected) => {
      book.note(STILL_WRONG.code, stillWrong(stage, rejected))
      return rejectsFile.add(stage, rejected)
    }
  }
  const feed = yield* Publisher.make({
    migration: state.id,
    total: Segments.totalBytes(segments),
    resumedAt: from.bytes,
    book,
    partitions: Segments.partitionsOf(segments).length,
    progress: options.progress
  })

  for (const [i, { readDigest }] of from.segmentsDone.entries()) {
    const segment = segments[i]
    if (readDigest === null || segment === undefined || source.retrace === undefined) continue
    yield* feed.step(RETRACING, i, from.segmentsDone.length)
    yield* Effect.mapError(source.retrace(segment, readDigest), Segments.namingFiles(segment, run.partitions))
  }

  const checkBudget = Effect.suspend(() => withinBudget(state, policy, rejects.records(), book.snapshot))
  // A run that exceeded its error budget can resume only with a larger one.
  yield* checkBudget
  const rejectForSink = (rejected: ReadonlyArray<Rejected>, name: string) =>
    Effect.andThen(state.asMigrationError(rejects.add({ sink: name }, rejected)), checkBudget).pipe(
      Effect.mapError(
        (cause) =>
          new SinkError({ sink: sink.name, reason: new WriteFailed({ path: state.rejectsPath, cause }) })
      )
    )
  const leftOut = transform.excludes === undefined ? undefined : LeftOut.make(state)
  // This also covers a sink that fails to open after others have already marked their folders.
  let hasCheckpoint = () => Option.isSome(last)
  yield* Effect.addFinalizer(() =>
    hasCheckpoint() ? Effect.void : Effect.ignore(Outputs.release(run.outputs, run.run))
  )
  const session = yield* Sink.open(sink, {
    migrationId: state.id,
    runId: run.run,
    receipt: Option.map(last, (checkpoint) => checkpoint.receipt),
    stateDirectory: path.join(state.directory, "sink"),
    buckets: options.buckets,
    threads: workers.threads,
    reject: rejectForSink,
    ...(leftOut !== undefined && { filter: leftOut.filter }),
    progress: feed.step
  })
  const renamedIds = yield* state.asMigrationError(
    RenamedIds.open(path.join(state.directory, "renamed-ids.db"), state.directory, transform, from.renamedIds)
  )
  const commits = yield* Commits.make({ begun, state, policy, session, rejects, renamedIds, book })
  hasCheckpoint = commits.hasCheckpoint
  const ahead = readAhead(policy.readAhead)
  const contentFingerprint = Sha256.hex(fingerprint + Segments.partitionsOf(segments).reduce(digest, ""))
  yield* (
    leftOut?.find(
      {
        source,
        segments,
        excludes: transform.excludes,
        transform: transformedBy(state, transform),
        readAhead: ahead,
        progress: feed.step
      },
      contentFingerprint
    ) ?? Effect.void
  )

  const pool = yield* Workers.choose(workers, {
    migration: state.id,
    source,
    transform,
    session,
    hasCorrections: (yield* Corrections.OfRun).count > 0,
    buckets: options.buckets,
    hasTasks: Divided.hasTasks(sink, options.buckets),
    settings: RunSettings.digest(RunSettings.of(options, source)),
    segments,
    from: commits.segmentsDone(),
    position: commits.position()
  })
  yield* readTask({
    begun,
    pool,
    state,
    source,
    transform,
    session,
    commits,
    book,
    rejects,
    renamedIds,
    feed,
    ahead,
    checkBudget
  })
  const read = book.snapshot()
  if (!policy.allowEmpty && Outcome.isEmpty(read)) {
    yield* balanced(state, "source and transforms", book.snapshot)
    // Reading again loses nothing, and the next run most likely has other settings.
    yield* commits.forget
    const outcome = Outcome.sentence(read)
    const where =
      rejects.records() === 0
        ? ""
        : `; the rejected records are in ${state.rejectsPath}, and can be corrected (\`corrections\`) once a run with allowEmpty has ended`
    yield* state.asMigrationError(rejects.flush)
    return yield* new SinkError({ sink: sink.name, reason: new EmptyOutput({ outcome: outcome + where }) })
  }
  yield* commits.commit
  // With threads, tasks after reading are done by those that have read. After a short run, it takes longer than it is worth.
  if (pool === undefined && commits.bytes() >= SHRUNK_FROM) yield* Effect.sync(Heap.shrink)
  yield* Effect.catchTag(
    session.end(commits.ended, pool && TaskThreads.make(pool, state, run.run)),
    "SinkError",
    (error) => Effect.fail(budgetFirst(error))
  )
  yield* state.check

  // Not part of the previous checkpoint: a run that is resumed here counts them again.
  book.note(Transform.RENAME_UNUSED.code, yield* state.asMigrationError(renamedIds.finish))
  yield* Corrections.noteIn(book)
  const delivered = book.snapshot()
  yield* balanced(state, "source and transforms", book.snapshot)
  const summaries = yield* session
    .publish({
      migrationId: state.id,
      source: source.name,
      fingerprint: contentFingerprint,
      ledger: delivered,
      mustHaveRecords: !policy.allowEmpty,
      mustBalance: true
    })
    .pipe(Effect.mapError(budgetFirst))
  const report = yield* Reports.reportOf(state, {
    source,
    byTransforms,
    bySink,
    delivered,
    summaries,
    fingerprint: contentFingerprint,
    rejected: rejects.records()
  })
  yield* state.check
  yield* state.asMigrationError(Reports.save(state.reportPath, report))
  yield* commits.finished(report)
  yield* finished(state, run)
  yield* feed.end
  return report
})

// internal

const digest = (before: string, { fingerprint, id }: Partition) =>
  Sha256.hex(JSON.stringify([before, id, fingerprint]))

/** Bytes of input. Much less leaves too little memory behind. */
const SHRUNK_FROM = 16 << 20

/** The step that compares the data read by earlier runs with the current input. */
const RETRACING = "comparing input already read"
