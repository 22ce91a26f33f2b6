// Listings that go on by a token from page to page.
import type { ApiClient } from "@chatferry/connector"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { EXPIRED_PAGE_TOKEN } from "../api/errorResponses.ts"
import { isObject, text } from "../records/raw.ts"
import * as Page from "./page.ts"
import type { Watches } from "./watches.ts"

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
  /** The member of its records that tells them apart. */
  readonly id: "user_id" | "channel_url"
}

/** What a listing is read with. */
interface Reading {
  readonly client: ApiClient.Client
  readonly watches: Watches
}

/** A page, or none because the listing starts again. */
export interface Turn {
  readonly page: Page.Page | undefined
  readonly listing: Listing
}

/** Asks for the next page. A token that has expired starts the listing again. */
export const turn = Effect.fnUntraced(function* (
  { client, watches }: Reading,
  { id, list, operation, path, query }: Call,
  listing: Listing
): Effect.fn.Return<Turn, ApiClient.RequestError> {
  const { token } = listing
  const asked: ApiClient.Query = {
    ...query,
    limit: MOST,
    ...(token === null || token === "" ? undefined : { token })
  }
  const watched = watches.of(path, operation, listing.page)
  const call = { operation, path, decode: Page.decode(list, MOST) }
  const page = yield* client.get(call, asked).pipe(
    Effect.catchTag("RequestRefused", (refused) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const again = refused.code === EXPIRED_PAGE_TOKEN ? restart(listing) : undefined
        return again !== undefined && watches.mayStartAgain(path, operation, watched, now)
          ? Effect.succeed(again)
          : Effect.fail(refused)
      })
    )
  )
  if ("restarts" in page) return { page: undefined, listing: page }
  const next = page.next === "" ? null : page.next
  if (next === null) watches.end(path)
  else {
    const ids = page.values.map((value, i) => idOf(value, id) ?? `${listing.page}:${i}`)
    const problem = watched.watch.see({ next, ids })
    if (problem !== undefined) return yield* problem
    watches.readOn(path, watched, yield* Clock.currentTimeMillis)
  }
  return { page, listing: { ...listing, token: next, page: listing.page + 1 } }
})

// internal

const MOST = 100

// A run that is broken off again and again meets an expired token each time, so once is not too often.
const MOST_RESTARTS = 10

const restart = ({ expiredAt, page, restarts }: Listing): Listing | undefined => {
  if (page > expiredAt) return { ...start, expiredAt: page, restarts: 1 }
  return page > 0 && restarts < MOST_RESTARTS ? { ...start, expiredAt, restarts: restarts + 1 } : undefined
}

/** What cannot be told from other things counts as one that is new. */
const idOf = (value: unknown, id: Call["id"]) => (isObject(value) ? text(value[id]) : undefined)
