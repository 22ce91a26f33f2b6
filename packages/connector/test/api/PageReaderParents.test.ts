import { PageReader } from "@chatferry/connector"
import { Consequence, Ids, type Source, Timestamp } from "@chatferry/core"
import { BatchBuilder } from "@chatferry/core/run"
import { SourceHarness, SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"

const missingId = Consequence.make("missing_id", { effect: "lost", says: "posts without an id" })
const createdAt = Timestamp.Timestamp.make("2024-01-01T00:00:00Z")

/** The requests that the service would receive. */
type Client = (path: string) => PageReader.Page

const posts = (client: Client, maxPages?: number) =>
  PageReader.make<Client, { readonly out: BatchBuilder.BatchBuilder }>({
    name: "rooms",
    kinds: ["message"],
    consequences: [missingId],
    fingerprint: { mapping: 1 },
    client: Effect.succeed(client),
    listings: {
      posts: {
        parents: {
          page: (ask, after) => Effect.sync(() => ask(`/rooms ${after ?? ""}`)),
          idOf: ({ id }) => (typeof id === "string" ? id : undefined)
        },
        page: (ask, after, room) => Effect.sync(() => ask(`/rooms/${room}/posts ${after ?? ""}`)),
        map: ({ id, says }, { out }, room) =>
          typeof id === "string"
            ? out.push({
                _tag: "message",
                id: Ids.MessageId.make(id),
                channelId: Ids.ChannelId.make(room),
                type: "regular",
                text: String(says),
                createdAt
              })
            : out.reject("message", missingId.code, "the post has no id", { says: says ?? "nothing" })
      }
    },
    context: () => ({ out: new BatchBuilder.BatchBuilder() }),
    ...(maxPages !== undefined && { maxPages })
  })

const post = (id: string) => ({ id, says: `says ${id}` })

const PAGES: Readonly<Record<string, PageReader.Page>> = {
  "/rooms ": { records: [{ id: "hall" }, { name: "no id" }, { id: "attic" }, { id: "hall" }], next: "2" },
  "/rooms 2": { records: [7], next: "3" },
  "/rooms 3": { records: [{ id: "lobby" }], next: undefined },
  "/rooms/hall/posts ": { records: [post("h1"), post("h2")], next: "b" },
  "/rooms/hall/posts b": { records: [{ says: "no id" }, "no post", post("h3")], next: undefined },
  "/rooms/attic/posts ": { records: [], next: undefined },
  "/rooms/lobby/posts ": { records: [post("l1")], next: "c" },
  "/rooms/lobby/posts c": { records: [post("l2")], next: undefined }
}
const nothing: PageReader.Page = { records: [], next: undefined }
const service: Client = (path) => PAGES[path] ?? nothing

/** Returns the batches after a position. */
const read = (source: Source.Source, position?: Source.Position) =>
  Effect.gen(function* () {
    const reader = yield* source.open
    const [segment] = yield* reader.segments
    if (segment === undefined) return yield* Effect.die("the source has no segments")
    return yield* Stream.runCollect(reader.read(segment, Option.fromUndefinedOr(position)))
  }).pipe(Effect.scoped)

describe("a listing per parent", () => {
  it.live.each(
    SourceContract.rules({
      fixture: Effect.void,
      source: () => posts(service),
      expected: { records: { message: 5 }, rejected: { message: 1, unknown: 1 } },
      kept: ["says l2"],
      content: ["says h1"]
    })
  )("$name", ({ check }) => Effect.provide(check, NodeServices.layer))

  it.effect("is read parent by parent and page by page, and passes the parent to the mapping", () =>
    Effect.gen(function* () {
      const batches = yield* read(posts(service))
      assert.deepStrictEqual(
        batches.map(({ notes, location, records }) => [
          location,
          records.map(
            (record) => "channelId" in record && "id" in record && `${record.channelId} ${record.id}`
          ),
          notes
        ]),
        [
          ["parent 1, page 1", ["hall h1", "hall h2"], { parent_without_id: 1 }],
          ["parent 1, page 2", ["hall h3"], {}],
          ["parent 2, page 1", [], {}],
          ["parent 3, page 1", [], { parent_without_id: 1 }],
          ["parent 3, page 1", ["lobby l1"], {}],
          ["parent 3, page 2", ["lobby l2"], {}]
        ]
      )
      assert.deepStrictEqual(batches[0]?.position, {
        parents: { after: null, pages: 0 },
        before: 0,
        parent: "hall",
        page: { after: "b", pages: 1 }
      })
    })
  )

  it.effect("requests the pages at which a run resumes, and nothing after the last page", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const source = posts((path) => {
        asked.push(path)
        return service(path)
      })
      const batches = yield* read(source)
      asked.length = 0
      assert.deepStrictEqual(yield* read(source, batches.at(-1)?.position), [])
      assert.deepStrictEqual(asked, [])
      assert.deepStrictEqual(yield* read(source, batches[0]?.position), batches.slice(1))
      assert.deepStrictEqual(asked.slice(0, 3), ["/rooms ", "/rooms/hall/posts b", "/rooms/attic/posts "])
    })
  )

  it.effect("does not resume if the parent is not listed any more", () =>
    Effect.gen(function* () {
      const [first] = yield* read(posts(service))
      const moved = posts((path) =>
        path === "/rooms " ? { records: [{ id: "attic" }], next: "2" } : service(path)
      )
      const { _tag } = yield* Effect.flip(read(moved, first?.position))
      assert.strictEqual(_tag, "InvalidPosition")
    })
  )

  it.effect("names the parent in the context of a reject, and its page in the location", () =>
    Effect.gen(function* () {
      const source = posts(service)
      const { rejected } = yield* SourceHarness.readAll(source)
      assert.deepStrictEqual(
        rejected.map(({ code, context, location }) => [code, location, context]),
        [
          ["missing_id", "posts, parent 1, page 2, record 1", { listing: "posts", parent: "hall" }],
          ["not_an_object", "posts, parent 1, page 2, record 2", { listing: "posts", parent: "hall" }]
        ]
      )
      const line = { stage: "source", source: "rooms", ...rejected[0], original: post("h9") }
      const reread = (more: object) => source.rejected?.({ ...line, ...more }) ?? Effect.die("it reads none")
      const { records } = yield* reread({})
      assert.deepStrictEqual(
        records.map((record) => record._tag === "message" && [record.id, record.channelId]),
        [["h9", "hall"]] as ReadonlyArray<unknown>
      )
      const { message } = yield* Effect.flip(reread({ context: { listing: "posts" } }))
      assert.include(message, "its context does not name a listing of this source")
    })
  )

  it.effect("may have the maximum number of pages for each parent", () =>
    Effect.gen(function* () {
      const rooms = Array.from({ length: 5 }, (_, i) => ({ id: `room-${i}` }))
      const batches = yield* read(
        posts((path) => {
          if (!path.startsWith("/rooms/")) return { records: rooms, next: undefined }
          return { records: [post(path)], next: path.endsWith(" ") ? "2" : undefined }
        }, 3)
      )
      assert.strictEqual(batches.length, 10)
    })
  )

  it.effect.each([
    {
      name: "is circular",
      page: (path: string) =>
        path.startsWith("/rooms/") ? nothing : { records: [{ id: `${asked++}` }], next: "x" },
      says: "listing what has posts failed after 1 attempt: the list is circular"
    },
    {
      name: "has a listing with too many pages",
      page: (path: string) =>
        path.startsWith("/rooms/")
          ? { records: [post(`${asked++}`)], next: `${asked}` }
          : { records: [{ id: "hall" }], next: undefined },
      says: "listing posts failed after 1 attempt: the list has more pages than maxPages allows (3)"
    }
  ])("ends a service that $name", ({ page, says }) =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(read(posts(page, 3)))
      assert.include(message, says)
    })
  )
})

let asked = 0
