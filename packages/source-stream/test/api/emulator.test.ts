import { gunzipSync, gzipSync } from "node:zlib"
import { Entity } from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { StreamEmulator } from "@chatferry/testkit/stream"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Option, Redacted, Stream } from "effect"
import { once } from "../../../../test/kept.ts"
import { distinct, idsOf, notesOf, readAll, recordsOf, sourceOf, temporary } from "./harness.ts"

const services = Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)

/** An app with 60 channels, which takes three exports. */
const start = ({ data, ...options }: StreamEmulator.Options = {}) =>
  StreamEmulator.start({ ...options, data: { messages: 300, channels: 60, users: 40, seed: 7, ...data } })

const of = (
  { apiKey, apiSecret, baseUrl }: Pick<StreamEmulator.Emulator, "apiKey" | "apiSecret" | "baseUrl">,
  directory: string,
  config: Parameters<typeof sourceOf>[1] = {}
) => sourceOf(directory, { apiKey, apiSecret: Redacted.make(apiSecret), baseUrl, ...config })

const config = { pollEvery: ["1 millis", "2 millis"] } as const

/** What is read of an app without faults. */
const calm = once(
  Effect.gen(function* () {
    return yield* readAll(of(yield* start(), yield* temporary, config))
  }).pipe(Effect.scoped, Effect.provide(services))
)

const faulty = StreamEmulator.faults.filter((fault) => fault !== "analyzeFailed" && fault !== "importFailed")

/** Faults after which it is unknown whether a request for an export was carried out. */
const unknowable: ReadonlySet<StreamEmulator.Fault> = new Set(["lostRequest", "lostResponse", "cutBody"])

/** Faults that say how long to wait, up to a second each. */
const slow: ReadonlySet<StreamEmulator.Fault> = new Set(["rateLimited", "overBudget"])

