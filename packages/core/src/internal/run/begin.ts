// Begins a run: starts it, resumes it where it was stopped, or returns the report if it is finished.
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ledger from "../../Ledger.ts"
import { CheckpointRejected } from "../../MigrationError.ts"
import * as Checkpoint from "../../run/Checkpoint.ts"
import type { Segment } from "../../Source.ts"
import * as Start from "../../Start.ts"
import type { Retry } from "../corrections/retry.ts"
import { newToken } from "../files/exclusiveFile.ts"
import { outputChanges } from "../output/changes.ts"
import * as FinishedOutput from "../output/finished.ts"
import * as Outputs from "../output/open.ts"
import { readCount } from "../report/outcome.ts"
import * as Reports from "../report/write.ts"
import { outputsOf } from "../sinks/divided.ts"
import type { Opened } from "./opened.ts"
import type { CheckedOptions, PlannedOptions } from "./options.ts"
import * as RunFile from "./runFile.ts"
import * as Segments from "./segments.ts"
import * as RunSettings from "./settings.ts"
import type * as MigrationState from "./state.ts"
import { toRemove } from "./toRemove.ts"

/** A run that has begun. */
export interface Begun {
  readonly _tag: "begun"
  readonly run: Omit<RunFile.RunFile, "format">
  readonly last: Option.Option<Checkpoint.Checkpoint>
  /** Fingerprint of the settings that the run was started with. */
  readonly fingerprint: string
  readonly segments: ReadonlyArray<Segment>
}

/** The initial values of a checkpoint. */
export const start: Omit<Checkpoint.Checkpoint, "format" | "run" | "fingerprint" | "receipt" | "report"> = {
  segmentsDone: [],
  position: null,
  readDigest: null,
  rejects: { bytes: 0, sha256: "", records: 0, bySink: {} },
  renamedIds: null,
  bytes: 0,
  ledger: Ledger.empty
}

/** Begins a run, or returns the report of a finished one. Fails if the run had other settings or input. */
export const begin = Effect.fnUntraced(function* <RS, ET, RT, RK, RP>(
  options: PlannedOptions<RS, ET, RT, RK, RP>,
  source: Opened,
  state: MigrationState.State,
  retry: Pick<Retry, "digest" | "run">
) {
  const { sink } = options
  const last = yield* state.asMigrationError(Checkpoint.load(state.checkpointPath))
  const settings = RunSettings.of(options, source, retry.digest)
  const known = yield* state.asMigrationError(RunFile.load(state.runPath))
  const outputs = outputsOf(sink)
  const announce = yield* Start.Listener
  if (Option.isNone(last)) {
    const segments = yield* Segments.of(source, state)
    // An attempt that was stopped before its first checkpoint has no effect: its files are taken over.
    const run = {
      run: retry.run ?? Option.match(known, { onNone: newToken, onSome: (file) => file.run }),
      startedAt: yield* now,
      finishedAt: null,
      settings,
      ...(options.buckets > 1 && { buckets: options.buckets }),
      acceptedCode: [],
      partitions: Segments.namesOf(segments),
      outputs
    }
    const left = Option.match(known, { onNone: () => [], onSome: (file) => file.outputs })
    yield* state.asMigrationError(
      Outputs.release(
        left.filter((output) => !outputs.includes(output)),
        run.run
      )
    )
    yield* state.asMigrationError(RunFile.save(state.runPath, run))
    yield* announce({ _tag: "starting", migration: state.id, source: source.name, sink: sink.name })
    return {
      _tag: "begun",
      run,
      last,
      segments,
      fingerprint: RunSettings.digest(settings)
    } as const satisfies Begun
  }

  const checkpoint = last.value
  const { fingerprint } = checkpoint
  const file = Option.filter(
    known,
    (one) => one.run === checkpoint.run && RunSettings.digest(one.settings) === fingerprint
  )
  const isFinished = checkpoint.report !== null
  // The outputs of a finished run are in its report.
  const moved = isFinished
    ? []
    : yield* state.asMigrationError(
        outputChanges(sink, Option.getOrUndefined(file)?.outputs ?? [], {
          directory: state.directory,
          runId: checkpoint.run
        })
      )
  const acceptedCode = yield* unchanged(options, state, settings, file, fingerprint, moved)
  const segments = yield* Segments.of(source, state)
  const before = Option.getOrUndefined(Option.map(file, (one) => one.partitions))
  const others = yield* Segments.changes(source, segments, checkpoint, before)
  if (others.length > 0) {
    return yield* state.fail(rejection(state, `source ${source.name}: ${Segments.cut(others)}`))
  }
  const run = Option.getOrElse(file, () => ({
    run: checkpoint.run,
    startedAt: null,
    finishedAt: null,
    settings,
    ...(options.buckets > 1 && { buckets: options.buckets }),
    partitions: Segments.namesOf(segments),
    outputs
  }))
  const begun = {
    _tag: "begun",
    run: { ...run, acceptedCode, outputs: isFinished || outputs.length === 0 ? run.outputs : outputs },
    last,
    segments,
    fingerprint
  } as const satisfies Begun
  if (checkpoint.report !== null) {
    const report = yield* FinishedOutput.confirm(state, checkpoint, checkpoint.report, options.progress)
    yield* state.asMigrationError(Reports.save(state.reportPath, checkpoint.report))
    const { finishedAt } = run
    const remove = yield* toRemove(state, { run, last: checkpoint }, outputs)
    yield* announce({
      _tag: "finished",
      migration: state.id,
      finishedAt: finishedAt ?? undefined,
      remove
    })
    return { _tag: "finished", report } as const
  }
  yield* state.asMigrationError(RunFile.save(state.runPath, begun.run))
  yield* announce({
    _tag: "resuming",
    migration: state.id,
    startedAt: run.startedAt ?? undefined,
    done: checkpoint.bytes,
    total: Segments.totalBytes(segments),
    records: readCount(checkpoint.ledger)
  })
  return begun
})

