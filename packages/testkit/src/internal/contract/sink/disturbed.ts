// Rules about a sink whose disk fails, and about files it leaves open, unsynced or in another's place.
import type { Sink } from "@chatferry/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Faults from "../../../harness/Faults.ts"
import { finish } from "../../../harness/SinkHarness.ts"
import { closesAll } from "../engine/handles.ts"
import { instants, nameOf } from "../engine/instants.ts"
import { isOwnError } from "../engine/reading.ts"
import { broken, rejected, type Verdict } from "../engine/rule.ts"
import { type Checked, type Location, type Stage, wholeRun, writeIn } from "../engine/stage.ts"
import { inZone, ZONES } from "../engine/timeZone.ts"
import { finishFrom } from "./failures.ts"
import { sameResult } from "./results.ts"

/** A failing call becomes a sink error, and the next run ends as if it had not failed. */
export const survivesFaults = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const expected = yield* stage.undisturbed
    const counting = Faults.fileSystem(fs)
    yield* inParts(stage, yield* stage.location, counting.fileSystem)
    for (const call of CALLS) {
      for (const at of instants(call, counting.paths(call))) {
        const here = yield* stage.location
        const faulty = Faults.fileSystem(fs, { fail: { calls: [call], nth: at + 1 } })
        const { done, exit, receipt } = yield* inParts(stage, here, faulty.fileSystem)
        const failed = faulty.failed()
        if (failed === undefined) continue
        const verdict = judged(failed, exit)
        if (verdict !== undefined) return verdict
        const actual = Exit.isSuccess(exit)
          ? { summaries: exit.value, files: yield* here.files, rejected: [] }
          : yield* finishFrom(stage, here, receipt, done)
        const how = Exit.isSuccess(exit)
          ? `${failed} failed, which the sink ignored,`
          : `${failed} failed and the run was resumed`
        const other = sameResult(how, expected, actual)
        if (other !== undefined) return other
      }
    }
    return undefined
  })

export const ignoresTimeZone = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const run = Effect.flatMap(stage.location, (here) => wholeRun(here, stage.entities))
    const expected = yield* inZone("UTC", run)
    for (const zone of ZONES) {
      const verdict = sameResult(
        `a run in the time zone ${zone}, as in UTC,`,
        expected,
        yield* inZone(zone, run)
      )
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

export const closesFiles = <R>(stage: Stage<R>): Checked<R> =>
  closesAll(
    "a run",
    Effect.flatMap(stage.location, (here) => wholeRun(here, stage.entities))
  )

/** When a receipt is given, all written data must have been synced to disk. */
export const syncsBeforeReceipts = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { entities, location } = stage
    const here = yield* location
    const { dirty, fileSystem } = watched(yield* FileSystem.FileSystem)
    const found: Array<string> = []
    yield* here
      .opened(Option.none(), (session) =>
        writeIn(session, entities, PART, () =>
          Effect.map(session.commit, () => {
            found.push(...dirty)
          })
        )
      )
      .pipe(Effect.provideService(FileSystem.FileSystem, fileSystem))
    return found[0] === undefined
      ? undefined
      : {
          expected: "that everything is synced when a receipt is given",
          actual: `${nameOf(found[0])} was not`
        }
  })

/** Whoever sees a manifest may use the files it lists. */
export const publishesManifestLast = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const others = Array.from((yield* stage.undisturbed).files.keys()).filter((name) => name !== MANIFEST)
    const here = yield* stage.location
    const manifest = `${here.directory}/${MANIFEST}`
    const missing: Array<string> = []
    const look = (path: string) =>
      path === manifest
        ? Effect.forEach(others, (name) =>
            Effect.map(fs.exists(`${here.directory}/${name}`), (isThere) => {
              if (!isThere) missing.push(name)
            })
          )
        : Effect.void
    const looking = FileSystem.make({
      ...fs,
      rename: (from, to) => Effect.andThen(look(to), fs.rename(from, to)),
      copyFile: (from, to) => Effect.andThen(look(to), fs.copyFile(from, to)),
      link: (from, to) => Effect.andThen(look(to), fs.link(from, to)),
      writeFile: (path, data, options) => Effect.andThen(look(path), fs.writeFile(path, data, options)),
      open: (path, options) =>
        Effect.andThen(
          options?.flag === undefined || options.flag === "r" ? Effect.void : look(path),
          fs.open(path, options)
        )
    })
    yield* Effect.provideService(wholeRun(here, stage.entities), FileSystem.FileSystem, looking)
    return missing[0] === undefined
      ? undefined
      : { expected: `${MANIFEST} after all other files`, actual: `it came before ${missing[0]}` }
  })