it.layer(services, { excludeTestServices: true })("StreamSource.api, over HTTP,", (it) => {
  it.effect.each([
    { version: "v1", packing: "none" },
    { version: "v2", packing: "none" },
    { version: "v2", packing: "gz" },
    { version: "v2", packing: "encoded" }
  ] as const)("finds all records in exports of $version, packed: $packing", ({ packing, version }) =>
    Effect.gen(function* () {
      const emulator = yield* start({ packing })
      const batches = yield* readAll(of(emulator, yield* temporary, { version, users: "none" }))
      const truth = emulator.truth({ version, exportsUsers: true })
      assert.deepStrictEqual(distinct(batches), { ...truth.distinct })
      assert.strictEqual(emulator.exports().length, 3)
      assert.deepStrictEqual(emulator.doubleExports(), [])
    })
  )

  it.effect.each([{ packing: "none" }, { packing: "gz" }] as const)(
    "compares exports on disk with the content already read, packed: $packing",
    ({ packing }) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const emulator = yield* start({ packing })
        const directory = yield* temporary
        const source = of(emulator, directory, { users: "none", batchRecords: 50 })
        const [partition] = yield* SourceHarness.of(source).partitions
        assert(partition !== undefined)
        const batches = yield* Stream.runCollect(SourceHarness.of(source).read(partition, Option.none()))
        const read = batches.filter(({ records }) => records.length > 0)
        const [middle, last] = [read[Math.floor(read.length / 2)], batches.at(-1)]
        assert(middle !== undefined && last !== undefined)
        const again = () => of(emulator, directory, { users: "none", batchRecords: 50 })
        const retrace = () =>
          SourceHarness.of(again()).retrace(
            partition,
            JSON.parse(JSON.stringify(last.readDigest ?? null)) as string
          )
        const readOn = () =>
          Stream.runCollect(SourceHarness.of(again()).read(partition, Option.some(middle.position)))
        yield* retrace()
        yield* readOn()

        const name = (yield* fs.readDirectory(directory)).find((one) => one.endsWith(".jsonl"))
        assert(name !== undefined)
        const path = `${directory}/${name}`
        const stored = Buffer.from(yield* fs.readFile(path))
        const content = packing === "gz" ? gunzipSync(stored) : stored
        assert.isAbove(content.length, 64 << 10)
        // A letter in the middle of the first half.
        const at = content.indexOf('"text":"', content.length / 5) + '"text":"'.length
        content[at] = (content[at] as number) ^ 1
        yield* fs.writeFile(path, packing === "gz" ? gzipSync(content) : content)
        for (const reading of [retrace(), readOn()]) {
          const error = yield* Effect.flip(Effect.asVoid(reading))
          assert.strictEqual(error.reason._tag, "InvalidPosition")
          assert.match(error.message, /content of .*\.jsonl that was already read has changed/u)
        }
        yield* fs.remove(path)
        yield* retrace()
      })
  )

  it.effect("finds deleted channels if they are named, and truncated messages if a setting says so", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const source = of(emulator, yield* temporary, {
        channels: emulator.cids(),
        users: "none",
        includeSoftDeletedChannels: true,
        includeTruncatedMessages: true
      })
      const all = {
        version: "v2",
        exportsUsers: true,
        includesDeleted: true,
        includesTruncated: true
      } as const
      assert.deepStrictEqual(distinct(yield* readAll(source)), { ...emulator.truth(all).distinct })
    })
  )

  it.effect("finds reactions in exports of users that messages of version 1 no longer list", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ data: { messages: 400 } })
      const found = (config: Parameters<typeof sourceOf>[1]) =>
        Effect.gen(function* () {
          const records = recordsOf(yield* readAll(of(emulator, yield* temporary, config)))
          return new Set(
            records.flatMap((record) =>
              record._tag === "reaction" ? [JSON.stringify(Entity.key(record))] : []
            )
          )
        })
      const all = yield* found({ version: "v2", users: "none" })
      const listed = yield* found({ version: "v1", users: "none" })
      assert.isBelow(listed.size, all.size)
      const both = yield* found({ version: "v1" })
      assert.isTrue(Array.from(all).every((one) => both.has(one)))
    })
  )

  it.effect("finds users who are not in any channel", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ data: { messages: 20, channels: 4, users: 300 } })
      const with_ = idsOf(yield* readAll(of(emulator, yield* temporary)), "user")
      const without = idsOf(yield* readAll(of(emulator, yield* temporary, { users: "none" })), "user")
      assert.isAbove(with_.size, without.size)
    })
  )

  it.effect("takes messages that only exports of users have if a setting says so, and not otherwise", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const found = (config: Parameters<typeof sourceOf>[1]) =>
        Effect.gen(function* () {
          const batches = yield* readAll(of(emulator, yield* temporary, config))
          const { "record_dropped.message.in_export_of_user": left = 0 } = SourceHarness.joined(batches).notes
          return { ids: idsOf(batches, "message"), left }
        })
      const alone = yield* found({ users: "none" })
      const both = yield* found({})
      assert.deepStrictEqual(both.ids, alone.ids)
      assert.isAbove(both.left, 0)
      const some = yield* found({ channels: emulator.cids().slice(0, 3) })
      assert.isBelow(some.ids.size, both.ids.size)
      // There are deleted channels and truncated messages.
      const taken = yield* found({ messagesOfUsers: "take" })
      assert.isAbove(taken.ids.size, alone.ids.size)
      assert.strictEqual(taken.left, 0)
      const users = yield* found({ channels: "none" })
      assert.deepStrictEqual([users.ids.size > 0, users.left], [true, 0])
    })
  )

  it.effect.each(["rejected", "failed"] as const)(
    "names users over the limit whose export is %s",
    (longUsers) =>
      Effect.gen(function* () {
        const emulator = yield* start({ mostUserMessages: 12, longUsers })
        const directory = yield* temporary
        const error = yield* Effect.flip(readAll(of(emulator, directory, { channels: "none" })))
        const [, name = ""] =
          /^stream-api: the export of users \d+ \((.+)\) failed/u.exec(error.message) ?? []
        assert.include(emulator.userIds(), name)
        assert.include(error.message, "more than 10,000 messages")
        const batches = yield* readAll(
          of(emulator, directory, { channels: "none", usersOverLimit: "leave out" })
        )
        assert.isAbove(notesOf(batches)["user_over_limit"] ?? 0, 0)
        assert.deepStrictEqual(emulator.doubleExports(), [])
      })
  )

  it.effect.each(faulty)(
    "gives the same in spite of %s, and never knowingly exports anything twice",
    (fault) =>
      Effect.gen(function* () {
        const expected = yield* calm
        const emulator = yield* start({
          faults: { [fault]: slow.has(fault) ? 0.15 : 0.4 },
          slowMillis: 5,
          rateLimit: { calls: 3000, seconds: 60 }
        })
        const lenient = unknowable.has(fault) ? ({ lostAnswers: "ask again" } as const) : {}
        const batches = yield* readAll(of(emulator, yield* temporary, { ...config, ...lenient }))
        assert.isAbove(emulator.faultsGiven()[fault], 0)
        assert.deepStrictEqual(distinct(batches), distinct(expected))
        if (fault !== "failedTask") assert.deepStrictEqual(recordsOf(batches), recordsOf(expected))
        if (!unknowable.has(fault)) assert.deepStrictEqual(emulator.doubleExports(), [])
        assert.isAtMost(emulator.doubleExports().length, notesOf(batches)["export_asked_again"] ?? 0)
      })
  )
})
