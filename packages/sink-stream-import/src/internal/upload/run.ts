// Imports all files of a folder one by one, from the step at which an earlier run stopped.
import { type SinkError } from "@chatferry/core"
import { Printable } from "@chatferry/core/errors"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import * as Client from "./client.ts"
import * as ErrorReport from "./errorReport.ts"
import { importFile } from "./importFile.ts"
import * as Journal from "./journal.ts"
import * as Manifest from "./manifest.ts"
import type { FileReport, ImportReport, StateEvent } from "./model.ts"
import * as Settings from "./settings.ts"
import * as SourceIds from "./sourceIds.ts"
import * as Tasks from "./tasks.ts"

export const run = Effect.fnUntraced(function* (
  config: unknown
): Effect.fn.Return<
  ImportReport,
  SinkError.SinkErrorReason,
  HttpClient.HttpClient | FileSystem.FileSystem | Path.Path | Scope.Scope
> {
  const settings = yield* Settings.upload(config)
  const { files, idMap } = yield* Manifest.read(settings.directory, settings.maxFileBytes)
  const journal = yield* Journal.open(settings, files)
  const isPending = (index: number) => journal.get(index).step === "new" && !isEmpty(files[index])
  // Checks all files before the first upload, because half an import is worse than none.
  for (const [index, file] of files.entries()) if (isPending(index)) yield* Manifest.check(file)
  const client = yield* Client.make(settings.connection)
  const report = settings.onState ?? logState
  const reports: Array<FileReport> = []
  let hasFailed = false
  for (const [index, file] of files.entries()) {
    const base = { path: file.name, bytes: file.bytes, records: file.records }
    const none = { importId: null, errors: [], totals: {} }
    if (isEmpty(file)) {
      reports.push({ ...base, ...none, state: "empty" })
      continue
    }
    if (hasFailed) {
      reports.push({ ...base, ...none, state: "not started" })
      continue
    }
    const task = yield* importFile(settings, client, journal, index, file, ({ name }, state) =>
      report({ file: name, number: index + 1, of: files.length, state: Printable.line(state, LONGEST_STATE) })
    )
    const { errors, totals } = ErrorReport.read(task.result)
    hasFailed = task.state !== Tasks.COMPLETED
    reports.push({
      ...base,
      state: task.state,
      importId: task.id,
      errors: yield* SourceIds.fillIn(errors, idMap),
      totals
    })
  }
  return { status: hasFailed ? "failed" : "completed", files: reports } satisfies ImportReport
}, Effect.scoped)

// internal

/** Stream's states are short words. */
const LONGEST_STATE = 100

const isEmpty = (file: Manifest.ImportFile | undefined): boolean => file?.records === 0

const logState = ({ file, number, of, state }: StateEvent): Effect.Effect<void> =>
  state === Tasks.WAITING
    ? Effect.logWarning("Stream waits for a confirmation of the import: ask Stream's support for it", {
        file,
        number,
        of,
        state
      })
    : Effect.logInfo("import", { file, number, of, state })
