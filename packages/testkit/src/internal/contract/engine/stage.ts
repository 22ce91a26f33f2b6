// A sink under test: its folders, its runs, and the files it leaves behind.
import { type Entity, Ledger, type Rejected, Sink, type SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import { finish } from "../../../harness/SinkHarness.ts"
import type { Verdict } from "./rule.ts"

export interface Setting<R> {
  readonly make: (directory: string) => Sink.Sink<R>
  readonly entities: ReadonlyArray<Entity.Entity>
  /** Maximum number of buckets of a phase. @default 1 */
  readonly buckets?: number
  /** The order of tasks after reading. @default "plan" */
  readonly taskOrder?: Sink.Context["taskOrder"]
}

export type Failure = SinkError.SinkError | PlatformError.PlatformError
export type Needs<R> = R | FileSystem.FileSystem | Path.Path

/** Paths below a folder, with `/`, and their bytes. */
export type Files = ReadonlyMap<string, Uint8Array>

export interface Result {
  readonly summaries: ReadonlyArray<Sink.Summary>
  readonly files: Files
  readonly rejected: ReadonlyArray<Rejected.Rejected>
}

/** A pair of folders in which a sink is opened, killed and opened again. */
export interface Location<R> {
  readonly directory: string
  /** State that the run keeps for the sink. */
  readonly stateDirectory: string
  /** Opens the sink as the runner does, for as long as `use` takes. */
  readonly opened: <A, E, R2>(
    receipt: Option.Option<Sink.Receipt>,
    use: (session: Sink.Session) => Effect.Effect<A, E, R2>
  ) => Effect.Effect<A, E | SinkError.SinkError, Needs<R> | R2>
  /** The same for another run, with its own state folder. */
  readonly openedBy: <A, E, R2>(
    owner: Pick<Sink.Context, "migrationId" | "runId">,
    use: (session: Sink.Session) => Effect.Effect<A, E, R2>
  ) => Effect.Effect<A, E | SinkError.SinkError, Needs<R> | R2>
  /** Moves both folders, and gives their new location. */
  readonly moved: Effect.Effect<Location<R>, PlatformError.PlatformError>
  /** All rejects of all openings. */
  readonly rejected: ReadonlyArray<Rejected.Rejected>
  /** What is in the output folder. */
  readonly files: Effect.Effect<Files, PlatformError.PlatformError, Needs<never>>
  /** What is in the folder that the run keeps for the sink. */
  readonly state: Effect.Effect<Files, PlatformError.PlatformError, Needs<never>>
  /** Saves the state of both folders. The resulting effect restores it. */
  readonly snapshot: Effect.Effect<
    Effect.Effect<void, PlatformError.PlatformError, Needs<never>>,
    PlatformError.PlatformError,
    Needs<never>
  >
}

export interface Stage<R> {
  readonly make: Setting<R>["make"]
  readonly entities: ReadonlyArray<Entity.Entity>
  readonly location: Effect.Effect<Location<R>, PlatformError.PlatformError, Needs<never> | Scope.Scope>
  /** The summary of the part of the run before the sink. */
  readonly completion: Sink.Completion
  /** The result of an undisturbed run. */
  readonly undisturbed: Effect.Effect<Result, Failure, Needs<R> | Scope.Scope>
  /** The same stage with some options replaced. */
  readonly with: (change: Partial<Setting<R>>) => Stage<R>
}

/** The check of a rule on a stage: `undefined` when the rule is kept. */
export type Checked<R> = Effect.Effect<Verdict | undefined, Failure, Needs<R> | Scope.Scope>

/** Runs a check on a stage and removes its folders. */
export const play = <R, E, R2>(
  setting: Setting<R>,
  check: (stage: Stage<R>) => Effect.Effect<Verdict | undefined, E, R2>
): Effect.Effect<Verdict | undefined, E, Exclude<R2, Scope.Scope>> =>
  // A sink that modifies its input must not spoil other rules.
  Effect.scoped(
    Effect.suspend(() => check(stageOf({ ...setting, entities: structuredClone(setting.entities) })))
  )

/** Writes in batches of a given size and finishes; `between` runs after each batch. */
export const writeIn = Effect.fnUntraced(function* <E, R>(
  session: Sink.Session,
  entities: ReadonlyArray<Entity.Entity>,
  size: number,
  between: (done: number) => Effect.Effect<unknown, E, R>
): Effect.fn.Return<void, E | SinkError.SinkError, R> {
  for (let from = 0; from < entities.length; from += size) {
    yield* session.write(entities.slice(from, from + size))
    yield* between(Math.min(entities.length, from + size))
  }
})

/** A run in batches, with a flush before it finishes. */
export const wholeRun = Effect.fnUntraced(function* <R>(
  here: Location<R>,
  entities: ReadonlyArray<Entity.Entity>,
  completion = completionOf(entities)
): Effect.fn.Return<Result, Failure, Needs<R>> {
  const summaries = yield* here.opened(Option.none(), (session) =>
    Effect.andThen(
      writeIn(session, entities, BATCH, () => Effect.void),
      Effect.andThen(session.commit, finish(session, completion))
    )
  )
  return { summaries, files: yield* here.files, rejected: here.rejected }
})

// internal

const BATCH = 100

const stageOf = <R>(setting: Setting<R>): Stage<R> => {
  const { entities, make } = setting
  const completion = completionOf(entities)
  const location = locationOf(setting)
  return {
    with: (change) => stageOf({ ...setting, ...change }),
    make,
    entities,
    completion,
    location,
    undisturbed: Effect.gen(function* () {
      return yield* wholeRun(yield* location, entities, completion)
    })
  }
}

const completionOf = (entities: ReadonlyArray<Entity.Entity>): Sink.Completion => {
  const book = Ledger.open()
  for (const { _tag } of entities) {
    book.read(_tag, 1)
    book.written(_tag, 1)
  }
  return { migrationId: "contract", source: "contract", fingerprint: "contract", ledger: book.snapshot() }
}

const locationOf = <R>(setting: Setting<R>): Stage<R>["location"] =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const root = yield* fs.makeTempDirectoryScoped({ prefix: "chatferry-contract-" })
    yield* fs.makeDirectory(path.join(root, "now"))
    return locationIn(setting, fs, path, root, "now")
  })

