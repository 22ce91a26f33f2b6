// Looks up an import whose response was lost. The paging of the list of imports is not documented: Stream's OpenAPI has no
// parameters for it, while its SDK and its CLI send an offset.
import { type ApiClient, Pages } from "@chatferry/connector"
import { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Tasks from "./tasks.ts"

type List = ReadonlyArray<Tasks.Task>

export interface Sought {
  /** The path of the file in Stream's storage. */
  readonly path: string
  readonly maxPages: number
  /** An import that certainly exists: a list without it is incomplete. */
  readonly known: string | undefined
}

/**
 * Finds the import of a file; `undefined` if there is certainly none. It ends with
 * any server, and fails if the list is inconclusive, so that no import is created
 * twice.
 */
export const findByPath = Effect.fnUntraced(function* (
  client: ApiClient.Client,
  { known, maxPages, path }: Sought
): Effect.fn.Return<Tasks.Task | undefined, ApiClient.RequestError> {
  const watch = Pages.watch({ operation: Tasks.LISTING, maxPages, hint: NOT_FOUND })
  const first = yield* Tasks.list(client)
  let page = first
  let before: List = []
  let skipped = 0
  let unskipped = 0
  let isComplete = known === undefined
  for (;;) {
    const found = within(page, path)
    if (found !== undefined) return found
    isComplete ||= page.some(({ id }) => id === known)
    if (page.length === 0 || unskipped === 2 || isTail(page, before)) break
    const problem = unskipped === 0 ? watch.see({ ids: page.map(({ id }) => id) }) : undefined
    if (problem !== undefined) return yield* problem
    before = unskipped === 0 ? page : []
    const isFirst = skipped === 0
    skipped += page.length
    const next = Tasks.list(client, skipped)
    page = yield* isFirst ? Effect.catchTag(next, "RequestRejected", wholeWithoutOffset) : next
    // If two different offsets do not skip the first page, the list has no pages and was complete.
    unskipped = holds(page, first) ? unskipped + 1 : 0
  }
  if (!isComplete) return yield* incomplete
  // An import whose state changed meanwhile may have moved to pages that were already read.
  return before.length === 0 ? undefined : within(yield* Tasks.list(client), path)
})

// internal

const BAD_REQUEST = 400

const NOT_FOUND =
  "It is unknown whether the import exists, so it is not created again: ask Stream's support, then run again."

const incomplete = new SinkError.RequestFailed({
  operation: Tasks.LISTING,
  attempts: 1,
  problem: "the list lacks an import that was created earlier",
  hint: NOT_FOUND
})

/** A server that rejects an offset returns the whole list without one. */
const wholeWithoutOffset = (
  error: SinkError.RequestRejected
): Effect.Effect<List, SinkError.RequestRejected> =>
  error.status === BAD_REQUEST ? Effect.succeed([]) : Effect.fail(error)

const within = (page: List, path: string): Tasks.Task | undefined => page.find((task) => task.path === path)

const holds = (page: List, others: List): boolean => {
  const ids = new Set(page.map(({ id }) => id))
  return others.every(({ id }) => ids.has(id))
}

/** Whether a page repeats the end of the page before: new imports moved it, or an offset past the end gives the last page. */
const isTail = (page: List, before: List): boolean =>
  page.at(-1)?.id === before.at(-1)?.id && holds(before, page)
