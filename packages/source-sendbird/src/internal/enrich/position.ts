// Positions of reading from the API, as JSON.
import * as Schema from "effect/Schema"
import { Listing } from "./listing.ts"
import { Walk } from "./walk.ts"

export const Users = Schema.Struct({ listing: Listing })

/** A channel of the current page. */
export const Channel = Schema.Struct({
  url: Schema.NonEmptyString,
  createdAt: Schema.NullOr(Schema.String),
  observedAt: Schema.String,
  /** Ids of its pinned messages. */
  pinned: Schema.optionalKey(Schema.Array(Schema.String))
})

/** What is currently read of the first channel of the page. */
export const Task = Schema.Union([
  Schema.TaggedStruct("members", {
    listing: Listing,
    /** All members so far have a role, so operators need not be listed separately. */
    hasRoles: Schema.Boolean
  }),
  Schema.TaggedStruct("operators", { listing: Listing }),
  Schema.TaggedStruct("messages", {
    /** Messages are read up to this millisecond, which may have more of them. */
    at: Schema.Int,
    /** Ids of the messages of this millisecond that have been read. */
    seen: Schema.Array(Schema.String)
  })
])

export const Channels = Schema.Struct({
  listing: Listing,
  walk: Schema.NullOr(Walk),
  /** Remaining channels of the page. */
  channels: Schema.Array(Channel),
  /** `null` if no channel remains. */
  task: Schema.NullOr(Task)
})

export type Users = typeof Users.Type
export type Channel = typeof Channel.Type
export type Task = typeof Task.Type
export type Channels = typeof Channels.Type
