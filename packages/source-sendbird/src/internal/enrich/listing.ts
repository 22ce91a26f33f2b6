// Listings that continue from page to page by a token.
import type { ApiClient } from "@chatferry/connector"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { EXPIRED_PAGE_TOKEN } from "../api/errorResponses.ts"
import { isObject, text } from "../records/raw.ts"
import * as Page from "./page.ts"
import type { Watches } from "./watches.ts"

export const Listing = Schema.Struct({
  /** Token of the next page: `""` for the first page, `null` after the last page. */
  token: Schema.NullOr(Schema.String),
  /** Number of pages read. */
  page: Schema.Int,
  /** The most pages read before a token expired; 0 if no token has expired. */
  expiredAt: Schema.Int,
  /** Number of consecutive restarts without getting further than `expiredAt`. */
  restarts: Schema.Int
})

export type Listing = typeof Listing.Type

export const start: Listing = { token: "", page: 0, expiredAt: 0, restarts: 0 }

export interface Call {
  /** Name of the listing in errors. */
  readonly operation: string
  readonly path: string
  /** Query without the token and the limit. */
  readonly query: ApiClient.Query
  /** The field of the response that holds the list. */
  readonly list: string
  /** The field that identifies a record of the list. */
  readonly id: "user_id" | "channel_url"
}

/** What a listing needs to be read. */
interface Reading {
  readonly client: ApiClient.Client
  readonly watches: Watches
}

/** A page, or `undefined` if the listing starts again. */
export interface Turn {
  readonly page: Page.Page | undefined
  readonly listing: Listing
}

/** Requests the next page. An expired token starts the listing again. */
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
    Effect.catchTag("RequestRejected", (error) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const again = error.code === EXPIRED_PAGE_TOKEN ? restart(listing) : undefined
        return again !== undefined && watches.mayStartAgain(path, operation, watched, now)
          ? Effect.succeed(again)
          : Effect.fail(error)
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

// A run that is interrupted repeatedly finds an expired token each time, so one restart is not enough.
const MOST_RESTARTS = 10

const restart = ({ expiredAt, page, restarts }: Listing): Listing | undefined => {
  if (page > expiredAt) return { ...start, expiredAt: page, restarts: 1 }
  return page > 0 && restarts < MOST_RESTARTS ? { ...start, expiredAt, restarts: restarts + 1 } : undefined
}

/** A record without an id counts as new. */
const idOf = (value: unknown, id: Call["id"]) => (isObject(value) ? text(value[id]) : undefined)
