// Effect has no service that tells whether another process is alive.
import process from "node:process"
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
    const ownerOf = (file: string) =>
      Effect.map(
        Effect.orElseSucceed(fs.readFileString(file), () => ""),
        Number
      )
    const takeOver = Effect.gen(function* () {
      const pid = yield* ownerOf(path)
      if (pid !== process.pid && isAlive(pid)) return yield* new AlreadyRunning({ path, process: pid })
      // Renamed before it is removed, to see that it is still the lock that was read.
      const stale = `${path}.${process.pid}`
      yield* Effect.ignore(fs.rename(path, stale))
      const renamed = yield* ownerOf(stale)
      if (renamed !== 0 && renamed !== pid) {
        yield* fs.rename(stale, path)
        return yield* new AlreadyRunning({ path, process: renamed })
      }
      yield* fs.remove(stale, { force: true })
      yield* Effect.catchReason(create, "PlatformError", "AlreadyExists", () =>
        Effect.flatMap(ownerOf(path), (owner) => new AlreadyRunning({ path, process: owner }))
      )
    })
    yield* Effect.acquireRelease(
      Effect.suspend(() => {
        if (held.has(path)) return new AlreadyRunning({ path, process: process.pid })
        held.add(path)
        return Effect.void
      }),
      () => Effect.sync(() => held.delete(path))
    )
    yield* Effect.acquireRelease(
      Effect.catchReason(create, "PlatformError", "AlreadyExists", () => takeOver),
      () =>
        Effect.flatMap(ownerOf(path), (owner) =>
          owner === process.pid ? Effect.ignore(fs.remove(path, { force: true })) : Effect.void
        )
    )
  })

/** The locks of this process, whose own id in a lock says nothing: it may be left from an earlier process. */
const held = new Set<string>()

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
