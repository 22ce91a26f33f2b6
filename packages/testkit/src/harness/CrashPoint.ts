/**
 * Ends a run where a process could be killed: at its n-th request, or at the n-th
 * file that gets its name.
 *
 * A test counts `n` up until a run comes through, and looks after each whether
 * the next run goes on as if nothing had been. The end is a defect with the words
 * `stopped`, so no code of the connector can take it for an error.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"

/**
 * A client with which a run ends at its n-th request: before it is sent, or when
 * the answer has come and nobody has heard it. Counts from 1; all later requests
 * end the run, too.
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
 * A file system with which a run ends before its n-th renaming, which is how
 * files that survive a kill are replaced. Counts from 1.
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
