import type { Entity } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SourceHarness } from "@chatferry/testkit"
import { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { assert, it } from "@effect/vitest"
import { Clock, Effect, Option, Stream } from "effect"
import { once } from "../../../../test/kept.ts"
import { distinct, readAll, recordsOf, services, sourceOf, start, temporary } from "./harness.ts"

const sorted = (records: ReadonlyArray<Entity.Entity>) =>
  records.map((record) => JSON.stringify(record)).toSorted()

/** What is read of an app without faults. */
const calm = once(
  Effect.gen(function* () {
    return recordsOf(yield* readAll(sourceOf(yield* start(), yield* temporary)))
  }).pipe(Effect.scoped, Effect.provide(services))
)

const without = (truth: SendbirdEmulator.Emulator["exportTruth"]) => {
  const { failed_webhook: _, ...rest } = truth().distinct
  return rest
}

it.layer(services, { excludeTestServices: true })("SendbirdSource.api", (it) => {
  it.effect("finds all records, and requests each window once", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const batches = yield* readAll(sourceOf(emulator, yield* temporary))
      assert.deepStrictEqual(distinct(batches), without(emulator.exportTruth))
      assert.deepStrictEqual(
        batches.flatMap(({ rejected }) => rejected),
        []
      )
      assert.strictEqual(emulator.registrations().length, 5)
    })
  )

  it.effect("gives the same records as the archive source gives from its downloads", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const directory = yield* temporary
      const records = recordsOf(yield* readAll(sourceOf(emulator, directory)))
      const archives = SendbirdSource.archives({ inputs: [directory] })
      const parts = yield* SourceHarness.of(archives).partitions
      const found = yield* Effect.forEach(parts, (part) =>
        Stream.runCollect(SourceHarness.of(archives).read(part, Option.none()))
      )
      assert.deepStrictEqual(sorted(recordsOf(found.flat())), sorted(records))
      assert.isAbove(records.length, 300)
    })
  )

  it.effect("makes no request when all exports are already on disk", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const directory = yield* temporary
      const first = recordsOf(yield* readAll(sourceOf(emulator, directory)))
      const before = emulator.requests()
      const again = recordsOf(yield* readAll(sourceOf(emulator, directory)))
      assert.deepStrictEqual(again, first)
      assert.deepStrictEqual(emulator.requests(), before)
    })
  )

  it.effect("exports failed webhooks day by day", () =>
    Effect.gen(function* () {
      const recently = (yield* Clock.currentTimeMillis) - 21 * 86_400_000
      const emulator = yield* start({ data: { failedWebhooks: 40, start: recently } })
      const source = sourceOf(emulator, yield* temporary, { dataTypes: ["failed_webhooks"] })
      const batches = yield* readAll(source)
      assert.strictEqual(distinct(batches)["failed_webhook"], emulator.exportTruth().distinct.failed_webhook)
    })
  )

  it.effect.each([1, 3])("gives the same in the same order with %s exports in flight", (exportsInFlight) =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const one = recordsOf(yield* readAll(sourceOf(emulator, yield* temporary)))
      const many = recordsOf(yield* readAll(sourceOf(emulator, yield* temporary, { exportsInFlight })))
      assert.deepStrictEqual(many, one)
    })
  )

  it.effect.each(SendbirdEmulator.faults.filter((fault) => fault !== "expiredPageToken"))(
    "gives the same, and never requests a window twice, in spite of %s",
    (fault) =>
      Effect.gen(function* () {
        const expected = yield* calm
        const emulator = yield* start({ faults: { [fault]: 0.4 }, slowMillis: 10 })
        const batches = yield* readAll(sourceOf(emulator, yield* temporary))
        assert.isAbove(emulator.faultsGiven()[fault], 0)
        assert.deepStrictEqual(distinct(batches), without(emulator.exportTruth))
        if (fault !== "failedExport") assert.deepStrictEqual(recordsOf(batches), expected)
        assert.deepStrictEqual(emulator.doubleRegistrations(), [])
      })
  )

  it.effect("reads data that exports lack from the Platform API, if a setting says so", () =>
    Effect.gen(function* () {
      const features = { recentChannels: 1, apiOnlyReactions: 0.5, apiOnlyThreads: 0.5 }
      const emulator = yield* start({
        data: { features },
        faults: { serverError: 0.1, expiredPageToken: 0.1 }
      })
      const batches = yield* readAll(sourceOf(emulator, yield* temporary, { enrich: true }))
      const { failed_webhook: _, ...truth } = emulator.truth().distinct
      assert.deepStrictEqual(distinct(batches), truth)
      assert.isAbove(truth.reaction, emulator.exportTruth().distinct.reaction)
      const users = recordsOf(batches).filter((record) => record._tag === "user")
      assert.strictEqual(users.filter(({ createdAt }) => createdAt !== undefined).length, users.length / 2)
      const less = sourceOf(emulator, yield* temporary, { enrich: { messages: false, members: false } })
      assert.strictEqual(distinct(yield* readAll(less))["reaction"], emulator.exportTruth().distinct.reaction)
    })
  )

  it.effect("reads exports in CSV with the requested delimiter", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const json = yield* readAll(sourceOf(emulator, yield* temporary))
      const csv = sourceOf(emulator, yield* temporary, { format: "csv", csvDelimiter: "|" })
      const batches = yield* readAll(csv)
      assert.deepStrictEqual(distinct(batches), distinct(json))
      const idsOf = (all: typeof json) =>
        recordsOf(all).flatMap((record) => (record._tag === "message" ? [record.id] : []))
      assert.deepStrictEqual(idsOf(batches).toSorted(), idsOf(json).toSorted())
      assert.isTrue(
        emulator
          .registrations()
          .slice(5)
          .every(({ format }) => format === "csv")
      )
    })
  )
})
