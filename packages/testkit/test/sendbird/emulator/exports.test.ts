import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { parse, unzip } from "../readExport.ts"
import { clientOf, DAY, everything, type Fields, get, json, linkOf, start } from "./client.ts"

const statuses = (polls: number) =>
  Effect.gen(function* () {
    const emulator = yield* start({ exportPolls: polls })
    const client = clientOf(emulator)
    const registered = json(yield* client.post("/export/users", everything(emulator)))
    const seen = [registered["status"]]
    for (let i = 0; i <= polls; i++)
      seen.push((yield* client.look("users", String(registered["request_id"])))["status"])
    return seen
  })

describe("exports", () => {
  it.effect("are scheduled, then exporting, then done, advanced by status requests", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* statuses(1), ["scheduled", "done", "done"])
      assert.deepStrictEqual(yield* statuses(2), ["scheduled", "exporting", "done", "done"])
      assert.deepStrictEqual(yield* statuses(4), [
        "scheduled",
        "scheduled",
        "exporting",
        "exporting",
        "done",
        "done"
      ])
    })
  )

  it.effect("show only the filters of their data type, and a file only when done", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      const window = everything(emulator)
      const users = json(yield* client.post("/export/users", { ...window, sender_ids: ["a"] }))
      assert.deepStrictEqual(Object.keys(users).toSorted(), [
        "created_at",
        "data_type",
        "end_ts",
        "format",
        "request_id",
        "start_ts",
        "status",
        "timezone",
        "user_ids"
      ])
      assert.match(String(users["request_id"]), /^[0-9a-f]{15}$/u)
      assert.strictEqual(users["created_at"], emulator.to)
      const channels = yield* client.exported("channels", {
        ...window,
        format: "csv",
        csv_delimiter: ";",
        timezone: "Asia/Seoul"
      })
      assert.deepInclude(channels, {
        status: "done",
        data_type: "channels",
        format: "csv",
        csv_delimiter: ";",
        timezone: "Asia/Seoul",
        channel_urls: []
      })
      assert.notProperty(channels, "sender_ids")
      assert.strictEqual((channels["file"] as Fields)["expires_at"], emulator.to + 7 * DAY)
    })
  )

  it.effect("contain all data of the application, each record once", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      const { distinct } = emulator.exportTruth()
      const ids = new Set<unknown>()
      let messages = 0
      for (let from = emulator.from; from < emulator.to; from += 7 * DAY) {
        const window = { start_ts: from, end_ts: Math.min(emulator.to, from + 7 * DAY) }
        const done = yield* client.exported("messages", window)
        if (done["status"] === "no data") continue
        for (const entry of unzip((yield* get(linkOf(done))).bytes)) {
          for (const message of parse(entry.bytes).messages ?? []) {
            ids.add(String(message.message_id))
            messages++
          }
        }
      }
      assert.strictEqual(ids.size, distinct.message)
      assert.strictEqual(messages, distinct.message)
      assert.lengthOf(emulator.doubleRegistrations(), 0)

      const users = yield* client.exported("users", everything(emulator))
      const found = unzip((yield* get(linkOf(users))).bytes).flatMap(({ bytes }) => {
        const document = parse(bytes)
        return (document.active_users ?? []).concat(document.inactive_users ?? [])
      })
      assert.lengthOf(found, distinct.user)
    })
  )

  it.effect("have no data in an empty window, and no file", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const none = yield* clientOf(emulator).exported("messages", { start_ts: 0, end_ts: DAY })
      assert.strictEqual(none["status"], "no data")
      assert.notProperty(none, "file")
    })
  )

  it.effect("have the same bytes for the same request, from any emulator", () =>
    Effect.gen(function* () {
      const zipOf = (options: Fields) =>
        Effect.gen(function* () {
          const emulator = yield* start()
          const client = clientOf(emulator)
          const first = yield* client.exported("channels", { ...everything(emulator), ...options })
          const second = yield* client.exported("channels", { ...everything(emulator), ...options })
          assert.notStrictEqual(first["request_id"], second["request_id"])
          const one = yield* get(linkOf(first))
          const other = yield* get(linkOf(second))
          assert.isTrue(one.bytes.equals(other.bytes))
          assert.strictEqual(one.headers.get("etag"), other.headers.get("etag"))
          return one.bytes
        })
      for (const options of [{}, { format: "csv" }])
        assert.isTrue((yield* zipOf(options)).equals(yield* zipOf(options)))
    })
  )

  it.effect("count as registered twice only while an equal one is usable", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ fileMillis: DAY })
      const client = clientOf(emulator)
      const window = everything(emulator)
      yield* emulator.failNext("failedExport")
      assert.strictEqual((yield* client.exported("users", window))["status"], "failed")
      yield* emulator.failNext("lostExport")
      assert.strictEqual((yield* client.exported("users", window))["code"], 400201)
      yield* client.exported("users", window)
      yield* client.exported("users", { ...window, user_ids: ["somebody"] })
      yield* client.exported("users", { ...window, format: "csv" })
      yield* client.exported("channels", window)
      assert.lengthOf(emulator.doubleRegistrations(), 0)

      const again = yield* client.exported("users", window)
      assert.deepStrictEqual(
        emulator.doubleRegistrations().map(({ requestId }) => requestId),
        [String(again["request_id"])]
      )
      yield* TestClock.adjust(DAY)
      yield* client.exported("users", window)
      assert.lengthOf(emulator.doubleRegistrations(), 1)
      assert.deepStrictEqual(
        emulator.registrations().map(({ status }) => status),
        ["failed", "lost", "done", "no data", "done", "done", "done", "done"]
      )
    })
  )

  it.effect("are listed by data type, page by page and without their type; lost ones are not", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      const ids: Array<string> = []
      for (let day = 0; day < 12; day++)
        ids.push(
          yield* client.register("messages", {
            start_ts: day * DAY,
            end_ts: (day + 1) * DAY,
            sender_ids: ["a"]
          })
        )
      yield* emulator.failNext("lostExport")
      yield* client.exported("messages", { start_ts: 0, end_ts: 2 * DAY })
      yield* client.register("users", everything(emulator))
      const first = json(yield* client.get("/export/messages"))
      assert.lengthOf(first["exported_data"] as ReadonlyArray<unknown>, 10)
      assert.strictEqual(first["token"], "")
      assert.notStrictEqual(first["next"], "")
      for (const limit of [1, 5, 12, 100]) {
        const listed = yield* client.list("/export/messages", "exported_data", limit)
        assert.deepStrictEqual(
          listed.map(({ request_id }) => request_id),
          ids
        )
        assert.notProperty(listed[0], "data_type")
        assert.deepStrictEqual(listed[0]?.["sender_ids"], ["a"])
      }
      assert.deepStrictEqual(json(yield* client.get("/export/channels")), {
        exported_data: [],
        token: "",
        next: ""
      })
    })
  )

  it.effect("are unknown under another id or another data type", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      const requestId = yield* client.register("users", everything(emulator))
      for (const path of ["/export/users/0123456789abcde", `/export/channels/${requestId}`]) {
        const answer = yield* client.get(path)
        assert.strictEqual(answer.status, 400)
        assert.deepInclude(json(answer), { error: true, code: 400201 })
      }
    })
  )

  it.effect("use the application's own time", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ now: 1_800_000_000_000 })
      yield* TestClock.adjust("3 minutes")
      const registered = json(yield* clientOf(emulator).post("/export/users", everything(emulator)))
      assert.strictEqual(registered["created_at"], 1_800_000_180_000)
    })
  )

  it.effect("have a token and signatures that a search for secrets finds", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const done = yield* clientOf(emulator).exported("users", everything(emulator))
      assert.include(emulator.apiToken, SendbirdExport.secret)
      assert.include(new URL(linkOf(done)).searchParams.get("Signature"), SendbirdExport.secret)
    })
  )
})
