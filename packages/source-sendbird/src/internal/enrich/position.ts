// Where reading the API is up to, as JSON.
import * as Schema from "effect/Schema"
import { Listing } from "./listing.ts"
import { Walk } from "./walk.ts"

export const Users = Schema.Struct({ listing: Listing })

/** A channel of the page that is being gone through. */
export const Channel = Schema.Struct({
  url: Schema.NonEmptyString,
  createdAt: Schema.NullOr(Schema.String),
  observedAt: Schema.String,
  /** Ids of its pinned messages. */
  pinned: Schema.optionalKey(Schema.Array(Schema.String))
})

/** What is being read of the first channel of the page. */
export const Task = Schema.Union([
  Schema.TaggedStruct("members", {
    listing: Listing,
    /** All members so far say what they may do, so operators need not be listed as well. */
    hasRoles: Schema.Boolean
  }),
  Schema.TaggedStruct("operators", { listing: Listing }),
  Schema.TaggedStruct("messages", {
    /** Messages are read up to this millisecond, of which there may be more. */
    at: Schema.Int,
    /** Ids of those of that very millisecond that have been read. */
    seen: Schema.Array(Schema.String)
  })
])

export const Channels = Schema.Struct({
  listing: Listing,
  walk: Schema.NullOr(Walk),
  /** Channels that are left of the page. */
  channels: Schema.Array(Channel),
  /** `null` when none is left. */
  task: Schema.NullOr(Task)
})

export type Users = typeof Users.Type
export type Channel = typeof Channel.Type
export type Task = typeof Task.Type
export type Channels = typeof Channels.Type
