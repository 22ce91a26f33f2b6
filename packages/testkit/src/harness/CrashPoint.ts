/**
 * Ends a run where a process could be killed: at its n-th request, or at its n-th
 * renaming of a file.
 *
 * A test counts `n` up until a run completes. After each run it checks that the
 * next one resumes as if nothing had happened. The run ends with a defect with the message
 * `stopped`, so the connector cannot handle it as an error.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"

/**
 * A client that ends the run at its n-th request: before the request is sent, or
 * after the response has arrived but before the run sees it. Counts from 1. All
 * later requests end the run, too.
 *
 * @category testing
 * @since 0.1.0
 */
export const atRequest = (
  client: HttpClient.HttpClient,
  n: number,
  when: "before" | "after"
): HttpClient.HttpClient => {
  let requests = 0
  return HttpClient.transform(client, (response) =>
    Effect.suspend(() => {
      requests++
      if (requests < n) return response
      return when === "before" ? stop : Effect.andThen(response, stop)
    })
  )
}

/**
 * A file system that ends the run before its n-th renaming. Files that must
 * survive a kill are replaced by renaming. Counts from 1.
 *
 * @category testing
 * @since 0.1.0
 */
export const atRename = (fs: FileSystem.FileSystem, n: number): FileSystem.FileSystem => {
  let renames = 0
  return FileSystem.make({
    ...fs,
    rename: (from, to) => Effect.suspend(() => (++renames < n ? fs.rename(from, to) : stop))
  })
}

// internal

const stop = Effect.die("stopped")