const locationIn = <R>(
  setting: Setting<R>,
  fs: FileSystem.FileSystem,
  path: Path.Path,
  root: string,
  name: string
): Location<R> => {
  const { buckets = 1, make, taskOrder } = setting
  const both = path.join(root, name)
  const directory = path.join(both, "out")
  const stateDirectory = path.join(both, "state")
  const rejected: Array<Rejected.Rejected> = []
  const context = (receipt: Option.Option<Sink.Receipt>): Sink.Context => ({
    migrationId: "contract",
    runId: "contract-run",
    receipt,
    stateDirectory,
    buckets,
    taskOrder,
    reject: (found) =>
      Effect.sync(() => {
        rejected.push(...found)
      }),
    progress: () => Effect.void
  })
  let snapshots = 0
  return {
    directory,
    stateDirectory,
    rejected,
    files: readFolder(directory),
    state: readFolder(stateDirectory),
    openedBy: (owner, use) => {
      const own = {
        ...context(Option.none()),
        ...owner,
        stateDirectory: `${stateDirectory}-${owner.runId}`
      }
      return scopedOpen(make(directory), own, use)
    },
    opened: (receipt, use) => scopedOpen(make(directory), context(receipt), use),
    moved: Effect.suspend(() =>
      Effect.as(fs.rename(both, `${both}-moved`), locationIn(setting, fs, path, root, `${name}-moved`))
    ),
    snapshot: Effect.gen(function* () {
      const kept = path.join(root, `snapshot-${++snapshots}`)
      yield* fs.copy(both, kept)
      return Effect.andThen(fs.remove(both, { recursive: true }), fs.copy(kept, both))
    })
  }
}

const scopedOpen = <A, E, R, R2>(
  sink: Sink.Sink<R>,
  context: Sink.Context,
  use: (session: Sink.Session) => Effect.Effect<A, E, R2>
) => Effect.scoped(Effect.flatMap(Sink.open(sink, context), use))

export const readFolder = (directory: string): Location<never>["files"] =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    if (!(yield* fs.exists(directory))) return new Map()
    const names = (yield* fs.readDirectory(directory, { recursive: true })).toSorted()
    const files = new Map<string, Uint8Array>()
    for (const name of names) {
      const full = path.join(directory, name)
      if ((yield* fs.stat(full)).type === "File")
        files.set(name.replaceAll("\\", "/"), yield* fs.readFile(full))
    }
    return files
  })
