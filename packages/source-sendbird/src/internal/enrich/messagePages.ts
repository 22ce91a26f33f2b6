// Reads the messages of one channel, forward in time.
//
// Pages continue by time, and messages of one millisecond can be on two pages. The
// next page therefore begins with the last millisecond, and the messages of it that
// have been read are known by their ids.
import type { ApiClient } from "@chatferry/connector"
import { Consequence, type Ids, SourceError, Timestamp } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { declared } from "../consequences.ts"
import { message } from "../records/message.ts"
import { idOfMessage, isObject, time, UNREADABLE, type RawObject } from "../records/raw.ts"
import type { Progress, Subject } from "./memberPages.ts"
import * as Page from "./page.ts"
import type * as Position from "./position.ts"
import type { Reading } from "./step.ts"

export type MessagesTask = Extract<Position.Task, { readonly _tag: "messages" }>

export const start = (from: number): MessagesTask => ({ _tag: "messages", at: from, seen: [] })

/** Reads one page of messages. Only a page without new messages is the last one, because a short page may have been filtered. */
export const step = (
  reading: Reading,
  { channel, path, location }: Subject,
  task: MessagesTask
): Effect.Effect<Progress<MessagesTask>, ApiClient.RequestError | SourceError.CorruptInput> => {
  return Effect.gen(function* () {
    const query = { ...QUERY, message_ts: task.at }
    const call = callOf(path)
    const page = yield* reading.client.get(call, query)
    const from = `${location}/messages from ${Timestamp.fromMillis(task.at) ?? task.at}`
    const next = map(reading, page, from, channel, task)
    const isDone = next === undefined || next.at >= reading.to
    const isStuck =
      next === undefined ? yield* hasMore(reading, path, page, query) : next.seen.length > MOST_AT_ONCE
    if (isStuck) return yield* tooMany(from)
    if (isDone) {
      reading.watches.end(call.path)
      return { task: undefined, bytes: page.bytes }
    }
    // A page begins with the last messages of the previous page, and has new ones.
    const ids = page.values.map(
      (value, i) => (isObject(value) ? idOfMessage(value) : undefined) ?? `${task.at}:${i}`
    )
    const problem = reading.watches.of(call.path, call.operation, 0).watch.see({ ids })
    if (problem !== undefined) return yield* problem
    return { task: next, bytes: page.bytes }
  })
}

// internal

const callOf = (path: string) => ({
  operation: "listing the messages of a channel",
  path: `${path}/messages`,
  decode: Page.decode("messages", MOST)
})

const MOST = 200
/** Most messages of one millisecond. A response begins with the first of them, so there cannot be many more than fit into a response. */
const MOST_AT_ONCE = 10 * MOST

const QUERY = {
  prev_limit: 0,
  next_limit: MOST,
  include: true,
  reverse: false,
  including_removed: true,
  include_reply_type: "ALL",
  include_reactions: true,
  include_thread_info: true,
  include_parent_message_info: true,
  include_poll_details: true,
  with_sorted_meta_array: true
}

/** True if more messages follow a page without new ones, because it has only part of its millisecond. */
const hasMore = (
  { client }: Reading,
  path: string,
  { values }: Page.Page,
  query: ApiClient.Query
): Effect.Effect<boolean, ApiClient.RequestError> => {
  if (values.length <= 1 || values.length >= MOST) return Effect.succeed(values.length >= MOST)
  // A response may contain less than requested.
  const later = { ...query, include: false, next_limit: 1 }
  return Effect.map(client.get(callOf(path), later), (page) => page.values.length > 0)
}

/** Maps the new messages and returns where to continue; `undefined` if there are no new messages. */
const map = (
  { context, out, to }: Reading,
  page: Page.Page,
  location: string,
  { pinned, url }: Position.Channel,
  task: MessagesTask
): MessagesTask | undefined => {
  // All messages of the period were sent before this time, and exports do not give an observation time for messages.
  out.observedAt = Timestamp.fromMillis(to)
  let at = task.at
  let seen = new Set(task.seen)
  const size = seen.size
  const channel = url as Ids.ChannelId
  const own = { ...context, channel, pinned: pinned && new Set(pinned) }
  const origin = { answer: "messages", to, channel, ...(pinned !== undefined && { pinned }) } as const
  Page.eachValue(page, location, out, origin, (value) => {
    if (!isObject(value))
      return out.reject("message", declared.notAnObject.code, "a record must be an object", value)
    const sentAt = timeOf(value)
    if (sentAt !== undefined) {
      if (sentAt < task.at) return
      const id = idOfMessage(value) ?? ""
      if (sentAt === task.at && task.seen.includes(id)) return
      if (sentAt > at) {
        at = sentAt
        seen = new Set()
      }
      if (sentAt === at) seen.add(id)
      if (sentAt >= to) return
    }
    message.map(value, own)
    out.note(Consequence.codeOf(declared.enriched, "messages"))
  })
  return at > task.at || seen.size > size ? { _tag: "messages", at, seen: Array.from(seen) } : undefined
}

const timeOf = (raw: RawObject): number | undefined => {
  const sentAt = time(raw.created_at ?? raw.ts)
  return sentAt === undefined || sentAt === UNREADABLE ? undefined : Timestamp.toMillis(sentAt)
}

const tooMany = (location: string) =>
  new SourceError.CorruptInput({
    location,
    problem: "one millisecond has as many messages as the API returns at a time, or more",
    hint: "Set enrich.messages to false: the export has all messages, without reactions and threads."
  })
