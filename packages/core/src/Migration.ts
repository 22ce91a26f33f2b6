/**
 * Runs a migration: reads a source, transforms, writes a sink, exactly once.
 *
 * Batches are read in the source's order; every so many records the sink is
 * flushed and a checkpoint is saved. A run that was killed at any instant goes
 * on at the last checkpoint when the same migration is run again, and ends in
 * the same bytes as one that was not disturbed. Memory does not grow with the
 * input.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Stream from "effect/Stream"
import * as Checkpoint from "./Checkpoint.ts"
import * as Consequence from "./Consequence.ts"
import * as DurableFile from "./DurableFile.ts"
import * as Fingerprint from "./Fingerprint.ts"
import { deliver } from "./internal/deliver.ts"
import * as LeftOut from "./internal/leftOut/leftOut.ts"
import * as Metrics from "./internal/metrics.ts"
import * as Judge from "./internal/migrationOptions.ts"
import * as MigrationState from "./internal/migrationState.ts"
import * as Publisher from "./internal/progressFeed.ts"
import { readAhead } from "./internal/readAhead.ts"
import * as RejectsFile from "./internal/rejectsFile.ts"
import * as RunId from "./internal/runId.ts"
import * as Sha256 from "./internal/sha256.ts"
import * as Ledger from "./Ledger.ts"
import {
  BudgetExceeded,
  CheckpointRefused,
  InvalidConfig,
  MigrationError,
  OutOfBalance
} from "./MigrationError.ts"
import { type Renderer } from "./Progress.ts"
import type { Rejected } from "./Rejected.ts"
import type { Report, SinkReport } from "./Report.ts"
import * as Sink from "./Sink.ts"
import { SinkError, WriteFailed } from "./SinkError.ts"
import type { Batch, Partition, Source } from "./Source.ts"
import * as Transform from "./Transform.ts"

/**
 * How a run behaves. None of it changes what is written.
 *
 * @category models
 * @since 0.1.0
 */
export interface Policy {
  /** Records read between two checkpoints: what a kill costs at most; 50,000. */
  readonly checkpointRecords?: number | undefined
  /** Longest time between two checkpoints while records come; 30 seconds. */
  readonly checkpointInterval?: Duration.Input | undefined
  /** Batches read ahead of the sink; 4. None is while those that are were made of more than 2 MiB. */
  readonly readAhead?: number | undefined
  /** The run stops when more than `atLeast` records (1000) and more than `percent` of those read (1) were rejected. */
  readonly errorBudget?:
    | { readonly percent?: number | undefined; readonly atLeast?: number | undefined }
    | undefined
}

/**
 * The schema of `Policy`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Policy = Judge.Policy

/**
 * @category models
 * @since 0.1.0
 */
export interface Options<ES, RS, ET, RT, RK, RP> {
  /** Names the migration and its state folder: letters, digits, `.`, `_` and `-`. */
  readonly id: string
  readonly source: Source<ES, RS>
  readonly transforms?: ReadonlyArray<Transform.Transform<ET, RT>> | undefined
  readonly sink: Sink.Sink<RK>
  readonly policy?: Policy | undefined
  /** Folder that holds a state folder per migration; `.chatferry`. */
  readonly stateDirectory?: string | undefined
  readonly progress?: Renderer<RP> | undefined
}

/**
 * The schema of `Options`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Options = Judge.Options

/**
 * Runs a migration to its end, or goes on with one that was stopped. A
 * migration that is finished is not run again: its report is given.
 *
 * On interruption and on failure what has been written is committed first.
 *
 * @category running
 * @since 0.1.0
 */
export const run = <ES, RS, ET = never, RT = never, RK = never, RP = never>(
  options: Options<ES, RS, ET, RT, RK, RP>
): Effect.Effect<
  Report,
  ES | ET | SinkError | MigrationError,
  RS | RT | RK | RP | FileSystem.FileSystem | Path.Path
> => Effect.flatMap(Judge.judge(options), (judged) => runJudged({ ...options, ...judged }))

// internal

/** `Options` that have been judged. */
type Judged<ES, RS, ET, RT, RK, RP> = Omit<Options<ES, RS, ET, RT, RK, RP>, "policy"> & Judge.Judged

