// Checks that the file with corrections can be read.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as SystemProblem from "../../errors/SystemProblem.ts"
import type { CorrectionsRejected } from "../../MigrationError.ts"
import { rejected } from "./lines.ts"

/** Fails unless the path is a regular file, so that reading a pipe, for example, cannot block. */
export const ensureFile = Effect.fnUntraced(function* (
  file: string
): Effect.fn.Return<void, CorrectionsRejected, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const { type } = yield* Effect.mapError(fs.stat(file), (cause) => unreadable(file, cause))
  if (type === "File") return
  const what = type === "Directory" ? "it is a folder" : "it is not a regular file"
  return yield* rejected(file, what, "Give a copy of the rejects file")
})

export const unreadable = (file: string, cause: unknown): CorrectionsRejected => {
  if (SystemProblem.codeOf(cause) === "ENOENT")
    return rejected(file, "the file does not exist", "Check the path")
  const wrong = SystemProblem.wrongPathOf(cause)
  const problem = wrong === undefined ? `it cannot be read: ${SystemProblem.wordsOf(cause)}` : `it ${wrong}`
  const advice = SystemProblem.adviceOf(cause)?.replace(/\.$/u, "")
  return rejected(file, problem, advice ?? "Check the path, then run again")
}
