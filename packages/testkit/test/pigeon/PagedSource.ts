// A source over a service with pages of notes. It keeps the contract unless it has a fault.
import { type Entity, Source, SourceError } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { Effect, Option, Schema, Stream } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

/** Each is a realistic mistake of an author. */
export const FAULTS = {
  tokenInFingerprint: "has the token in its fingerprint",
  endsQuietly: "ends silently at a failing request",
  roundedIds: "rounds ids above 2^53",
  repeatsPage: "has the current page in its positions",
  endlessRetry: "retries at once and endlessly",
  emptyFingerprint: "has no fingerprints of its partitions",
  stopsEarly: "stops at the first page that is not full",
  rawErrors: "lets an error of the client through"
} as const
export type Fault = keyof typeof FAULTS

export const TOKEN = "CANARY-TOKEN"
export const NOTES = 43
export const BIG = "9007199254740993"
const NAME = "paged"
const PAGE = 10
const RETRIES = 2
const Position = Schema.Struct({ next: Schema.NullOr(Schema.Int) })
const decodePosition = Schema.decodeUnknownOption(Position)

/** The service. Its pages have ten notes, except for one with nine. */
export const service: HttpClient.HttpClient = HttpClient.make((request, url) => {
  const page = Number(url.searchParams.get("page"))
  const ids = Array.from({ length: NOTES }, (_, i) => (i === 0 ? BIG : String(1000 + i)))
  const own = ids.filter((_, i) => (i < PAGE - 1 ? 0 : Math.floor((i + 1) / PAGE)) === page)
  const isLast = page >= Math.floor(NOTES / PAGE)
  const body = `{"next":${isLast ? "null" : page + 1},"notes":[${own.map((id) => `{"id":${id}}`).join(",")}]}`
  return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(body)))
})

interface Page {
  readonly next: number | null
  readonly notes: ReadonlyArray<{ readonly id: string | number }>
}

export const make = (token: string, fault?: Fault): Source.Source<HttpClient.HttpClient> => {
  const has = (one: Fault) => one === fault
  const fail = (reason: SourceError.SourceErrorReason) =>
    Effect.fail(new SourceError.SourceError({ source: NAME, reason }))
  const page = (no: number) =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const ask = Effect.flatMap(client.get(`http://localhost/notes?page=${no}`), ({ text }) => text)
      const retry = has("endlessRetry")
        ? Effect.retry({ while: () => true })
        : Effect.retry({ times: RETRIES })
      const asked = yield* Effect.option(retry(ask))
      if (Option.isNone(asked)) {
        if (has("endsQuietly")) return { next: null, notes: [] }
        if (has("rawErrors")) return yield* Effect.fail(new Error("ECONNRESET") as never)
        return yield* fail(
          new SourceError.RequestFailed({
            operation: "listing notes",
            attempts: RETRIES + 1,
            problem: "the connection ended",
            hint: "Try again later."
          })
        )
      }
      return (has("roundedIds") ? JSON.parse(asked.value) : JsonElements.parse(asked.value)) as Page
    })
  return Source.make({
    name: NAME,
    kinds: new Set<Entity.Kind>(["message"]),
    open: Effect.map(Effect.context<HttpClient.HttpClient>(), (services): Source.PartitionReader => ({
      fingerprint: { page: PAGE, ...(has("tokenInFingerprint") && { token }) },
      partitions: Effect.succeed([{ id: "notes", fingerprint: has("emptyFingerprint") ? "" : "notes" }]),
      read: (partition, position) =>
        Source.batches(
          Effect.gen(function* () {
            const found = Option.flatMap(position, decodePosition)
            if (Option.isSome(position) && Option.isNone(found))
              return yield* fail(SourceError.foreignPosition(partition.id))
            let next: number | null = Option.isSome(found) ? found.value.next : 0
            return Effect.gen(function* () {
              if (next === null) return undefined
              const no = next
              const got = yield* page(no)
              next = has("stopsEarly") && got.notes.length < PAGE ? null : got.next
              const records = got.notes.map(({ id }) => ({
                _tag: "message",
                id: String(id),
                channelId: "lobby",
                type: "regular",
                createdAt: "2024-05-01T00:00:00Z"
              })) as ReadonlyArray<unknown> as ReadonlyArray<Entity.Entity>
              const position = { next: has("repeatsPage") ? no : next }
              return { records, rejected: [], position, bytes: 0, location: `page ${no + 1}` }
            })
          })
        ).pipe(Stream.provideContext(services))
    }))
  })
}
