import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as DurableFile from "../../files/DurableFile.ts"
import * as FolderLock from "../../files/FolderLock.ts"
import {
  AlreadyRunning,
  MigrationError,
  type MigrationErrorReason,
  StateFailed
} from "../../MigrationError.ts"
import type { Checked } from "./options.ts"

/** The state folder of one migration, locked while the scope is open. */
export interface State {
  readonly id: string
  readonly directory: string
  readonly checkpointPath: string
  readonly runPath: string
  readonly rejectsPath: string
  readonly reportPath: string
  /** Fails if another process has taken over the folder. Run before each commit. */
  readonly check: Effect.Effect<void, MigrationError, FileSystem.FileSystem>
  readonly fail: (reason: MigrationErrorReason) => Effect.Effect<never, MigrationError>
  /** Turns failures of the state folder into errors of the migration. */
  readonly asMigrationError: <A, R>(
    effect: Effect.Effect<A, PlatformError.PlatformError | MigrationErrorReason, R>
  ) => Effect.Effect<A, MigrationError, R>
}

/** The folder of a migration's state. */
export const directoryOf = (
  path: Path.Path,
  { id, stateDirectory }: Pick<Checked, "id" | "stateDirectory">
): string => path.join(stateDirectory, id)

export const open = Effect.fnUntraced(function* (options: Pick<Checked, "id" | "stateDirectory">) {
  const path = yield* Path.Path
  const { id } = options
  const fail = (reason: MigrationErrorReason) => Effect.fail(new MigrationError({ migration: id, reason }))
  const directory = directoryOf(path, options)
  const state: Omit<State, "check"> = {
    id,
    directory,
    checkpointPath: path.join(directory, "checkpoint.json"),
    runPath: path.join(directory, "run.json"),
    rejectsPath: path.join(directory, "rejects.ndjson"),
    reportPath: path.join(directory, "report.json"),
    fail,
    asMigrationError: (effect) =>
      Effect.catch(effect, (error) =>
        fail(error._tag === "PlatformError" ? new StateFailed({ path: directory, cause: error }) : error)
      )
  }
  yield* state.asMigrationError(DurableFile.makeDirectory(directory))
  return { ...state, check: yield* lock(directory, fail) }
})

const lock = (directory: string, fail: State["fail"]) => {
  // The cause itself, because its sentence would otherwise appear twice.
  const unusable = (cause: FolderLock.LockFailed) =>
    fail(new StateFailed({ path: cause.path, cause: cause.cause }))
  return FolderLock.acquire(directory).pipe(
    Effect.map(({ check }) => Effect.catchTags(check, { LockFailed: unusable, OwnershipLost: fail })),
    Effect.catchTags({
      FolderInUse: ({ holder }) => fail(new AlreadyRunning({ path: directory, holder })),
      LockFailed: unusable
    })
  )
}
