import { SinkError } from "@chatferry/core"
import type { RowChecksums } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import type * as StreamImportValidator from "../../StreamImportValidator.ts"
import { checkFailed, failed } from "../format/failures.ts"
import type { Settings } from "../format/settings.ts"
import type { Assembly } from "../resolve/assembly.ts"
import { isOfUse } from "../threads/helperThread.ts"
import { check as checkWritten } from "../validate/check.ts"
import * as ThreadCheck from "../validate/threadCheck.ts"

/**
 * Starts a thread that checks the import files while they are written, if the run has
 * threads, or if there is another processor and so much to check that the thread
 * repays its start.
 */
export const startCheck = (
  settings: Settings,
  { directory, threads }: Phase.Task,
  { tables }: RowChecksums.Proof
): Effect.Effect<
  ThreadCheck.ThreadCheck | undefined,
  SinkError.SinkError,
  FileSystem.FileSystem | Scope.Scope
> => {
  const isWorth = () => (tables["messages"]?.rows ?? 0) >= MANY_MESSAGES && isOfUse("check.worker")
  return settings.validate && (threads > 0 || isWorth())
    ? Effect.mapError(
        ThreadCheck.start({ settings: rulesOf(settings), dialect: settings.dialect }, directory),
        checkFailed(settings, directory)
      )
    : Effect.succeed(undefined)
}

/** Checks the import files before they are published. An invalid file is a defect of this package. */
export const checkFiles = (
  { check, settings, task }: Assembly,
  files: ReadonlyArray<Phase.ClosedPiece>
): Effect.Effect<void, SinkError.SinkError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    // An empty migration gives an empty file, which the validator reports as an error.
    const paths = files.filter(({ records }) => records > 0).map(({ name }) => task.pathOf(name))
    if (paths.length === 0) return
    yield* task.progress("validate", 0, files.length)
    const { dialect } = settings
    const result =
      check?.result ??
      checkWritten({
        files: paths,
        dialect,
        stageDirectory: task.directory,
        settings: rulesOf(settings)
      })
    const { errors, isValid } = yield* Effect.mapError(result, checkFailed(settings, task.directory))
    yield* task.progress("validate", files.length, files.length)
    if (isValid) return
    const problems = errors.map(({ code, count, examples }) => {
      const line = examples[0]?.line
      return `${code} ${count} times${line === undefined ? "" : `, first in line ${line}`}`
    })
    return yield* failed(settings, new SinkError.InvalidOutput({ directory: settings.directory, problems }))
  }).pipe(Effect.withSpan("StreamImportSink.validate", { attributes: { sink: settings.name } }))

// internal

/** Checking them takes longer than the start of a thread. */
const MANY_MESSAGES = 100_000

const rulesOf = ({ maxFileBytes, teamMismatch }: Settings): StreamImportValidator.Settings => ({
  fileBytes: maxFileBytes,
  itemBytes: maxFileBytes,
  app: { teams: teamMismatch !== "keep" },
  itemTypes: ["channel_member", "device"],
  references: "file",
  examples: 1
})