/** Stores when a run ended, for later runs of the same migration. */
export const finished = Effect.fnUntraced(function* (state: MigrationState.State, run: Begun["run"]) {
  yield* state.asMigrationError(RunFile.save(state.runPath, { ...run, finishedAt: yield* now }))
})

// internal

const now = Effect.map(DateTime.now, DateTime.formatIso)

const rejection = (state: MigrationState.State, problem: string, acceptCode?: ReadonlyArray<string>) =>
  new CheckpointRejected({
    path: state.checkpointPath,
    why: "changed",
    problem,
    ...(acceptCode !== undefined && acceptCode.length > 0 && { acceptCode })
  })

/** Fails unless the settings are those of the run, except for accepted changes of code; returns the accepted changes. */
const unchanged = Effect.fnUntraced(function* <RS, ET, RT, RK, RP>(
  { policy }: CheckedOptions<RS, ET, RT, RK, RP>,
  state: MigrationState.State,
  settings: RunSettings.Settings,
  file: Option.Option<RunFile.RunFile>,
  fingerprint: string,
  others: ReadonlyArray<RunSettings.Change>
) {
  if (Option.isNone(file)) {
    if (RunSettings.digest(settings) === fingerprint) return []
    const problem = `it is unknown which ones, because ${state.runPath} is gone or damaged`
    return yield* state.fail(rejection(state, problem))
  }
  const { acceptedCode, settings: before } = file.value
  const isSame = RunSettings.digest(settings) === fingerprint
  const changed = isSame ? [] : RunSettings.changes(before, settings)
  // A change that cannot be described is still a change.
  if (!isSame && changed.length === 0) return yield* state.fail(rejection(state, "it is unknown which ones"))
  const changes = [...changed, ...others]
  const accepted = new Set([...acceptedCode, ...policy.acceptCode])
  const rejected = changes.filter(({ token }) => token === undefined || !accepted.has(token))
  if (rejected.length === 0) {
    return Array.from(new Set([...acceptedCode, ...changes.flatMap(({ token }) => token ?? [])]))
  }
  const tokens = rejected.flatMap(({ token }) => token ?? [])
  // Accepting code does not help as long as something else has changed.
  const acceptable = tokens.length === rejected.length ? tokens : []
  const problem = Segments.cut(rejected.map(({ text }) => text))
  return yield* state.fail(rejection(state, problem, acceptable))
})
