import { SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as StreamImportValidator from "../../StreamImportValidator.ts"
import { failed, writeFailed } from "../format/failures.ts"
import type { Assembly } from "../resolve/assembly.ts"
import { check } from "../validate/check.ts"

/** Checks the import files before they are published. An invalid file is a defect of this package. */
export const checkFiles = (
  { settings, task }: Assembly,
  files: ReadonlyArray<Phase.ClosedPiece>
): Effect.Effect<void, SinkError.SinkError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    // An empty migration gives an empty file, which the validator reports as an error.
    const paths = files.filter(({ records }) => records > 0).map(({ name }) => task.pathOf(name))
    if (paths.length === 0) return
    yield* task.progress("validate", 0, files.length)
    const { errors, isValid } = yield* Effect.catchTag(
      check({
        files: paths,
        dialect: settings.dialect,
        stageDirectory: task.directory,
        settings: {
          fileBytes: settings.maxFileBytes,
          itemBytes: settings.maxFileBytes,
          app: { teams: settings.teamMismatch !== "keep" },
          itemTypes: ["channel_member", "device"],
          references: "file",
          examples: 1
        }
      } satisfies StreamImportValidator.Options),
      "ValidatorError",
      (cause) => writeFailed(settings, task.directory, cause)
    )
    yield* task.progress("validate", files.length, files.length)
    if (isValid) return
    const problems = errors.map(({ code, count, examples }) => {
      const line = examples[0]?.line
      return `${code} ${count} times${line === undefined ? "" : `, first in line ${line}`}`
    })
    return yield* failed(settings, new SinkError.InvalidOutput({ directory: settings.directory, problems }))
  }).pipe(Effect.withSpan("StreamImportSink.validate", { attributes: { sink: settings.name } }))
