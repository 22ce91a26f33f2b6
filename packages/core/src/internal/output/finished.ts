// Checks that the output of a finished run still exists unchanged. The size says nothing about the content of a file,
// so all files are read.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as DurableFile from "../../files/DurableFile.ts"
import * as Ledger from "../../Ledger.ts"
import { OutputMissing } from "../../MigrationError.ts"
import type { Renderer } from "../../Progress.ts"
import type { Report } from "../../Report.ts"
import type { Checkpoint } from "../../run/Checkpoint.ts"
import * as Publisher from "../report/progressFeed.ts"
import type { State } from "../run/state.ts"
import * as PublishedManifest from "./manifest.ts"
import * as OutputNote from "./note.ts"

/** Returns the report of a finished run if its output is unchanged. */
export const confirm = Effect.fnUntraced(function* <R>(
  state: State,
  { ledger, run }: Pick<Checkpoint, "ledger" | "run">,
  report: Report,
  progress: Renderer<R> | undefined
) {
  const path = yield* Path.Path
  const missing = (file: string) => state.fail(new OutputMissing({ path: file, state: state.directory }))
  const files = report.sinks.flatMap((sink) =>
    sink.files.map((file) => ({ ...file, path: path.join(sink.directory ?? "", file.path) }))
  )
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const feed = yield* Publisher.make({
    migration: state.id,
    total,
    resumedAt: 0,
    book: Ledger.open(ledger),
    partitions: 1,
    progress: total < SHOWN_FROM ? () => Effect.void : progress
  })
  for (const { directory, sink } of report.sinks) {
    if (directory === null) continue
    const folder = OutputNote.folderOf(path, state.directory, sink, report.sinks.length)
    const note = yield* state.asMigrationError(OutputNote.load(folder))
    // A sink that does not publish with `Publication` does not have our manifest.
    if (note === undefined || note.manifest === null) continue
    if (!(yield* state.asMigrationError(OutputNote.hasPublished(note, directory, run))))
      return yield* missing(path.join(directory, PublishedManifest.NAME))
  }
  let done = 0
  for (const file of files) {
    yield* feed.step(COMPARING, done, total)
    if (!(yield* state.asMigrationError(isSame(file)))) return yield* missing(file.path)
    done += file.bytes
  }
  yield* feed.end
  // The state folder may have been moved.
  return { ...report, rejects: state.rejectsPath }
})

// internal

const COMPARING = "comparing the output"

/** Less than this is read too quickly to show progress. */
const SHOWN_FROM = 64 << 20

const isSame = Effect.fnUntraced(function* (file: Report["sinks"][number]["files"][number]) {
  const fs = yield* FileSystem.FileSystem
  if (!(yield* fs.exists(file.path))) return false
  const { size, type } = yield* fs.stat(file.path)
  if (type !== "File" || Number(size) !== file.bytes) return false
  return (yield* DurableFile.sha256Of(file.path, file.bytes)) === file.sha256
})
