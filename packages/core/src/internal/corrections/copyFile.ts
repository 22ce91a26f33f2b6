// Checks that the file with corrections can be read.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as SystemProblem from "../../errors/SystemProblem.ts"
import type { CorrectionsRefused } from "../../MigrationError.ts"
import { refused } from "./lines.ts"

/** Fails unless the path is a regular file, so that reading a pipe, for example, cannot block. */
export const ensureFile = Effect.fnUntraced(function* (
  file: string
): Effect.fn.Return<void, CorrectionsRefused, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const { type } = yield* Effect.mapError(fs.stat(file), (cause) => unreadable(file, cause))
  if (type === "File") return
  const what = type === "Directory" ? "it is a folder" : "it is not a regular file"
  return yield* refused(file, what, "Give a copy of the rejects file")
})

export const unreadable = (file: string, cause: unknown): CorrectionsRefused => {
  if (SystemProblem.codeOf(cause) === "ENOENT")
    return refused(file, "the file does not exist", "Check the path")
  const wrong = SystemProblem.wrongPathOf(cause)
  const problem = wrong === undefined ? `it cannot be read: ${SystemProblem.wordsOf(cause)}` : `it ${wrong}`
  const advice = SystemProblem.adviceOf(cause)?.replace(/\.$/u, "")
  return refused(file, problem, advice ?? "Check the path, then run again")
}
