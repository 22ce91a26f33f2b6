// A Sendbird application in memory that serves the calls of the enrichment.
import { Entity, Source, type SourceError } from "@chatferry/core"
import { Effect, Option, Redacted, Stream } from "effect"
import { HttpClient } from "effect/http"
import * as FakeService from "../../../test/fakeService.ts"
import * as Client from "../src/internal/api/client.ts"
import * as Enrich from "../src/internal/enrich/enrich.ts"
import { joined, type Read } from "./reading.ts"

type RawObject = Readonly<Record<string, unknown>>

export interface App {
  readonly users?: ReadonlyArray<unknown>
  readonly group?: ReadonlyArray<RawObject>
  readonly open?: ReadonlyArray<RawObject>
  /** By channel URL. */
  readonly members?: Readonly<Record<string, ReadonlyArray<unknown>>>
  readonly operators?: Readonly<Record<string, ReadonlyArray<unknown>>>
  readonly messages?: Readonly<Record<string, ReadonlyArray<RawObject>>>
}

export interface Asked {
  /** Path with escapes and without `/v3`. */
  readonly path: string
  readonly query: URLSearchParams
}

export interface FakeOptions {
  /** Most elements of a page, whatever the requested limit. */
  readonly pageSize?: number
  /** The same for messages; twice as many. */
  readonly messagesSize?: number
  /** Response instead of the application's; `undefined` lets it respond. */
  readonly instead?: (asked: Asked, number: number) => Response | undefined
}

export const errorResponse = (code: number, status = 400, headers: Record<string, string> = {}) =>
  FakeService.json({ error: true, message: "rejected", code }, status, headers)

/** Numbers that JavaScript cannot represent are given as `#123#`. */
const written = (value: unknown): string => JSON.stringify(value).replaceAll(/"#(\d+)#"/gu, "$1")

export const makeFake = (app: App, options: FakeOptions = {}) => {
  const { instead, pageSize = 1000, messagesSize = 2 * pageSize } = options
  const asked: Array<Asked> = []
  const { http } = FakeService.make(({ path, query }) => {
    const call = { path: path.replace(/^\/v3/u, ""), query }
    asked.push(call)
    return instead?.(call, asked.length - 1) ?? answer(app, call, pageSize, messagesSize)
  })
  return { asked, http }
}

export const everything: Enrich.Enrichment = { users: true, channels: true, members: true, messages: true }

export const settings: Enrich.Settings = {
  enrichment: everything,
  from: 0,
  to: 2_000_000_000_000,
  limits: {
    batchRecords: 1024,
    maxElementBytes: 64 << 20,
    maxEntries: 1000,
    maxDirectoryBytes: 1 << 20,
    maxEntryBytes: 1 << 20,
    maxRatio: 400,
    maxNestedBytes: 1 << 20,
    keepPersonalFields: false,
    stripSignedUrls: false
  }
}

export const API_TOKEN = "api-token-canary"

interface Fake {
  readonly http: HttpClient.HttpClient
}

const streamOf = (
  { http }: Fake,
  unit: string,
  given: Partial<Enrich.Settings>,
  position: Option.Option<Source.Position>
): Stream.Stream<Source.Batch, SourceError.SourceErrorReason> =>
  Client.make({
    applicationId: "app",
    baseUrl: "https://api.example.com/v3",
    apiToken: Redacted.make(API_TOKEN),
    attempts: 3,
    retryMillis: [250, 5000],
    requestTimeoutMillis: 1000
  }).pipe(
    Effect.map((client) => Enrich.read(client, unit, position, { ...settings, ...given })),
    Effect.provideService(HttpClient.HttpClient, http),
    Stream.unwrap
  )

/** The batches of one unit. */
export const batchesOf = (
  fake: Fake,
  unit: string,
  given: Partial<Enrich.Settings> = {},
  position: Option.Option<Source.Position> = Option.none()
): Effect.Effect<ReadonlyArray<Source.Batch>, SourceError.SourceErrorReason> =>
  Stream.runCollect(streamOf(fake, unit, given, position))

/** All units as a source. */
export const sourceOf = (fake: Fake, given: Partial<Enrich.Settings> = {}): Source.Source =>
  Source.make({
    name: "enrichment",
    kinds: new Set(Entity.kinds),
    open: Effect.succeed({
      fingerprint: {},
      partitions: Effect.succeed(Enrich.partitions(everything, { ...settings, ...given })),
      read: ({ id }, position) => streamOf(fake, id, given, position)
    })
  })

export const readUnit = (
  fake: Fake,
  unit: string,
  given: Partial<Enrich.Settings> = {}
): Effect.Effect<Read, SourceError.SourceErrorReason> => Effect.map(batchesOf(fake, unit, given), joined)

export const ofKind = <K extends Entity.Kind>(records: ReadonlyArray<Entity.Entity>, kind: K) =>
  records.filter((record): record is Entity.Entity<K> => record._tag === kind)

// internal

const answer = (app: App, { path, query }: Asked, pageSize: number, messagesSize: number): Response => {
  const [, first = "", escaped, third] = path.split("/")
  const url = decodeURIComponent(escaped ?? "")
  const channels = first === "group_channels" ? app.group : app.open
  if (first === "users") return page("users", app.users ?? [], query, pageSize)
  if (escaped === undefined) return page("channels", channels ?? [], query, pageSize)
  if (!(channels ?? []).some((channel) => channel["channel_url"] === url)) return errorResponse(400_201)
  if (third === "members") return page("members", app.members?.[url] ?? [], query, pageSize)
  if (third === "operators") return page("operators", app.operators?.[url] ?? [], query, pageSize)
  const from = Number(query.get("message_ts"))
  const most = Math.min(messagesSize, Number(query.get("next_limit")))
  const since = query.get("include") === "false" ? from + 1 : from
  const later = (app.messages?.[url] ?? []).filter((message) => Number(message["created_at"]) >= since)
  return json({ messages: later.slice(0, most) })
}

const page = (list: string, all: ReadonlyArray<unknown>, query: URLSearchParams, pageSize: number) => {
  const from = Number(query.get("token") ?? 0)
  const to = from + Math.min(pageSize, Number(query.get("limit")))
  return json({ [list]: all.slice(from, to), next: to < all.length ? String(to) : "" })
}

const json = (value: unknown) =>
  new Response(written(value), { status: 200, headers: { "content-type": "application/json" } })
