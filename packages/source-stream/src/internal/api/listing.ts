// Pages of all channels and all users. Each page is requested after the last item of the previous one.
import type { ApiClient } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isObject } from "../records/raw.ts"
import { isCid } from "../settings/config.ts"
import type { Kind } from "./batch.ts"
import { parsed } from "./json.ts"

/** Where the listing continues. */
export const Cursor = Schema.Struct({
  /** Creation time of the last channel, or id of the last user; `null` at the start. */
  after: Schema.NullOr(Schema.String),
  /** Number of channels with that creation time that have already come. Many channels can share one. */
  skip: Schema.Int
})
export type Cursor = typeof Cursor.Type

export const start: Cursor = { after: null, skip: 0 }

export interface Page {
  readonly ids: ReadonlyArray<string>
  /** `null` after the last page. */
  readonly next: Cursor | null
}

type Failure = ApiClient.RequestError

export const page = (client: ApiClient.Client, kind: Kind, cursor: Cursor): Effect.Effect<Page, Failure> =>
  kind === "channels" ? channels(client, cursor) : users(client, cursor)

/** Advice for a list that cannot be relied on. */
export const GIVE_IDS = "Give the ids to export in channels and users, and report this to Stream."

/** An item comes again that should not, so another one may be missing. */
export const inCircles = (operation: string) =>
  new SourceError.RequestFailed({
    operation,
    attempts: 1,
    problem: "Stream's list does not continue from the requested position",
    hint: GIVE_IDS
  })

// internal

/** The documented limit for channels. */
const MOST_CHANNELS = 30
const MOST_SKIPPED = 1000
/** The limit for users in Stream's OpenAPI description. */
const MOST_USERS = 100

/**
 * Filters can compare the creation times of channels, but not their ids. Channels
 * created later come last, so that none is missed. Channels with the same time come
 * again and are already known.
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

/** Responses may exceed the limit a little. */
const SLACK = 10
/** Ids of Stream have at most 255 characters, and a cid has a type before the id. All ids are in memory. */
const MOST_ID = 600

const isId = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= MOST_ID

const decodeChannels = (body: Uint8Array) =>
  listOf(body, "channels", MOST_CHANNELS, (one) => {
    const channel = isObject(one) ? one["channel"] : undefined
    if (!isObject(channel)) return undefined
    const { cid, created_at: createdAt } = channel
    return isId(cid) && isCid(cid) && typeof createdAt === "string" && TIME.test(createdAt)
      ? { cid, createdAt }
      : undefined
  })

const decodeUsers = (body: Uint8Array) =>
  listOf(body, "users", MOST_USERS, (one) => {
    const id = isObject(one) ? one["id"] : undefined
    return isId(id) ? id : undefined
  })

const listOf = <A>(
  body: Uint8Array,
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

/** Fractions of seconds come without trailing zeros. */
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
    problem: `more than ${MOST_SKIPPED} channels were created at the same time, and Stream does not list more of them`,
    hint: "Give the channels to export in channels."
  })