const runJudged = <ES, RS, ET, RT, RK, RP>(options: Judged<ES, RS, ET, RT, RK, RP>) =>
  Effect.gen(function* () {
    // Wrong settings of either are reported before anything is made or read.
    yield* options.source.check ?? Effect.void
    yield* options.sink.check ?? Effect.void
    const state = yield* MigrationState.open(options)
    const last = yield* state.own(Checkpoint.load(state.checkpointPath))
    const fingerprint = yield* fingerprintOf(options)
    const partitions = yield* partitionsOf(options.source, state)
    if (Option.isSome(last)) {
      const { fingerprint: before, partitionsDone, report } = last.value
      if (before !== fingerprint) {
        return yield* state.fail(
          changed(state, "The input or the settings are not those this migration was started with")
        )
      }
      const other = partitionsDone.findIndex(({ print }, i) => print !== printOf(partitions[i]))
      if (other >= 0) {
        const id = partitions[other]?.id
        const problem = `An input that has been read to its end is not ${id === undefined ? "there any more" : `what it was: ${id}`}`
        return yield* state.fail(changed(state, problem))
      }
      if (report !== null) return yield* MigrationState.confirm(state, report)
    }
    const path = yield* Path.Path
    const runId = yield* state.own(
      RunId.of(
        path.join(state.directory, "run.json"),
        Option.map(last, ({ run }) => run)
      )
    )
    return yield* drive(options, state, runId, last, fingerprint, partitions)
  }).pipe(
    Effect.scoped,
    Effect.withSpan("Migration.run", {
      attributes: { migration: options.id, source: options.source.name, sink: options.sink.name }
    })
  )

const fingerprintOf = <ES, RS, ET, RT, RK, RP>({
  sink,
  source,
  transforms = []
}: Judged<ES, RS, ET, RT, RK, RP>) =>
  Effect.map(source.fingerprint, (input) =>
    Fingerprint.digest([
      source.name,
      input,
      transforms.map((one) => [one.name, one.fingerprint]),
      sink.name,
      sink.fingerprint
    ])
  )

/** Positions are kept by partition, so no two may share an id. */
const partitionsOf = Effect.fnUntraced(function* <E, R>(source: Source<E, R>, state: MigrationState.State) {
  const partitions = yield* source.partitions
  if (new Set(partitions.map(({ id }) => id)).size < partitions.length) {
    const problem = "two partitions have the same id; sources that are joined need different names"
    return yield* state.fail(new InvalidConfig({ setting: "source", problem }))
  }
  return partitions
})

const start: Omit<Checkpoint.Checkpoint, "format" | "run" | "fingerprint" | "receipt" | "report"> = {
  partitionsDone: [],
  position: null,
  trail: null,
  rejects: { bytes: 0, crc32: 0, records: 0, bySink: {} },
  bytes: 0,
  ledger: Ledger.empty
}

