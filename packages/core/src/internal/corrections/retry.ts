// How a run with corrections begins: it takes the place of a finished one, or goes on where it was stopped.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Checkpoint from "../../Checkpoint.ts"
import * as DurableFile from "../../DurableFile.ts"
import { CheckpointRefused } from "../../MigrationError.ts"
import type { Sink } from "../../Sink.ts"
import type { JudgedOptions, Policy } from "../migrationOptions.ts"
import type { State } from "../migrationState.ts"
import type { Opened } from "../opened.ts"
import { outputChanges } from "../outputChanges.ts"
import * as RunFile from "../runFile.ts"
import * as RunSettings from "../runSettings.ts"
import * as Segments from "../segments.ts"
import * as Base from "./base.ts"
import * as Lines from "./lines.ts"
import { load } from "./load.ts"
import { NONE, type RunCorrections } from "./ofRun.ts"
import * as Withdraw from "./withdraw.ts"

/** What a run is to know of its corrections. */
export interface Retry {
  readonly corrections: RunCorrections
  /** Of the file that they come from; `undefined` when there is none. */
  readonly digest: string | undefined
  /** The run that they belong to. */
  readonly run: string | undefined
}

const WITHOUT: Retry = { corrections: NONE, digest: undefined, run: undefined }

/**
 * Reads the corrections, and makes room for the run that has them. What is wrong with them, or with what they belong to,
 * is said before anything is changed; a kill at any instant is made good by the same command.
 */
export const begin = Effect.fnUntraced(function* <RS, ET, RT, RK, RP>(
  options: JudgedOptions<RS, ET, RT, RK, RP>,
  source: Opened,
  state: State
) {
  const last = Option.getOrUndefined(yield* state.own(Checkpoint.load(state.checkpointPath)))
  if (options.corrections === undefined) {
    // A run that starts from nothing has rejects of its own.
    if (last === undefined) yield* state.own(Base.forget(state))
    return WITHOUT
  }
  const path = yield* Path.Path
  const file = options.corrections
  const digest = yield* digestOf(state, file)
  const settings = RunSettings.of(options, source)
  const found = Option.getOrUndefined(yield* state.own(Base.load(state)))
  const run = Option.getOrUndefined(yield* state.own(RunFile.load(state.runPath)))
  const isBegun = found !== undefined && (last === undefined || !isWithout(run, last))
  const isOther = last !== undefined && last.report !== null && run?.settings.corrections !== digest
  // A finished run with other corrections is replaced, too; the rejects that they are of are those of the first one.
  if (isBegun && !isOther) {
    yield* state.own(Base.demandRejects(Base.rejectsPathOf(path, state), found.rejects))
    const corrections = yield* loaded(state, file, Base.rejectsPathOf(path, state))
    if (last === undefined) {
      yield* demandSame(options, source, state, found, settings)
      if (found.digest !== digest) yield* state.own(Base.save(state, { ...found, digest }))
      yield* withdraw(state, found)
    }
    return { corrections, digest, run: found.run } satisfies Retry
  }
  if (last === undefined || last.report === null) {
    const problem =
      last === undefined
        ? `there is no finished run with the id ${state.id} in ${state.directory}`
        : "the run whose rejects they are is not finished"
    return yield* state.fail(Lines.refused(file, problem, "Run the migration without `corrections` first"))
  }
  const lasting = last.report.sinks.find(({ directory }) => directory === null)
  if (lasting !== undefined) {
    const problem = `what the sink ${lasting.sink} has written is in no folder and cannot be taken back`
    return yield* state.fail(
      Lines.refused(file, problem, "Migrate the corrected records alone: `source.rejected` reads a line")
    )
  }
  const base: Omit<Base.Base, "format"> = {
    ...(isBegun
      ? found
      : {
          settings: run?.settings ?? settings,
          partitions: run?.partitions ?? [],
          segmentsDone: last.segmentsDone,
          rejects: last.rejects
        }),
    run: last.run,
    digest,
    published: last.report.sinks.flatMap(({ directory, files }) =>
      directory === null ? [] : [{ directory, files }]
    )
  }
  const rejects = isBegun ? Base.rejectsPathOf(path, state) : state.rejectsPath
  yield* state.own(Base.demandRejects(rejects, base.rejects))
  const corrections = yield* loaded(state, file, rejects)
  yield* demandSame(options, source, state, base, settings, run?.outputs)
  yield* state.own(Withdraw.demandUnchanged(file, base.published, ownerOf(state, base)))
  if (!isBegun) yield* state.own(Base.keepRejects(state, base.rejects))
  yield* state.own(Base.save(state, base))
  yield* withdraw(state, base)
  return { corrections, digest, run: base.run } satisfies Retry
})

