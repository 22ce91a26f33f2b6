import { Consequence, Timestamp } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { declared } from "../consequences.ts"
import type { Context } from "../records/context.ts"
import { isObject, time, UNREADABLE, type RawObject } from "../records/raw.ts"
import { user } from "../records/user.ts"
import * as Listing from "./listing.ts"
import type { ObservedOut } from "./observedOut.ts"
import { eachValue } from "./page.ts"
import type * as Position from "./position.ts"
import type { Reading, Stepping } from "./step.ts"

export const start: Position.Users = { listing: Listing.start }

export const isDone = ({ listing }: Position.Users): boolean => listing.token === null

/** Reads one page of users. */
export const step = (reading: Reading, { listing: before }: Position.Users): Stepping<Position.Users> =>
  Effect.map(Listing.turn(reading, CALL, before), ({ listing, page }) => {
    const { context, out } = reading
    if (page === undefined) {
      out.note(declared.restarted.code)
      return { state: { listing }, bytes: 0, location: "users" }
    }
    const location = `users page ${listing.page}`
    eachValue(page, location, out, { answer: "users", to: reading.to }, (value) => {
      listed(value, reading.to, out, context)
      if (isObject(value)) out.note(Consequence.codeOf(declared.enriched, "users"))
    })
    return { state: { listing }, bytes: page.bytes, location }
  })

/** Maps a user of a page. */
export const listed = (value: unknown, to: number, out: ObservedOut, context: Context): void => {
  if (!isObject(value))
    return out.reject("user", declared.notAnObject.code, "a record must be an object", value)
  out.observedAt = observationOf(value, to)
  user.map(value, context)
}

// internal

/** A user who is online has no time of last being seen. */
const observationOf = (raw: RawObject, to: number): Timestamp.Timestamp | undefined => {
  const seenAt = time(raw.last_seen_at)
  const isSeen = seenAt !== undefined && seenAt !== UNREADABLE
  return Timestamp.fromMillis(Math.max(to, isSeen ? Timestamp.toMillis(seenAt) + 1 : 0))
}

const CALL: Listing.Call = {
  operation: "listing users",
  path: "/users",
  query: { active_mode: "all" },
  list: "users",
  id: "user_id"
}
