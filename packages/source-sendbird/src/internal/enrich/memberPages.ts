// Reads members and operators of one channel.
import type { ApiClient } from "@chatferry/connector"
import { Consequence, type Entity, type Ids, type Timestamp } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { declared } from "../consequences.ts"
import { members } from "../records/members.ts"
import { isObject } from "../records/raw.ts"
import * as Listing from "./listing.ts"
import type * as Position from "./position.ts"
import type { Reading } from "./step.ts"

export type MembersTask = Extract<Position.Task, { readonly _tag: "members" }>
export type OperatorsTask = Extract<Position.Task, { readonly _tag: "operators" }>

/** The channel of a task. */
export interface Subject {
  readonly form: "group" | "open"
  readonly channel: Position.Channel
  /** With a leading slash. */
  readonly path: string
  readonly location: string
}

export interface Progress<Task> {
  /** `undefined` if the task is done. */
  readonly task: Task | undefined
  readonly bytes: number
}

export const startMembers: MembersTask = { _tag: "members", listing: Listing.start, hasRoles: true }
export const startOperators: OperatorsTask = { _tag: "operators", listing: Listing.start }

/** Reads one page of members. */
export const stepMembers = (
  reading: Reading,
  subject: Subject,
  task: MembersTask
): Effect.Effect<Progress<MembersTask | OperatorsTask>, ApiClient.RequestError> =>
  Effect.map(turn(reading, subject, MEMBERS, task.listing), ({ bytes, listing, values }) => {
    const hasRoles =
      task.hasRoles && values.every((value) => isObject(value) && typeof value["role"] === "string")
    if (listing.token !== null) return { task: { ...task, listing, hasRoles }, bytes }
    return { task: hasRoles ? undefined : startOperators, bytes }
  })

/** Reads one page of operators. */
export const stepOperators = (
  reading: Reading,
  subject: Subject,
  task: OperatorsTask
): Effect.Effect<Progress<OperatorsTask>, ApiClient.RequestError> =>
  Effect.map(turn(reading, subject, OPERATORS, task.listing), ({ bytes, listing }) => ({
    task: listing.token === null ? undefined : { ...task, listing },
    bytes
  }))

// internal

type Call = Omit<Listing.Call, "path"> & { readonly note: string }

const MEMBERS: Call = {
  operation: "listing the members of a channel",
  // Applications without delivery receipts reject a request for them.
  query: { show_read_receipt: true, show_member_is_muted: true },
  list: "members",
  id: "user_id",
  note: Consequence.codeOf(declared.enriched, "members")
}

const OPERATORS: Call = {
  operation: "listing the operators of a channel",
  query: {},
  list: "operators",
  id: "user_id",
  note: Consequence.codeOf(declared.enriched, "operators")
}

const turn = (
  reading: Reading,
  { channel, form, path, location }: Subject,
  call: Call,
  before: Listing.Listing
) =>
  Effect.map(
    Listing.turn(reading, { ...call, path: `${path}/${call.list}` }, before),
    ({ listing, page }) => {
      const { context, out } = reading
      if (page === undefined) {
        out.note(declared.restarted.code)
        return { listing, values: [], bytes: 0 }
      }
      const of: { -readonly [P in keyof Entity.Entity<"channel">]: Entity.Entity<"channel">[P] } = {
        _tag: "channel",
        id: channel.url as Ids.ChannelId,
        form
      }
      if (channel.createdAt !== null) of.createdAt = channel.createdAt as Timestamp.Timestamp
      out.observedAt = channel.observedAt as Timestamp.Timestamp
      const at = `${location}/${call.list} page ${listing.page}`
      out.origin = { location: (within) => `${at}:${within.slice(1)}`, text: () => undefined }
      members({ [call.list]: page.values }, of, context)
      out.counter(call.note).count += page.values.length
      return { listing, values: page.values, bytes: page.bytes }
    }
  )
