// Looking up an import whose answer was lost. How the list of imports goes on is documented nowhere: Stream's OpenAPI
// has no parameters for it, its SDK and its CLI send an offset.
import { type ApiClient, Pages } from "@chatferry/connector"
import { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Tasks from "./tasks.ts"

type List = ReadonlyArray<Tasks.Task>

export interface Sought {
  /** Where Stream has the file. */
  readonly path: string
  readonly maxPages: number
  /** An import that is there for certain: a list without it does not say what there is. */
  readonly known: string | undefined
}

/**
 * The import of a file; `undefined` when there is certainly none. Ends with any
 * server, and fails where the list does not tell: nothing is then created twice.
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
    page = yield* isFirst ? Effect.catchTag(next, "RequestRefused", wholeWithoutOffset) : next
    // What two different offsets should have skipped and did not: the list is not cut into pages, and was whole.
    unskipped = holds(page, first) ? unskipped + 1 : 0
  }
  if (!isComplete) return yield* incomplete
  // One that Stream went on with meanwhile may have moved to where the list had been read.
  return before.length === 0 ? undefined : within(yield* Tasks.list(client), path)
})

// internal

const BAD_REQUEST = 400

const NOT_FOUND =
  "So nobody can look up whether the import exists, and it is not created twice: ask Stream's support, then run again."

const incomplete = new SinkError.RequestFailed({
  operation: Tasks.LISTING,
  attempts: 1,
  problem: "the list lacks an import that was created before",
  hint: NOT_FOUND
})

/** Whoever takes no offset gives the whole list. */
const wholeWithoutOffset = (
  refusal: SinkError.RequestRefused
): Effect.Effect<List, SinkError.RequestRefused> =>
  refusal.status === BAD_REQUEST ? Effect.succeed([]) : Effect.fail(refusal)

const within = (page: List, path: string): Tasks.Task | undefined => page.find((task) => task.path === path)

const holds = (page: List, others: List): boolean => {
  const ids = new Set(page.map(({ id }) => id))
  return others.every(({ id }) => ids.has(id))
}

/** The end of the page before once more: new imports have moved it there, or an offset behind the end stands for the last page. */
const isTail = (page: List, before: List): boolean =>
  page.at(-1)?.id === before.at(-1)?.id && holds(before, page)
