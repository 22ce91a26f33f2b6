import { SendbirdApi } from "@chatferry/source-sendbird"
import { Telemetry, SourceHarness } from "@chatferry/testkit"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Redacted, Stream } from "effect"
import { dataTypes, distinct, readAll, recordsOf, services, sourceOf, start, temporary } from "./harness.ts"

it.layer(services, { excludeTestServices: true })("SendbirdSource.api", (it) => {
  it.effect.each([
    { code: 400_108, problem: "plan", hint: "premium" },
    { code: 400_304, problem: "application does not exist", hint: "baseUrl" },
    { code: 400_401, problem: "token is not valid", hint: "apiToken" },
    { code: 400_111, problem: "period that is too long", hint: "timezone" },
    { code: 999_999, problem: "not documented", hint: "list of error codes" }
  ])("explains $code and what to do, and makes one request", ({ code, hint, problem }) =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* emulator.rejectNext(code, 100)
      const error = yield* Effect.flip(readAll(sourceOf(emulator, yield* temporary)))
      assert.strictEqual(error.reason._tag, "RequestRejected")
      assert.include(error.message, `code ${code}`)
      assert.include(error.message, problem)
      assert.include(error.message, hint)
      assert.include(error.message, "asking for the export of users")
      assert.deepStrictEqual(emulator.requests(), { "POST /export/users": 1 })
    })
  )

  it.effect("resumes when the cause of an error response is fixed", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const directory = yield* temporary
      const wrong = sourceOf(emulator, directory, { apiToken: Redacted.make("wrong") })
      const error = yield* Effect.flip(readAll(wrong))
      assert.include(error.message, "code 400401")
      const right = sourceOf(emulator, directory)
      assert.deepStrictEqual(
        yield* SourceHarness.of(right).fingerprint,
        yield* SourceHarness.of(wrong).fingerprint
      )
      assert.strictEqual(distinct(yield* readAll(right))["message"], 300)
    })
  )

  it.effect("gives up after the configured attempts, and resumes in the next run", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ faultsInARow: 100 })
      const directory = yield* temporary
      yield* emulator.failNext("serverError", 10)
      const error = yield* Effect.flip(readAll(sourceOf(emulator, directory, { attempts: 3 })))
      assert.strictEqual(error.reason._tag, "RequestFailed")
      assert.include(error.message, "failed after 3 attempts")
      assert.strictEqual(distinct(yield* readAll(sourceOf(emulator, directory)))["message"], 300)
    })
  )

  it.effect("halves a window whose exports fail, and fails if that does not help", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* emulator.failNext("failedExport", 2)
      const messages = { dataTypes: ["messages"] as const }
      const batches = yield* readAll(sourceOf(emulator, yield* temporary, messages))
      assert.strictEqual(distinct(batches)["message"], 300)
      assert.strictEqual(emulator.registrations().length, 2 + 2 + 2)
      yield* emulator.failNext("failedExport", 1000)
      const error = yield* Effect.flip(
        readAll(sourceOf(emulator, yield* temporary, { ...messages, shortestWindow: "2 days" }))
      )
      assert.include(error.message, "even for a window of 84.0 hours")
      assert.include(error.message, "lower shortestWindow")
    })
  )

  it.effect("stops waiting at the deadline and continues waiting in the next run", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ exportPolls: 200 })
      const directory = yield* temporary
      const users = { dataTypes: ["users"] as const }
      const error = yield* Effect.flip(
        readAll(sourceOf(emulator, directory, { ...users, exportDeadline: "20 millis" }))
      )
      assert.include(error.message, "raise exportDeadline")
      yield* readAll(sourceOf(emulator, directory, users))
      assert.strictEqual(emulator.registrations().length, 1)
    })
  )

  it.effect("requests an export again when its file is gone, and fails if that does not help", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ fileMillis: 0 })
      const source = sourceOf(emulator, yield* temporary, { dataTypes: ["users"], attempts: 3 })
      const error = yield* Effect.flip(readAll(source))
      assert.include(error.message, "each of its exports is gone or could not be downloaded")
      assert.strictEqual(emulator.registrations().length, 4)
    })
  )

  it.effect("uses existing exports if a setting says so", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const first = recordsOf(yield* readAll(sourceOf(emulator, yield* temporary)))
      const reused = yield* readAll(sourceOf(emulator, yield* temporary, { reuseExports: true }))
      assert.deepStrictEqual(recordsOf(reused), first)
      assert.strictEqual(emulator.registrations().length, 5)
    })
  )

  it.effect("uses named exports, and rejects those that match no window", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const first = recordsOf(yield* readAll(sourceOf(emulator, yield* temporary)))
      const requestIds = Object.fromEntries(
        dataTypes.map((type) => [
          type,
          emulator
            .registrations()
            .flatMap(({ dataType, requestId }) => (dataType === type ? [requestId] : []))
        ])
      )
      const named = yield* readAll(sourceOf(emulator, yield* temporary, { requestIds }))
      assert.deepStrictEqual(recordsOf(named), first)
      assert.strictEqual(emulator.registrations().length, 5)
      const other = { requestIds, messages: { windowDays: 5 } }
      const misfit = yield* Effect.flip(readAll(sourceOf(emulator, yield* temporary, other)))
      assert.strictEqual(misfit.reason._tag, "InvalidConfig")
      const unknown = { requestIds: { users: ["0123"] } }
      const nobody = yield* Effect.flip(readAll(sourceOf(emulator, yield* temporary, unknown)))
      assert.include(nobody.message, "requestIds.users: Sendbird does not know one of them")
    })
  )

  it.effect("lists past exports over several pages, and again when a page token expires", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ exportPolls: 1 })
      yield* readAll(
        sourceOf(emulator, yield* temporary, { dataTypes: ["messages"], messages: { windowDays: 0.1 } })
      )
      const asked = emulator.registrations().map(({ requestId }) => requestId)
      assert.strictEqual(asked.length, 210)
      const config = {
        applicationId: emulator.applicationId,
        apiToken: Redacted.make(emulator.apiToken),
        baseUrl: emulator.baseUrl
      }
      const listed = yield* Stream.runCollect(SendbirdApi.list(config, "messages"))
      assert.deepStrictEqual(
        listed.map(({ requestId }) => requestId),
        asked
      )
      assert.notInclude(JSON.stringify(listed), "Signature")
      yield* emulator.failNext("expiredPageToken")
      const again = yield* Stream.runCollect(SendbirdApi.list(config, "messages"))
      assert.sameMembers(Array.from(new Set(again.map(({ requestId }) => requestId))), asked)
      assert.isAbove(again.length, asked.length)
    })
  )

  it.effect("sends each parameter with the data types that it applies to", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* readAll(
        sourceOf(emulator, yield* temporary, {
          timezone: "Asia/Seoul",
          users: { userIds: ["nobody"] },
          channels: { excludeChannelUrls: ["none"], showReadReceipt: false },
          messages: { senderIds: ["nobody"], neighboringMessageLimit: 2, showChannelMetadata: false }
        })
      )
      const [users, channels, messages] = emulator.registrations().map(({ selection }) => selection)
      assert.deepInclude(users, { timezone: "Asia/Seoul", userIds: ["nobody"], channelUrls: [] })
      assert.deepInclude(channels, { excludeChannelUrls: ["none"], showReadReceipt: false, userIds: [] })
      assert.deepInclude(messages, {
        senderIds: ["nobody"],
        neighboringMessageLimit: 2,
        showChannelMetadata: false,
        showReadReceipt: true,
        excludeChannelUrls: []
      })
    })
  )

  it.effect("reports progress while Sendbird works, and counts windows without data", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const batches = yield* readAll(
        sourceOf(emulator, yield* temporary, { dataTypes: ["messages"], messages: { senderIds: ["nobody"] } })
      )
      const [first, second] = batches
      assert.match(first?.location ?? "", /^messages 2024-03-04T.*: asking for the export$/u)
      assert.match(second?.location ?? "", /: exporting$/u)
      assert.strictEqual(batches.filter(({ notes }) => notes?.["empty_window"] === 1).length, 3)
    })
  )

  it.effect("never writes tokens or signatures to files, errors, logs or spans", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const emulator = yield* start({
        faults: { serverError: 0.2, cutBody: 0.2, htmlInsteadOfZip: 0.2, expiredLink: 0.2, lostResponse: 0.2 }
      })
      const directory = yield* temporary
      const telemetry = Telemetry.make()
      const run = telemetry.listen(readAll(sourceOf(emulator, directory, { attempts: 4 })))
      yield* run
      yield* emulator.failNext("htmlInsteadOfZip", 50)
      yield* run
      yield* emulator.rejectNext(400_401, 50)
      yield* run
      assert.isAbove(telemetry.count(), 10)
      const text = telemetry.text()
      assert.include(text, "asking for the export")
      assert.notInclude(text, SendbirdExport.secret)
      for (const name of yield* fs.readDirectory(directory)) {
        if (!name.endsWith(".export.json")) continue
        const journal = yield* fs.readFileString(`${directory}/${name}`)
        assert.notInclude(journal, SendbirdExport.secret)
        assert.notInclude(journal, "Signature")
      }
    })
  )
})

describe("SendbirdApi.plan", () => {
  it.live("has exactly the exports that a run without failures requests", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const config = {
        applicationId: emulator.applicationId,
        apiToken: Redacted.make(emulator.apiToken),
        from: emulator.from,
        to: emulator.to,
        dataTypes
      }
      const { calls, windows } = yield* SendbirdApi.plan(config)
      yield* readAll(sourceOf(emulator, yield* temporary))
      assert.deepStrictEqual(
        emulator
          .registrations()
          .map(({ dataType, endTs, startTs }) => ({ dataType, start: startTs, end: endTs })),
        windows
      )
      const made = Object.values(emulator.requests()).reduce((sum, count) => sum + count, 0)
      assert.isAtLeast(made, calls)
    }).pipe(Effect.scoped, Effect.provide(services))
  )
})
