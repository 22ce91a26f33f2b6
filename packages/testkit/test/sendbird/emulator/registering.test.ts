import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { clientOf, DAY, everything, type Fields, get, json, send, start, whole } from "./client.ts"

const NOW = Date.UTC(2024, 7, 31)
const WEEK = { start_ts: 0, end_ts: 7 * DAY }
const ids = (count: number) => Array.from({ length: count }, (_, i) => `user_${i}`)

const rejected: ReadonlyArray<{
  readonly name: string
  readonly type: string
  readonly body: unknown
  readonly code: number
}> = [
  { name: "a body that is not JSON", type: "users", body: "{", code: 400403 },
  { name: "a body that is a list", type: "users", body: [], code: 400403 },
  { name: "no start_ts", type: "channels", body: { end_ts: 1 }, code: 400105 },
  { name: "no end_ts", type: "users", body: { start_ts: 1 }, code: 400105 },
  { name: "a time as text", type: "users", body: { start_ts: "0", end_ts: 1 }, code: 400101 },
  { name: "a fraction of a millisecond", type: "users", body: { start_ts: 0.5, end_ts: 1 }, code: 400101 },
  { name: "a negative time", type: "users", body: { start_ts: -1, end_ts: 1 }, code: 400106 },
  { name: "an end that equals the start", type: "users", body: { start_ts: 5, end_ts: 5 }, code: 400111 },
  { name: "a filter that is null", type: "messages", body: { ...WEEK, sender_ids: null }, code: 400102 },
  { name: "a filter that is text", type: "messages", body: { ...WEEK, channel_urls: "a" }, code: 400102 },
  { name: "a filter of numbers", type: "messages", body: { ...WEEK, channel_urls: [1] }, code: 400100 },
  {
    name: "a switch that is text",
    type: "messages",
    body: { ...WEEK, show_read_receipt: "no" },
    code: 400104
  },
  { name: "eleven senders", type: "messages", body: { ...WEEK, sender_ids: ids(11) }, code: 400203 },
  {
    name: "eleven senders left out",
    type: "messages",
    body: { ...WEEK, exclude_sender_ids: ids(11) },
    code: 400203
  },
  {
    name: "eleven neighbours",
    type: "messages",
    body: { ...WEEK, neighboring_message_limit: 11 },
    code: 400113
  },
  { name: "another format", type: "messages", body: { ...WEEK, format: "xml" }, code: 400111 },
  {
    name: "a delimiter of two characters",
    type: "messages",
    body: { ...WEEK, format: "csv", csv_delimiter: ";;" },
    code: 400110
  },
  {
    name: "no delimiter",
    type: "messages",
    body: { ...WEEK, format: "csv", csv_delimiter: "" },
    code: 400111
  },
  {
    name: "a quote as delimiter",
    type: "messages",
    body: { ...WEEK, format: "csv", csv_delimiter: '"' },
    code: 400111
  },
  {
    name: "an unknown time zone",
    type: "messages",
    body: { ...WEEK, timezone: "Mars/Olympus" },
    code: 400111
  },
  {
    name: "messages of more than 7 days",
    type: "messages",
    body: { start_ts: 0, end_ts: 7 * DAY + 1 },
    code: 400111
  },
  {
    name: "messages of more than 186 days with user_ids",
    type: "messages",
    body: { start_ts: 0, end_ts: 186 * DAY + 1, user_ids: ["a"] },
    code: 400111
  },
  {
    name: "messages of 8 days with sender_ids",
    type: "messages",
    body: { start_ts: 0, end_ts: 8 * DAY, sender_ids: ["a"] },
    code: 400111
  },
  {
    name: "failed webhooks of more than a day",
    type: "failed_webhooks",
    body: { start_ts: NOW - 2 * DAY, end_ts: NOW - DAY + 1 },
    code: 400111
  },
  {
    name: "failed webhooks of more than six months ago",
    type: "failed_webhooks",
    body: { start_ts: Date.UTC(2024, 1, 28), end_ts: Date.UTC(2024, 1, 29) },
    code: 400111
  },
  { name: "an unknown data type", type: "reactions", body: WEEK, code: 400404 }
]

