import { StreamImportApi } from "@chatferry/sink-stream-import"
import type { StreamEmulator } from "@chatferry/testkit/stream"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { configOf, folderOf, services, start, twoFiles, user } from "./harness.ts"

/** Temporary faults of requests. */
const passing: ReadonlyArray<StreamEmulator.Fault> = [
  "rateLimited",
  "serverError",
  "edgeHtml",
  "lostRequest",
  "lostResponse",
  "expiredUrl",
  "s3Error",
  "cutBody",
  "slowBody"
]

/** Most of their time is spent waiting. */
const together = { concurrent: true }

it.layer(services, { excludeTestServices: true })("StreamImportApi.upload with faults", (it) => {
  it.effect.each(passing)(
    "continues after %s at any of its requests, and imports nothing twice",
    (fault) =>
      Effect.gen(function* () {
        // Three faults in a row, then the same request succeeds.
        const isSlow = fault === "rateLimited" || fault === "edgeHtml"
        const emulator = yield* start({ faults: { [fault]: 1 }, faultsInARow: isSlow ? 1 : 3 })
        const report = yield* StreamImportApi.upload(configOf(emulator, yield* twoFiles))
        assert.strictEqual(report.status, "completed")
        assert.isAbove(emulator.faultsGiven()[fault], 1)
        assert.deepStrictEqual(emulator.doubleImports(), [])
        assert.strictEqual(emulator.imports().length, 2)
        assert.strictEqual(emulator.users().length, 2)
      }),
    together
  )

  it.effect(
    "succeeds with all of them at once",
    () =>
      Effect.gen(function* () {
        const shares = Object.fromEntries(passing.map((fault) => [fault, 0.1]))
        const upload = Effect.fnUntraced(function* (seed: number) {
          const emulator = yield* start({ faults: shares, seed })
          const report = yield* StreamImportApi.upload(configOf(emulator, yield* twoFiles, { attempts: 20 }))
          assert.strictEqual(report.status, "completed")
          assert.deepStrictEqual(emulator.doubleImports(), [])
        })
        yield* Effect.forEach([1, 2, 3], upload, { concurrency: 3 })
      }),
    together
  )

  it.effect(
    "waits for the next period if the rate limit of one is used up",
    () =>
      Effect.gen(function* () {
        const emulator = yield* start({ rateLimit: { calls: 4, seconds: 1 } })
        const report = yield* StreamImportApi.upload(
          configOf(emulator, yield* folderOf([{ name: "a.jsonl", items: [user("ada")] }]))
        )
        assert.strictEqual(report.status, "completed")
        // Requests are only sent while calls are left, so none is rejected.
        assert.strictEqual(
          Object.values(emulator.requests()).reduce((sum, n) => sum + n, 0),
          6
        )
      }),
    together
  )

  it.effect(
    "looks up an import whose response was lost, even on later pages",
    () =>
      Effect.gen(function* () {
        const emulator = yield* start()
        const many = yield* folderOf(
          Array.from({ length: 120 }, (_, i) => ({ name: `f-${i}.jsonl`, items: [user(`user-${i}`)] }))
        )
        // The import is the newest one, but pages of 100 are read until one is empty.
        yield* StreamImportApi.upload(configOf(emulator, many))
        const directory = yield* twoFiles
        yield* StreamImportApi.upload(
          configOf(emulator, directory, {
            onState: ({ state }) => (state === "stored" ? emulator.failNext("lostResponse") : Effect.void)
          })
        )
        assert.strictEqual(emulator.faultsGiven().lostResponse, 2)
        assert.deepStrictEqual(emulator.doubleImports(), [])
        assert.strictEqual(emulator.requests()["GET /imports"], 2)
      }),
    together
  )

  it.effect("sends a lost request again if it was not carried out", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* StreamImportApi.upload(
        configOf(emulator, yield* twoFiles, {
          onState: ({ state }) => (state === "stored" ? emulator.failNext("lostRequest") : Effect.void)
        })
      )
      assert.strictEqual(emulator.imports().length, 2)
      assert.strictEqual(emulator.requests()["POST /imports"], 4)
      assert.isAtLeast(emulator.requests()["GET /imports"] ?? 0, 2)
    })
  )

  it.effect("uses another address if one has expired, and gives up if all have", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* emulator.failNext("expiredUrl", 2)
      yield* StreamImportApi.upload(configOf(emulator, yield* twoFiles))
      assert.strictEqual(emulator.requests()["POST /import_urls"], 4)
      const late = yield* start({ linkMillis: -1000 })
      const error = yield* Effect.flip(StreamImportApi.upload(configOf(late, yield* twoFiles)))
      assert(error.reason._tag === "RequestRejected")
      assert.strictEqual(error.reason.status, 403)
      assert.include(error.message, "AccessDenied")
    })
  )

  it.effect("reports a permanent error of the storage at once", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ maxFileBytes: 5 })
      const error = yield* Effect.flip(StreamImportApi.upload(configOf(emulator, yield* twoFiles)))
      assert(error.reason._tag === "RequestRejected")
      assert.include(error.message, "EntityTooLarge")
      assert.strictEqual(emulator.requests()["PUT file"], 1)
    })
  )

  it.effect.each([
    { code: 2, says: "apiKey" },
    { code: 5, says: "apiSecret" },
    { code: 16, says: "does not exist" },
    { code: 17, says: "not allowed" },
    { code: 40, says: "token" },
    { code: 69, says: "region" },
    { code: 70, says: "may not" },
    { code: 99, says: "suspended" },
    { code: 7, says: "not documented" }
  ])("does not ask again after code $code, and says what to do", ({ code, says }) =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* emulator.rejectNext(code)
      const error = yield* Effect.flip(StreamImportApi.upload(configOf(emulator, yield* twoFiles)))
      assert(error.reason._tag === "RequestRejected")
      assert.strictEqual(error.reason.code, code)
      assert.include(error.message, says)
      assert.deepStrictEqual(emulator.requests(), { "POST /import_urls": 1 })
    })
  )

  it.effect.each([-1, 9, 23, 45, 60, 71])("retries after code %i", (code) =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* emulator.rejectNext(code, 2)
      const report = yield* StreamImportApi.upload(configOf(emulator, yield* twoFiles))
      assert.strictEqual(report.status, "completed")
      assert.strictEqual(emulator.requests()["POST /import_urls"], 4)
    })
  )

  it.effect("gives up after the maximum number of attempts, and resumes in the next run", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const directory = yield* twoFiles
      yield* emulator.failNext("serverError", 3)
      const error = yield* Effect.flip(StreamImportApi.upload(configOf(emulator, directory, { attempts: 3 })))
      assert(error.reason._tag === "RequestFailed")
      assert.strictEqual(error.reason.attempts, 3)
      assert.include(error.message, "HTTP 500, code -1")
      const report = yield* StreamImportApi.upload(configOf(emulator, directory))
      assert.strictEqual(report.status, "completed")
    })
  )

  it.effect("reports that there is no server", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(start())
      const error = yield* Effect.flip(
        StreamImportApi.upload(configOf(gone, yield* twoFiles, { attempts: 2 }))
      )
      assert(error.reason._tag === "RequestFailed")
      assert.include(error.message, "ECONNREFUSED")
      assert.notInclude(error.message, "127.0.0.1")
    })
  )
})
