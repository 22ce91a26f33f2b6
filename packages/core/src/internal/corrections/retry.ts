// Begins a run with corrections: it replaces a finished run, or resumes where it was stopped.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Printable from "../../errors/Printable.ts"
import * as SystemProblem from "../../errors/SystemProblem.ts"
import * as DurableFile from "../../files/DurableFile.ts"
import { CheckpointRejected, MigrationError } from "../../MigrationError.ts"
import * as Checkpoint from "../../run/Checkpoint.ts"
import type { Sink } from "../../Sink.ts"
import { outputChanges } from "../output/changes.ts"
import * as RejectsFile from "../rejects/rejectsFile.ts"
import type { Opened } from "../run/opened.ts"
import type { CheckedOptions, Policy } from "../run/options.ts"
import * as RunFile from "../run/runFile.ts"
import * as Segments from "../run/segments.ts"
import * as RunSettings from "../run/settings.ts"
import type { State } from "../run/state.ts"
import * as Base from "./base.ts"
import * as CopyFile from "./copyFile.ts"
import * as Lines from "./lines.ts"
import { load, newLines } from "./load.ts"
import { NONE, type RunCorrections } from "./ofRun.ts"
import * as Withdraw from "./withdraw.ts"

/** What a run needs to know about its corrections. */
export interface Retry {
  readonly corrections: RunCorrections
  /** The digest of all corrections; `undefined` without corrections. */
  readonly digest: string | undefined
  /** The run that they belong to. */
  readonly run: string | undefined
}

const WITHOUT: Retry = { corrections: NONE, digest: undefined, run: undefined }

/**
 * Reads the corrections, and prepares the run that has them. Problems with them, or
 * with the run that they belong to, are reported before anything is changed. After a
 * kill at any instant, the same command continues.
 */
export const begin = Effect.fnUntraced(function* <RS, ET, RT, RK, RP>(
  options: CheckedOptions<RS, ET, RT, RK, RP>,
  source: Opened,
  state: State
) {
  const last = Option.getOrUndefined(yield* state.asMigrationError(Checkpoint.load(state.checkpointPath)))
  yield* ensureId(state, last)
  if (options.corrections === undefined) {
    // A run that starts from scratch has its own rejects.
    if (last === undefined) yield* state.asMigrationError(Base.forget(state))
    return WITHOUT
  }
  const path = yield* Path.Path
  const file = options.corrections
  yield* Effect.mapError(
    CopyFile.ensureFile(file),
    (reason) => new MigrationError({ migration: state.id, reason })
  )
  const settings = RunSettings.of(options, source)
  const saved = Option.getOrUndefined(yield* state.asMigrationError(Base.load(state)))
  const found = last === undefined || saved?.run === last.run ? saved : undefined
  const known = Option.getOrUndefined(yield* state.asMigrationError(RunFile.load(state.runPath)))
  const run = last !== undefined && known !== undefined && isOf(known, last) ? known : undefined
  const digestOfLast =
    last === undefined ? undefined : yield* correctionsOf(state, last, run, found, settings)
  // A finished run with other corrections is replaced too.
  const base = last === undefined || digestOfLast !== undefined ? found : undefined
  if (base === undefined && (last === undefined || last.report === null)) {
    return yield* state.fail(
      last === undefined
        ? Lines.rejected(
            file,
            `there is no finished run with the id ${state.id} in ${state.directory}`,
            FINISH
          )
        : Lines.rejected(file, "the run that wrote these rejects is not finished", FINISH)
    )
  }
  if (base === undefined) yield* state.asMigrationError(ensureOwn(state, last?.rejects))
  else yield* state.asMigrationError(Base.ensureKept(state, base.rejects))
  const before =
    base === undefined
      ? { path: state.rejectsPath, bytes: last?.rejects.bytes ?? 0 }
      : { path: Base.rejectsPathOf(path, state), bytes: base.rejects.bytes }
  // An unfinished attempt has no effect.
  const isBase = last?.report !== null && base !== undefined && digestOfLast === Base.digestOf(base.lines)
  const earlier = (isBase ? base.lines : base?.earlier) ?? []
  const later = base === undefined ? undefined : yield* state.asMigrationError(laterRejects(state, last))
  const { corrections, lines } = yield* loaded(state, file, {
    rejects: later === undefined ? [before] : [before, later],
    kept: earlier
  })
  const digest = Base.digestOf(lines)
  const retry: Retry = { corrections, digest, run: (base ?? last)?.run }
  if (base !== undefined && (last === undefined || last.report === null || digestOfLast === digest)) {
    if (last === undefined) {
      yield* ensureSame(options, source, state, base, settings)
      if (Base.digestOf(base.lines) !== digest)
        yield* state.asMigrationError(Base.save(state, { ...base, lines }))
      yield* withdraw(state, base)
    }
    return retry
  }
  const report = last?.report
  if (last === undefined || report === null || report === undefined) return retry
  const lasting = report.sinks.find(({ directory }) => directory === null)
  if (lasting !== undefined) {
    const problem = `the output of the sink ${lasting.sink} is not in a folder and cannot be withdrawn`
    return yield* state.fail(
      Lines.rejected(file, problem, "Migrate only the corrected records: `source.rejected` reads a line")
    )
  }
  const published = report.sinks.flatMap(({ directory, files }) =>
    directory === null ? [] : [{ directory, files }]
  )
  const next: Omit<Base.Base, "format"> = {
    ...(base ?? {
      settings: run?.settings ?? settings,
      partitions: run?.partitions ?? [],
      segmentsDone: last.segmentsDone,
      rejects: { bytes: last.rejects.bytes, sha256: last.rejects.sha256 }
    }),
    outputs: run?.outputs ?? published.map(({ directory }) => directory),
    run: last.run,
    lines,
    earlier,
    published
  }
  yield* ensureSame(options, source, state, next, settings)
  yield* state.asMigrationError(Withdraw.ensureUnchanged(file, published, ownerOf(state, next)))
  if (base === undefined) yield* state.asMigrationError(Base.keepFirst(state))
  const added = later === undefined ? [] : yield* state.asMigrationError(newLines(before, later))
  const rejects = yield* state.asMigrationError(Base.keepRejects(state, next.rejects, added))
  yield* state.asMigrationError(Base.save(state, { ...next, rejects }))
  yield* withdraw(state, next)
  return retry
})