/** Two migrations share an output folder by mistake: the second must not touch what the first has staged. */
export const keepsOthersStage = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { entities, location, undisturbed } = stage
    const expected = yield* undisturbed
    const here = yield* location
    const { half, receipt } = yield* begun(stage, here)
    for (const owner of [
      { migrationId: "another", runId: "another-run" },
      { migrationId: "contract", runId: "another-run" }
    ]) {
      const verdict = yield* rejected(
        `opening the folder in which another ${owner.migrationId === "contract" ? "run" : "migration"} has begun`,
        here.openedBy(owner, (session) => Effect.andThen(session.write(entities), session.commit))
      )
      if (verdict !== undefined) return verdict
    }
    return sameResult(
      "another migration tried to write into the same folder",
      expected,
      yield* finishFrom(stage, here, receipt, half)
    )
  })

/** Output and state are moved between two runs. */
export const survivesMove = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { location, undisturbed } = stage
    const expected = yield* undisturbed
    const here = yield* location
    const { half, receipt } = yield* begun(stage, here)
    const actual = yield* finishFrom(stage, yield* here.moved, receipt, half)
    return sameResult("a move of both folders between two runs", expected, actual)
  })

// internal

const CALLS: ReadonlyArray<Faults.Call> = ["open", "write", "sync", "rename", "stat", "readDirectory", "read"]
const PARTS = 3
const PART = 100
const TIME_LIMIT = "20 seconds"
const MANIFEST = "manifest.json"

/** A run that has committed the first half of the records. */
const begun = Effect.fnUntraced(function* <R>({ entities }: Stage<R>, here: Location<R>) {
  const half = Math.floor(entities.length / 2)
  const receipt = yield* here.opened(Option.none(), (session) =>
    Effect.andThen(
      writeIn(session, entities.slice(0, half), PART, () => Effect.void),
      session.commit
    )
  )
  return { half, receipt }
})

/** A run with a flush after each part, and how far it got. */
const inParts = Effect.fnUntraced(function* <R>(
  { completion, entities }: Stage<R>,
  here: Location<R>,
  fs: FileSystem.FileSystem
) {
  let receipt: Sink.Receipt | undefined
  let done = 0
  const size = Math.max(1, Math.ceil(entities.length / PARTS))
  const exit = yield* here
    .opened(Option.none(), (session) =>
      Effect.gen(function* () {
        for (let from = 0; from < entities.length; from += size) {
          yield* session.write(entities.slice(from, from + size))
          receipt = yield* session.commit
          done = Math.min(entities.length, from + size)
        }
        return yield* finish(session, completion, (given) => {
          receipt = given
        })
      })
    )
    .pipe(Effect.provideService(FileSystem.FileSystem, fs), Effect.timeout(TIME_LIMIT), Effect.exit)
  return { done, exit, receipt }
})

const judged = (failed: string, exit: Exit.Exit<unknown, unknown>): Verdict | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const error = Cause.squash(exit.cause)
  if (Predicate.isTagged(error, "TimeoutError")) {
    return {
      expected: `that the sink fails when ${failed} fails`,
      actual: `neither an error nor an end within ${TIME_LIMIT}`
    }
  }
  return Cause.hasFails(exit.cause) && isOwnError(error)
    ? undefined
    : broken(`that the sink fails with a sink error when ${failed} fails`, exit.cause)
}

/** Tracks which files have been written to since they were last synced. */
const watched = (fs: FileSystem.FileSystem) => {
  const dirty = new Set<string>()
  const wrote = <A, E>(path: string, effect: Effect.Effect<A, E>) =>
    Effect.suspend(() => {
      dirty.add(path)
      return effect
    })
  const watch = (file: FileSystem.File, path: string): FileSystem.File => ({
    [FileSystem.FileTypeId]: FileSystem.FileTypeId,
    stat: Effect.suspend(() => file.stat),
    sync: Effect.suspend(() => Effect.tap(file.sync, () => Effect.sync(() => dirty.delete(path)))),
    seek: (offset, from) => file.seek(offset, from),
    read: (buffer, options) => file.read(buffer, options),
    readAlloc: (size, options) => file.readAlloc(size, options),
    truncate: (length) => file.truncate(length),
    write: (buffer) => wrote(path, file.write(buffer)),
    writeAll: (buffer) => wrote(path, file.writeAll(buffer))
  })
  return {
    dirty,
    fileSystem: FileSystem.make({
      ...fs,
      open: (path, options) => Effect.map(fs.open(path, options), (file) => watch(file, path)),
      writeFile: (path, data, options) => wrote(path, fs.writeFile(path, data, options)),
      remove: (path, options) =>
        Effect.tap(fs.remove(path, options), () => Effect.sync(() => dirty.delete(path))),
      rename: (from, to) =>
        Effect.tap(fs.rename(from, to), () =>
          Effect.sync(() => {
            if (dirty.delete(from)) dirty.add(to)
          })
        )
    })
  }
}