const accepted: ReadonlyArray<{ readonly name: string; readonly type: string; readonly body: Fields }> = [
  { name: "messages of 7 days", type: "messages", body: WEEK },
  {
    name: "messages of 186 days with user_ids",
    type: "messages",
    body: { start_ts: 0, end_ts: 186 * DAY, user_ids: ["a"] }
  },
  {
    name: "ten senders",
    type: "messages",
    body: { ...WEEK, sender_ids: ids(10), exclude_sender_ids: ids(10) }
  },
  { name: "a tab as delimiter", type: "messages", body: { ...WEEK, format: "csv", csv_delimiter: "\t" } },
  {
    name: "users of any period, with filters of other data types",
    type: "users",
    body: { start_ts: 0, end_ts: NOW, sender_ids: ids(20) }
  },
  {
    name: "failed webhooks of six months ago",
    type: "failed_webhooks",
    body: { start_ts: Date.UTC(2024, 1, 29), end_ts: Date.UTC(2024, 2, 1) }
  }
]

describe("registering", () => {
  it.effect.each(rejected)("rejects $name", ({ body, code, type }) =>
    Effect.gen(function* () {
      const emulator = yield* start({ now: NOW })
      const answer = yield* clientOf(emulator).post(`/export/${type}`, body)
      assert.strictEqual(answer.status, 400)
      const { message, ...rest } = json(answer)
      assert.deepStrictEqual(rest, { error: true, code })
      assert.isString(message)
      assert.lengthOf(emulator.registrations(), 0)
    })
  )

  it.effect.each(accepted)("takes $name", ({ body, type }) =>
    Effect.gen(function* () {
      const emulator = yield* start({ now: NOW })
      const answer = yield* clientOf(emulator).post(`/export/${type}`, body)
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(json(answer)["status"], "scheduled")
    })
  )

  it.effect("accepts long windows with another filter when configured", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* start({ longWindowsWith: "sender_ids" }))
      const window = { start_ts: 0, end_ts: 186 * DAY }
      assert.strictEqual(
        (yield* client.post("/export/messages", { ...window, sender_ids: ["a"] })).status,
        200
      )
      assert.strictEqual((yield* client.post("/export/messages", { ...window, user_ids: ["a"] })).status, 400)
    })
  )

  it.effect("requires the token for every call", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      for (const headers of [{}, { "Api-Token": `${emulator.apiToken}x` }, { "Api-Token": "" }]) {
        const posted = whole(
          yield* send(`${emulator.baseUrl}/export/users`, {
            method: "POST",
            headers,
            body: JSON.stringify(everything(emulator))
          })
        )
        const answers = [posted, yield* get(`${emulator.baseUrl}/users`, headers)]
        for (const answer of answers) {
          assert.strictEqual(answer.status, 400)
          assert.strictEqual(json(answer)["code"], 400401)
        }
      }
      assert.lengthOf(emulator.registrations(), 0)
    })
  )

  it.effect("rejects calls with any code on command", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      yield* emulator.rejectNext(400108, 2)
      yield* emulator.rejectNext(400304)
      const codes = []
      for (let i = 0; i < 4; i++)
        codes.push(json(yield* client.post("/export/users", everything(emulator)))["code"])
      assert.deepStrictEqual(codes, [400108, 400108, 400304, undefined])
      assert.lengthOf(emulator.registrations(), 1)
    })
  )

  it.effect("rejects unknown calls", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      for (const path of [
        "/",
        "/export",
        "/users/a/b",
        "/group_channels/%E0%A4%A/members",
        "/open_channels/a/members"
      ]) {
        const answer = yield* client.get(path)
        assert.deepInclude(json(answer), { error: true, code: 400404 }, path)
      }
      assert.deepStrictEqual(emulator.requests(), { unknown: 5 })
    })
  )
})