const drive = Effect.fnUntraced(function* <ES, RS, ET, RT, RK, RP>(
  options: Judged<ES, RS, ET, RT, RK, RP>,
  state: MigrationState.State,
  runId: string,
  last: Option.Option<Checkpoint.Checkpoint>,
  fingerprint: string,
  partitions: ReadonlyArray<Partition>
) {
  const { policy, sink, source } = options
  const path = yield* Path.Path
  const from = Option.getOrElse(last, () => start)
  const byTransforms = (options.transforms ?? []).flatMap(({ consequences = [] }) => consequences)
  // A sink also counts what belongs to channels and users that a transform has excluded.
  const bySink = [...(sink.consequences ?? []), Sink.UNSUPPORTED_KIND, ...byTransforms]
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
  const total = partitions.reduce((sum, partition) => sum + (partition.bytes ?? Number.NaN), 0)
  const book = Ledger.open(from.ledger)
  const feed = yield* Publisher.make({
    migration: state.id,
    total,
    resumedAt: from.bytes,
    book,
    progress: options.progress
  })

  for (const [i, { trail }] of from.partitionsDone.entries()) {
    const partition = partitions[i]
    if (trail === null || partition === undefined || source.retrace === undefined) continue
    yield* feed.step(RETRACING, i, from.partitionsDone.length)
    yield* source.retrace(partition, trail)
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
  const transform = Transform.compose("transforms", options.transforms ?? [])
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
  const ahead = readAhead(policy.readAhead ?? 4)
  const contentFingerprint = Sha256.hex(fingerprint + partitions.reduce(digest, ""))
  yield* (
    leftOut?.find(
      { source, partitions, transform, readAhead: ahead, progress: feed.step },
      contentFingerprint
    ) ?? Effect.void
  )

  const partitionsDone = Array.from(from.partitionsDone)
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
      yield* state.check
      yield* state.own(
        Checkpoint.save(state.checkpointPath, {
          format: Checkpoint.FORMAT,
          run: runId,
          fingerprint,
          partitionsDone,
          position,
          trail,
          receipt,
          rejects: kept,
          bytes,
          ledger,
          report
        })
      )
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

  const step = (batch: Batch) =>
    Effect.gen(function* () {
      isTorn = true
      yield* deliver({
        batch,
        transform,
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
      yield* feed.read(bytes, batch)
      yield* checkBudget
      const now = yield* Clock.currentTimeMillis
      if (
        uncommitted >= policy.checkpointRecords ||
        (uncommitted > 0 && now - committedAt >= policy.checkpointInterval)
      ) {
        yield* commit
      }
    }).pipe(Effect.uninterruptible)

  const readPartition = (partition: Partition) =>
    source.read(partition, position === null ? Option.none() : Option.some(position)).pipe(
      ahead,
      Stream.runForEach(step),
      Effect.andThen(
        Effect.sync(() => {
          partitionsDone.push({ print: printOf(partition), trail })
          position = null
          trail = null
          isCommitted = false
        })
      ),
      Effect.withSpan("Migration.partition", { attributes: { partition: partition.id } })
    )

  yield* Effect.forEach(partitions.slice(partitionsDone.length), readPartition, { discard: true }).pipe(
    // What was written is kept whatever stops the run; the reason it stopped matters more than a failure here.
    Effect.onError(() =>
      isTorn || isCommitted ? Effect.void : Effect.catch(commit, (error) => Effect.logWarning(error.message))
    )
  )
  const receipt = yield* commit
  yield* state.check

  const delivered = book.snapshot()
  const summaries = yield* writer
    .finish({
      migrationId: state.id,
      source: source.name,
      fingerprint: contentFingerprint,
      ledger: delivered
    })
    .pipe(Effect.mapError(budgetFirst))
  const onTheWay = Consequence.occurred([...(source.consequences ?? []), ...byTransforms], delivered)
  const sinks: Array<SinkReport> = []
  for (const { directory, files, ledger, sink: name } of summaries) {
    for (const kind of Ledger.ledgerKinds) {
      const missing = delivered.kinds[kind].written - ledger.kinds[kind].read
      if (missing !== 0) return yield* state.fail(new OutOfBalance({ where: name, kind, missing }))
    }
    const joined = Ledger.join(delivered, ledger)
    yield* balanced(state, name, joined)
    const consequences = Consequence.join(onTheWay, Consequence.occurred(bySink, ledger))
    sinks.push({ sink: name, directory, files, ledger: joined, consequences })
  }
  const report: Report = {
    migration: state.id,
    source: source.name,
    fingerprint: contentFingerprint,
    status: rejects.records() === 0 ? "completed" : "completed_with_rejects",
    rejected: rejects.records(),
    rejects: state.rejectsPath,
    sinks
  }
  yield* state.check
  yield* state.own(DurableFile.replace(state.reportPath, `${JSON.stringify(report, undefined, 2)}\n`))
  yield* save(receipt, report)
  yield* feed.end
  return report
})

/** A sink whose records were refused for the error budget failed for that reason, not for its own. */
const budgetFirst = (error: SinkError): SinkError | MigrationError =>
  error.reason._tag === "WriteFailed" && error.reason.cause instanceof MigrationError
    ? error.reason.cause
    : error

const changed = (state: MigrationState.State, problem: string) =>
  new CheckpointRefused({ path: state.checkpointPath, why: "changed", problem })

const digest = (before: string, { fingerprint, id }: Partition) =>
  Sha256.hex(JSON.stringify([before, id, fingerprint]))

/** Tells a partition from others in a checkpoint, which has one for each. */
const printOf = (partition: Partition | undefined) =>
  partition === undefined
    ? ""
    : Sha256.hex(JSON.stringify([partition.id, partition.fingerprint])).slice(0, 16)

/** The step in which what earlier runs have read is compared with what is there now. */
const RETRACING = "comparing what has been read"

const balanced = (state: MigrationState.State, where: string, ledger: Ledger.Ledger) => {
  const [row] = Ledger.imbalance(ledger)
  return row === undefined ? Effect.void : state.fail(new OutOfBalance({ where, ...row }))
}

const withinBudget = (
  state: MigrationState.State,
  { errorBudget: { atLeast, percent } }: Judge.Policy,
  rejected: number,
  snapshot: () => Ledger.Ledger
) => {
  // Asked for every batch, and mostly answered here: the ledger is only added up when it matters.
  if (rejected <= atLeast) return Effect.void
  const ledger = snapshot()
  const read = Ledger.ledgerKinds.reduce((sum, kind) => sum + ledger.kinds[kind].read, 0)
  const allowed = Math.max(atLeast, Math.floor((read * percent) / 100))
  return rejected <= allowed
    ? Effect.void
    : state.fail(new BudgetExceeded({ rejected, read, allowed, rejects: state.rejectsPath }))
}