// internal

const ownerOf = ({ id }: Pick<State, "id">, { run }: Pick<Base.Base, "run">) => ({
  migrationId: id,
  runId: run
})

/** A renamed folder would turn the run into another migration, but its output names the original one. */
const ensureId = (state: State, last: Checkpoint.Checkpoint | undefined) => {
  const id = last?.report?.migration ?? state.id
  const problem = `its id was ${Printable.line(id)} and is ${state.id} now`
  return id === state.id
    ? Effect.void
    : state.fail(new CheckpointRejected({ path: state.checkpointPath, why: "changed", problem }))
}

/** True if the run file belongs to the run of the checkpoint. */
const isOf = (run: RunFile.RunFile, { fingerprint, run: id }: Checkpoint.Checkpoint) =>
  run.run === id && RunSettings.digest(run.settings) === fingerprint

/** The digest of the last run's corrections; `undefined` if it had none. Fails if that run had other settings. */
const correctionsOf = Effect.fnUntraced(function* (
  state: State,
  { fingerprint }: Checkpoint.Checkpoint,
  run: RunFile.RunFile | undefined,
  base: Base.Base | undefined,
  settings: RunSettings.Settings
) {
  if (run !== undefined) return run.settings.corrections
  const corrections = base === undefined ? undefined : Base.digestOf(base.lines)
  for (const one of [undefined, corrections]) {
    const started = { ...settings, ...(one !== undefined && { corrections: one }) }
    if (RunSettings.digest(started) === fingerprint) return one
  }
  return yield* state.fail(
    new CheckpointRejected({
      path: state.checkpointPath,
      why: "changed",
      problem: `it is unknown which ones, because ${state.runPath} is gone or damaged`
    })
  )
})

