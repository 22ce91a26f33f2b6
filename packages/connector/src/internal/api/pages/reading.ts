// The state of reading a listing, and the watch that ends endless ones.
import type { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Pages from "../../../api/Pages.ts"
import type { Base } from "../../reading/model.ts"
import type { At } from "./at.ts"
import type { Page } from "./model.ts"

export interface Reading<Client, C extends Base> {
  readonly client: Client
  /** The name of the listing. */
  readonly id: string
  readonly context: () => C
  readonly maxPages: number
}

/** Watches the pages of one listing in order. */
export const seeing = (
  { maxPages }: Pick<Reading<never, never>, "maxPages">,
  operation: string,
  { pages: before }: At
) => {
  const watch = Pages.watch({ operation, maxPages, before, hint: "Report this to the service." })
  return (asked: Effect.Effect<Page, SourceError.Failure>): Effect.Effect<Page, SourceError.Failure> =>
    Effect.flatMap(asked, (page) => {
      const { next, records } = page
      const problem = next === undefined ? undefined : watch.see({ next, ids: records.map(idOf) })
      return problem === undefined ? Effect.succeed(page) : Effect.fail(problem)
    })
}

// internal

const idOf = (record: unknown) => JSON.stringify(record) ?? ""
