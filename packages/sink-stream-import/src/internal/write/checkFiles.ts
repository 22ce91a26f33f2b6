import { SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import type * as StreamImportValidator from "../../StreamImportValidator.ts"
import { checkFailed, failed } from "../format/failures.ts"
import type { Settings } from "../format/settings.ts"
import type { Assembly } from "../resolve/assembly.ts"
import { check as checkWritten } from "../validate/check.ts"
import * as ThreadCheck from "../validate/threadCheck.ts"

/** If the run has threads, starts one that checks the import files while they are written. */
export const startCheck = (
  settings: Settings,
  { directory, threads }: Phase.Task
): Effect.Effect<
  ThreadCheck.ThreadCheck | undefined,
  SinkError.SinkError,
  FileSystem.FileSystem | Scope.Scope
> =>
  threads === 0 || !settings.validate
    ? Effect.succeed(undefined)
    : Effect.mapError(
        ThreadCheck.start({ settings: rulesOf(settings), dialect: settings.dialect }, directory),
        checkFailed(settings, directory)
      )

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

const rulesOf = ({ maxFileBytes, teamMismatch }: Settings): StreamImportValidator.Settings => ({
  fileBytes: maxFileBytes,
  itemBytes: maxFileBytes,
  app: { teams: teamMismatch !== "keep" },
  itemTypes: ["channel_member", "device"],
  references: "file",
  examples: 1
})
