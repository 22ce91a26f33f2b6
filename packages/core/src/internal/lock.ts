import process from "node:process"
// Effect has no service that tells whether another process is alive.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import { AlreadyRunning } from "../MigrationError.ts"

/**
 * Keeps other processes out of a state folder while the scope is open. A lock
 * whose process is gone, as after a kill, is taken over.
 */
export const acquire = (
  path: string
): Effect.Effect<void, AlreadyRunning | PlatformError.PlatformError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const create = fs.writeFileString(path, String(process.pid), { flag: "wx" })
    const owner = Effect.map(fs.readFileString(path), Number)
    const takeOver = Effect.gen(function* () {
      const pid = yield* owner
      if (pid !== process.pid && isAlive(pid)) return yield* new AlreadyRunning({ path, process: pid })
      yield* fs.remove(path, { force: true })
      yield* create
    })
    yield* Effect.acquireRelease(
      Effect.catchReason(create, "PlatformError", "AlreadyExists", () => takeOver),
      () => Effect.ignore(fs.remove(path, { force: true }))
    )
  })

const isAlive = (pid: number) => {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // EPERM: there is such a process, and it belongs to someone else.
    return (cause as { readonly code?: string }).code === "EPERM"
  }
}
