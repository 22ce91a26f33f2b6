// Listings that go on by a token from page to page.
import { type ApiClient, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { EXPIRED_PAGE_TOKEN } from "../api/refusals.ts"
import * as Page from "./page.ts"

export const Listing = Schema.Struct({
  /** What the next page is asked with: `""` for the first one, `null` when there is none. */
  token: Schema.NullOr(Schema.String),
  /** Pages read. */
  page: Schema.Int,
  /** The furthest it had got when a token was found expired, in pages; 0 for never. */
  expiredAt: Schema.Int,
  /** How often in a row it has not got further than that. */
  restarts: Schema.Int
})

export type Listing = typeof Listing.Type

export const start: Listing = { token: "", page: 0, expiredAt: 0, restarts: 0 }

export interface Call {
  /** What errors call it. */
  readonly operation: string
  /** Without the token and the limit. */
  readonly path: string
  readonly query: ApiClient.Query
  /** The member of the answer that is the list. */
  readonly list: string
}

/** A page, or none because the listing starts anew. */
export interface Turn {
  readonly page: Page.Page | undefined
  readonly listing: Listing
}

/** Asks for the next page. A token that has expired starts the listing anew. */
export const turn = (
  client: ApiClient.Client,
  { list, operation, path, query }: Call,
  listing: Listing
): Effect.Effect<Turn, ApiClient.RequestError> => {
  const { token } = listing
  const asked: ApiClient.Query = {
    ...query,
    limit: MOST,
    ...(token === null || token === "" ? undefined : { token })
  }
  return client.get({ operation, path, decode: Page.decode(list) }, asked).pipe(
    Effect.flatMap((page): Effect.Effect<Turn, ApiClient.RequestError> => {
      if (page.next !== "" && page.next === token) return Effect.fail(inCircles(operation))
      const next = page.next === "" ? null : page.next
      return Effect.succeed({ page, listing: { ...listing, token: next, page: listing.page + 1 } })
    }),
    Effect.catchTag("RequestRefused", (refused) => {
      const anew = refused.code === EXPIRED_PAGE_TOKEN ? restart(listing) : undefined
      return anew === undefined ? Effect.fail(refused) : Effect.succeed({ page: undefined, listing: anew })
    })
  )
}

// internal

const MOST = 100

// A run that is broken off again and again meets an expired token each time, so once is not too often.
const MOST_RESTARTS = 10

const restart = ({ expiredAt, page, restarts }: Listing): Listing | undefined => {
  if (page > expiredAt) return { ...start, expiredAt: page, restarts: 1 }
  return page > 0 && restarts < MOST_RESTARTS ? { ...start, expiredAt, restarts: restarts + 1 } : undefined
}

const inCircles = (operation: string) =>
  new SourceError.RequestFailed({
    operation,
    attempts: 1,
    problem: "a page of the list names itself as the next one",
    hint: "Report this to Sendbird, or switch this part of the enrichment off."
  })