/** The rejects of the last run with corrections, if they are unchanged: corrected lines may come from them. */
const laterRejects = Effect.fnUntraced(function* (state: State, last: Checkpoint.Checkpoint | undefined) {
  if (last === undefined || last.report === null) return undefined
  return (yield* Base.isWhole(state.rejectsPath, last.rejects))
    ? { path: state.rejectsPath, bytes: last.rejects.bytes }
    : undefined
})

/** Fails unless the rejects of a run without corrections are unchanged. */
const ensureOwn = Effect.fnUntraced(function* (
  { rejectsPath: path }: State,
  rejects: Base.Base["rejects"] | undefined
) {
  if (rejects === undefined || rejects.bytes === 0) return
  const fs = yield* FileSystem.FileSystem
  const reject = (problem: string) => new CheckpointRejected({ path, why: "damaged", problem })
  if (!(yield* fs.exists(path))) return yield* reject(RejectsFile.GONE)
  const { size } = yield* fs.stat(path)
  if (Number(size) !== rejects.bytes || !(yield* Base.isWhole(path, rejects))) return yield* reject(EDITED)
})

const EDITED =
  "the rejects have been changed in place, but only a copy of them may be corrected. Restore the original file, and give the changed one as `corrections`. If there is no original, move this file to another folder first: once the migration has been run again from the start, it can be given as `corrections`"

const FINISH =
  "First run the migration to its end without `corrections`: if too many records are rejected, raise policy.errorBudget; if all are, set policy.allowEmpty to true for that run"

const loaded = (state: State, file: string, given: Omit<Parameters<typeof load>[0], "path">) =>
  load({ path: file, ...given }).pipe(
    Effect.catchTag("PlatformError", (cause) =>
      Effect.fail(SystemProblem.pathOf(cause, file) === file ? CopyFile.unreadable(file, cause) : cause)
    ),
    state.asMigrationError
  )

/** Fails unless settings, output folders and input are those of the run whose rejects have been corrected. */
const ensureSame = Effect.fnUntraced(function* <RK>(
  { policy, sink }: { readonly policy: Policy; readonly sink: Sink<RK> },
  source: Opened,
  state: State,
  base: Omit<Base.Base, "format">,
  settings: RunSettings.Settings
) {
  const moved = yield* state.asMigrationError(outputChanges(sink, base.outputs))
  const changes = [...RunSettings.changes(base.settings, settings), ...moved].filter(
    ({ token }) => token === undefined || !policy.acceptCode.includes(token)
  )
  const reject = (problems: ReadonlyArray<string>, acceptCode: ReadonlyArray<string> = []) =>
    state.fail(
      new CheckpointRejected({
        path: state.checkpointPath,
        why: "changed",
        problem: Segments.cut(problems),
        ...(acceptCode.length > 0 && { acceptCode })
      })
    )
  if (changes.length > 0) {
    const tokens = changes.flatMap(({ token }) => token ?? [])
    return yield* reject(
      changes.map(({ text }) => text),
      tokens.length === changes.length ? tokens : []
    )
  }
  const segments = yield* Segments.of(source, state)
  // They are unknown if the run file was lost.
  const partitions = base.partitions.length === 0 ? undefined : base.partitions
  const others = yield* Segments.changes(source, segments, { ...base, report: {} }, partitions)
  if (others.length > 0) return yield* reject(others)
  for (const [i, { readDigest }] of base.segmentsDone.entries()) {
    const segment = segments[i]
    if (readDigest === null || segment === undefined || source.retrace === undefined) continue
    yield* Effect.mapError(source.retrace(segment, readDigest), Segments.namingFiles(segment, partitions))
  }
})

/** From the first marker on, the output belongs to a run that has not saved a checkpoint yet. */
const withdraw = Effect.fnUntraced(function* (state: State, base: Omit<Base.Base, "format">) {
  const owner = ownerOf(state, base)
  yield* state.check
  yield* state.asMigrationError(Withdraw.mark(base.published, owner))
  yield* state.asMigrationError(DurableFile.remove(state.checkpointPath))
  yield* state.asMigrationError(DurableFile.remove(state.reportPath))
  yield* state.asMigrationError(Withdraw.remove(base.published, owner))
})
