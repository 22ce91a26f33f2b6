// Pages of all channels and of all users, each asked for after the last thing of the page before.
import type { ApiClient } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isObject } from "../records/raw.ts"
import { isCid } from "../settings/config.ts"
import type { Kind } from "./batch.ts"
import { parsed } from "./json.ts"

/** Where the listing goes on. */
export const Cursor = Schema.Struct({
  /** Of channels the creation time, of users the id, of what came last; `null` at the start. */
  after: Schema.NullOr(Schema.String),
  /** Channels of that time that have come already: many can have the same one. */
  skip: Schema.Int
})
export type Cursor = typeof Cursor.Type

export const start: Cursor = { after: null, skip: 0 }

export interface Page {
  readonly ids: ReadonlyArray<string>
  /** `null` at the end. */
  readonly next: Cursor | null
}

type Failure = ApiClient.RequestError

export const page = (client: ApiClient.Client, kind: Kind, cursor: Cursor): Effect.Effect<Page, Failure> =>
  kind === "channels" ? channels(client, cursor) : users(client, cursor)

/** What to do when the list cannot be relied on. */
export const GIVE_IDS = "Give the ids to export in channels and users, and report this to Stream."

/** Something comes again that should not, so something else may be missing. */
export const inCircles = (operation: string) =>
  new SourceError.RequestFailed({
    operation,
    attempts: 1,
    problem: "Stream's list does not go on where it was asked to",
    hint: GIVE_IDS
  })

// internal

/** Documented for channels. */
const MOST_CHANNELS = 30
const MOST_SKIPPED = 1000
/** In Stream's OpenAPI description of users. */
const MOST_USERS = 100

/**
 * Ids of channels cannot be compared in a filter, creation times can. What is
 * created later comes last, so that nothing is missed; what has the same time
 * comes again and is known by then.
 */
const channels = Effect.fnUntraced(function* (
  client: ApiClient.Client,
  { after, skip }: Cursor
): Effect.fn.Return<Page, Failure> {
  const operation = "listing channels"
  if (skip > MOST_SKIPPED) return yield* tooManyAtOnce(operation)
  const call = { operation, endpoint: "list channels", path: "/channels", decode: decodeChannels }
  const found = yield* client.post(call, {
    filter_conditions: after === null ? {} : { created_at: { $gte: after } },
    sort: [{ field: "created_at", direction: 1 }],
    limit: MOST_CHANNELS,
    offset: skip,
    state: false,
    watch: false,
    presence: false
  })
  const last = found.at(-1)
  if (last === undefined) return { ids: [], next: null }
  if (after !== null && compare(last.createdAt, after) < 0) return yield* inCircles(operation)
  const isSameTime = last.createdAt === after
  return {
    ids: found.map(({ cid }) => cid),
    next: { after: last.createdAt, skip: isSameTime ? skip + found.length : 0 }
  }
})

const users = Effect.fnUntraced(function* (
  client: ApiClient.Client,
  { after }: Cursor
): Effect.fn.Return<Page, Failure> {
  const operation = "listing users"
  const call = { operation, endpoint: "list users", path: "/users", decode: decodeUsers }
  const payload = {
    filter_conditions: after === null ? {} : { id: { $gt: after } },
    sort: [{ field: "id", direction: 1 }],
    limit: MOST_USERS,
    presence: false,
    include_deactivated_users: true
  }
  const ids = yield* client.get(call, { payload: JSON.stringify(payload) })
  const last = ids.at(-1)
  if (last === undefined) return { ids, next: null }
  if (after !== null && ids.includes(after)) return yield* inCircles(operation)
  return { ids, next: { after: last, skip: 0 } }
})

/** A limit is not always kept to the letter. */
const SLACK = 10
/** Stream's are 255 characters long at most, and a cid has a type before one. All of them are in memory. */
const MOST_ID = 600

const isId = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= MOST_ID

const decodeChannels = (body: Buffer) =>
  listOf(body, "channels", MOST_CHANNELS, (one) => {
    const channel = isObject(one) ? one["channel"] : undefined
    if (!isObject(channel)) return undefined
    const { cid, created_at: createdAt } = channel
    return isId(cid) && isCid(cid) && typeof createdAt === "string" && TIME.test(createdAt)
      ? { cid, createdAt }
      : undefined
  })

const decodeUsers = (body: Buffer) =>
  listOf(body, "users", MOST_USERS, (one) => {
    const id = isObject(one) ? one["id"] : undefined
    return isId(id) ? id : undefined
  })

const listOf = <A>(
  body: Buffer,
  name: string,
  limit: number,
  each: (one: unknown) => A | undefined
): ReadonlyArray<A> | undefined => {
  const answer = parsed(body)
  const list: unknown = isObject(answer) ? answer[name] : undefined
  if (!Array.isArray(list) || list.length > limit * SLACK) return undefined
  const found: Array<A> = []
  for (const one of list) {
    const item = each(one)
    if (item === undefined) return undefined
    found.push(item)
  }
  return found
}

const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/u

/** Fractions of seconds come without zeros at their end. */
const compare = (a: string, b: string): number => {
  const [first, second] = [sortable(a), sortable(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

const sortable = (time: string): string => {
  const [, seconds = "", fraction = ""] = TIME.exec(time) ?? []
  return seconds + fraction.padEnd(9, "0")
}

const tooManyAtOnce = (operation: string) =>
  new SourceError.RequestFailed({
    operation,
    attempts: 1,
    problem: `more than ${MOST_SKIPPED} channels were created at the same instant, and Stream lists no more of them`,
    hint: "Give the channels to export in channels."
  })