// internal

const ownerOf = ({ id }: Pick<State, "id">, { run }: Pick<Base.Base, "run">) => ({
  migrationId: id,
  runId: run
})

const digestOf = Effect.fnUntraced(function* (state: State, file: string) {
  const fs = yield* FileSystem.FileSystem
  const isFile = yield* fs.stat(file).pipe(
    Effect.map(({ type }) => type === "File"),
    Effect.orElseSucceed(() => false)
  )
  if (!isFile) return yield* state.fail(Lines.refused(file, "there is no such file", "Check the path"))
  return yield* state.own(Lines.digestOf(file))
})

/** Whether the checkpoint is that of a run without corrections. */
const isWithout = (run: RunFile.RunFile | undefined, { fingerprint }: Checkpoint.Checkpoint) =>
  run !== undefined &&
  run.settings.corrections === undefined &&
  RunSettings.digest(run.settings) === fingerprint

const loaded = (state: State, file: string, before: string) => state.own(load(file, before))

/** Fails unless settings, output folders and input are those of the run whose rejects have been corrected. */
const demandSame = Effect.fnUntraced(function* <RK>(
  { policy, sink }: { readonly policy: Policy; readonly sink: Sink<RK> },
  source: Opened,
  state: State,
  base: Omit<Base.Base, "format">,
  settings: RunSettings.Settings,
  outputs: ReadonlyArray<string> = []
) {
  const moved = yield* state.own(outputChanges(sink, outputs, ownerOf(state, base)))
  const changes = [...RunSettings.changes(base.settings, settings), ...moved].filter(
    ({ token }) => token === undefined || !policy.acceptCode.includes(token)
  )
  const refuse = (problems: ReadonlyArray<string>, acceptCode: ReadonlyArray<string> = []) =>
    state.fail(
      new CheckpointRefused({
        path: state.checkpointPath,
        why: "changed",
        problem: Segments.cut(problems),
        ...(acceptCode.length > 0 && { acceptCode })
      })
    )
  if (changes.length > 0) {
    const tokens = changes.flatMap(({ token }) => token ?? [])
    return yield* refuse(
      changes.map(({ text }) => text),
      tokens.length === changes.length ? tokens : []
    )
  }
  const segments = yield* Segments.of(source, state)
  const others = yield* Segments.changes(source, segments, { ...base, report: {} }, base.partitions)
  if (others.length > 0) return yield* refuse(others)
  for (const [i, { trail }] of base.segmentsDone.entries()) {
    const segment = segments[i]
    if (trail === null || segment === undefined || source.retrace === undefined) continue
    yield* Effect.mapError(source.retrace(segment, trail), Segments.namingFiles(segment, base.partitions))
  }
})

/** From the first marker on, the output is that of a run which has not saved a checkpoint yet. */
const withdraw = Effect.fnUntraced(function* (state: State, base: Omit<Base.Base, "format">) {
  const owner = ownerOf(state, base)
  yield* state.check
  yield* state.own(Withdraw.mark(base.published, owner))
  yield* state.own(DurableFile.remove(state.checkpointPath))
  yield* state.own(DurableFile.remove(state.reportPath))
  yield* state.own(Withdraw.remove(base.published, owner))
})
