import { PageReader } from "@chatferry/connector"
import { Consequence, Ids, type Source } from "@chatferry/core"
import { BatchBuilder } from "@chatferry/core/run"
import { SourceHarness, SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"

const missingId = Consequence.make("missing_id", { effect: "lost", says: "birds without an id" })

/** The requests that the service would receive. */
type Client = (listing: string, after: string | undefined) => PageReader.Page

const birds = (client: Client, maxPages?: number) => {
  const listing = (
    name: string
  ): PageReader.Listing<Client, { readonly out: BatchBuilder.BatchBuilder }> => ({
    page: (ask, after) => Effect.sync(() => ask(name, after)),
    map: ({ id }, { out }) =>
      typeof id === "string"
        ? out.push({ _tag: "user", id: Ids.UserId.make(`${name}-${id}`), name: `Bird ${id}` })
        : out.reject("user", missingId.code, "the bird has no id", { id: id ?? "none" }),
    kind: "user"
  })
  return PageReader.make({
    name: "birds",
    kinds: ["user"],
    consequences: [missingId],
    fingerprint: { mapping: 1 },
    client: Effect.succeed(client),
    listings: { old: listing("old"), young: listing("young") },
    context: () => ({ out: new BatchBuilder.BatchBuilder() }),
    ...(maxPages !== undefined && { maxPages })
  })
}

const PAGES: Readonly<Record<string, PageReader.Page>> = {
  "old ": { records: [{ id: "a" }, { id: "b" }], next: "2" },
  "old 2": { records: [{ id: 5 }, "no bird", { id: "c" }], next: undefined },
  "young ": { records: [{ id: "d" }], next: undefined }
}
const service: Client = (listing, after = "") =>
  PAGES[`${listing} ${after}`] ?? { records: [], next: undefined }

const idsOf = (reading: { readonly records: ReadonlyArray<object> }) =>
  reading.records.map((record) => (record as { readonly id: string }).id)

/** Returns the batches of a partition after a position. */
const read = (source: Source.Source, partition: string, position?: Source.Position) =>
  Effect.gen(function* () {
    const reader = yield* source.open
    const segment = (yield* reader.segments).find(({ partition: { id } }) => id === partition)
    if (segment === undefined) return yield* Effect.die(`there is no ${partition}`)
    return yield* Stream.runCollect(reader.read(segment, Option.fromUndefinedOr(position)))
  }).pipe(Effect.scoped)

describe("PageReader", () => {
  it.live.each(
    SourceContract.rules({
      fixture: Effect.void,
      source: () => birds(service),
      expected: { records: { user: 4 }, rejected: { user: 2 } },
      kept: ["Bird c"]
    })
  )("$name", ({ check }) => Effect.provide(check, NodeServices.layer))

  it.effect("reads listings in order, with a batch for each page", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(idsOf(yield* SourceHarness.readAll(birds(service))), [
        "old-a",
        "old-b",
        "old-c",
        "young-d"
      ])
      const batches = yield* read(birds(service), "old")
      assert.deepStrictEqual(
        batches.map(({ location, position }) => [location, position]),
        [
          ["page 1", { after: "2", pages: 1 }],
          ["page 2", { after: null, pages: 2 }]
        ]
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("requests the page at which a run resumes, and nothing after the last page", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const source = birds((listing, after) => {
        asked.push(`${listing} ${after}`)
        return service(listing, after)
      })
      assert.deepStrictEqual(yield* read(source, "old", { after: null, pages: 2 }), [])
      assert.strictEqual((yield* read(source, "old", { after: "2", pages: 1 })).length, 1)
      assert.deepStrictEqual(asked, ["old 2"])
    })
  )

  it.effect("rejects a value that is not an object, with its location", () =>
    Effect.gen(function* () {
      const { rejected } = yield* SourceHarness.readAll(birds(service))
      assert.deepStrictEqual(
        rejected.map(({ code, context, location }) => [code, context, location]),
        [
          ["missing_id", { listing: "old" }, "old, page 2, record 1"],
          ["not_an_object", { listing: "old" }, "old, page 2, record 2"]
        ]
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect.each([
    {
      name: "is circular",
      page: () => ({ records: [{ id: `${asked++}` }], next: "again" }),
      says: "the list is circular"
    },
    {
      name: "has too many pages",
      page: () => ({ records: [{ id: `${asked++}` }], next: `${asked}` }),
      says: "the list has more pages than maxPages allows (3)"
    }
  ])("ends a listing that $name", ({ page, says }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read(birds(page, 3), "old"))
      assert.include(error.message, says)
    })
  )

  it.effect("rejects a position it did not write", () =>
    Effect.gen(function* () {
      for (const position of [5, { after: 5, pages: 1 }, { after: "2", pages: -1 }]) {
        const error = yield* Effect.flip(read(birds(service), "old", position))
        assert.strictEqual(error._tag === "SourceError" ? error.reason._tag : error._tag, "InvalidPosition")
      }
    })
  )

  it.effect("does not read a line of an unknown listing", () =>
    Effect.gen(function* () {
      const line = {
        stage: "source",
        source: "birds",
        kind: "user",
        code: "missing_id",
        message: "the bird has no id",
        location: "other, page 1, record 1",
        context: { listing: "constructor" },
        original: { id: "x" }
      }
      const { message } = yield* Effect.flip(birds(service).rejected?.(line) ?? Effect.die("it reads none"))
      assert.include(
        message,
        "its context does not name a listing of this source; take the line from rejects.ndjson as it was written"
      )
    })
  )
})

let asked = 0
