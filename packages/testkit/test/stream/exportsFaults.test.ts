import { StreamEmulator } from "@chatferry/testkit/stream"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { json, send, whole } from "../sendbird/emulator/client.ts"
import { type Fields, errorIn, tokenOf, clientOf } from "./client.ts"

const data = { messages: 300, channels: 12, users: 30 }
const start = (options: StreamEmulator.Options = {}) => StreamEmulator.start({ data, ...options })
const everything = (emulator: StreamEmulator.Emulator) => ({
  channels: emulator.cids().map((cid) => ({ cid }))
})

describe("StreamEmulator's faults of exports", () => {
  it.effect("limits exports separately, with headers that say until when", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ exportRateLimit: { calls: 2, seconds: 60 } })
      const { call } = clientOf(emulator)
      const body = everything(emulator)
      assert.strictEqual((yield* call("/export_channels", body)).headers.get("x-ratelimit-remaining"), "1")
      assert.strictEqual((yield* call("/export_channels", body)).status, 201)
      const rejected = yield* call("/export_channels", body)
      assert.deepStrictEqual(errorIn(rejected), [429, 9])
      assert.strictEqual(rejected.headers.get("x-ratelimit-limit"), "2")
      assert.strictEqual(rejected.headers.get("x-ratelimit-reset"), "60")
      const lists = yield* call("/channels", {})
      assert.strictEqual(lists.headers.get("x-ratelimit-limit"), "10000")
      yield* TestClock.adjust(60_000)
      assert.strictEqual((yield* call("/export_channels", body)).status, 201)
    })
  )

  it.effect("limits the budget of lists of channels, and of nothing else", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const { call } = clientOf(emulator)
      yield* emulator.failNext("overBudget")
      assert.strictEqual((yield* call("/users")).status, 200)
      const answer = yield* call("/channels", {})
      assert.deepStrictEqual(errorIn(answer), [429, 9])
      assert.strictEqual(answer.headers.get("retry-after"), "1")
      assert.strictEqual(answer.headers.get("x-budget-remaining-ms"), "0")
      assert.strictEqual((yield* call("/channels", {})).status, 201)
    })
  )

  it.effect("checks the token of every call", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const forged = clientOf(emulator, tokenOf("another secret"))
      const client = clientOf(emulator, tokenOf(emulator.apiSecret, { user_id: "ada" }))
      for (const path of ["/users", "/tasks/x", "/export_channels/x", "/users/x/export"]) {
        assert.deepStrictEqual(errorIn(yield* forged.call(path)), [401, 43])
        assert.deepStrictEqual(errorIn(yield* client.call(path)), [401, 5])
      }
    })
  )

  it.effect("responds to permanent errors so that nobody retries", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* emulator.rejectNext(99)
      const answer = yield* clientOf(emulator).call("/users")
      assert.deepStrictEqual(errorIn(answer), [403, 99])
      assert.strictEqual(json(answer)["unrecoverable"], true)
    })
  )

  it.effect("creates an export when the response is lost, but not when the request is", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const { sent } = clientOf(emulator)
      yield* emulator.failNext("lostRequest")
      assert.strictEqual(yield* sent("/export_channels", everything(emulator)), "cut off")
      assert.lengthOf(emulator.exports(), 0)
      for (const fault of ["lostResponse", "cutBody"] as const) {
        yield* emulator.failNext(fault)
        assert.strictEqual(yield* sent("/export_channels", everything(emulator)), "cut off")
      }
      assert.lengthOf(emulator.exports(), 2)
      assert.lengthOf(emulator.doubleExports(), 1)
    })
  )

  it.effect("responds with pages instead of JSON at the edge, without the API's headers", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* emulator.failNext("edgeHtml", 2)
      const { call } = clientOf(emulator)
      for (const status of [429, 503]) {
        const answer = yield* call("/export_channels", everything(emulator))
        assert.strictEqual(answer.status, status)
        assert.isNull(answer.headers.get("x-ratelimit-limit"))
        assert.match(answer.bytes.toString(), /^<!DOCTYPE html>/u)
      }
    })
  )

  it.effect("fails tasks and loses them when they are due", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ taskLooks: 3 })
      const client = clientOf(emulator)
      yield* emulator.failNext("failedTask")
      const failed = yield* client.exported("/export_channels", everything(emulator))
      assert.deepStrictEqual(failed.states, ["pending", "running", "failed"])
      assert.isString((failed["error"] as Fields)["type"])
      yield* emulator.failNext("lostTask")
      const lost = yield* client.exported("/export_channels", everything(emulator))
      assert.deepStrictEqual(lost.states, ["pending", "running"])
      assert.strictEqual(lost["code"], 16)
      assert.deepStrictEqual(
        emulator.exports().map(({ status }) => status),
        ["failed", "lost"]
      )
      assert.lengthOf(emulator.doubleExports(), 0)
    })
  )

  it.effect("disturbs downloads in every way, and then gives the file", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ slowMillis: 8 })
      const { url } = yield* clientOf(emulator).exported("/export_channels", everything(emulator))
      const file = whole(yield* send(url)).bytes
      const next = (fault: StreamEmulator.Fault) =>
        Effect.andThen(
          emulator.failNext(fault),
          Effect.suspend(() => send(url))
        )
      assert.strictEqual(whole(yield* next("s3Error")).status, 503)
      assert.match(whole(yield* next("htmlInsteadOfFile")).bytes.toString(), /^<!DOCTYPE html>/u)
      const short = whole(yield* next("truncatedFile")).bytes
      assert.strictEqual(short.length, file.length - Math.ceil(file.length / 3))
      assert.isTrue(short.equals(file.subarray(0, short.length)))
      assert.strictEqual(yield* next("wrongLength"), "cut off")
      assert.strictEqual(yield* next("cutBody"), "cut off")
      assert.isTrue(whole(yield* next("slowBody")).bytes.equals(file))
      assert.strictEqual(whole(yield* next("expiredUrl")).status, 403)
      assert.strictEqual(whole(yield* send(url)).status, 403)
      assert.strictEqual(emulator.requests()["GET file"], 9)
    })
  )

  it.effect("has the same faults for the same requests, and lets each succeed eventually", () =>
    Effect.gen(function* () {
      const shares = { serverError: 0.3, edgeHtml: 0.2, lostResponse: 0.2, failedTask: 0.3, s3Error: 0.5 }
      const run = Effect.gen(function* () {
        const emulator = yield* start({ faults: shares, seed: 7 })
        const { sent } = clientOf(emulator)
        const log: Array<unknown> = []
        const asked = (path: string, body?: object) =>
          Effect.gen(function* () {
            for (;;) {
              const answer = yield* sent(path, body)
              log.push(answer === "cut off" ? answer : answer.status)
              if (answer !== "cut off" && answer.status < 300) return json(answer)
            }
          })
        for (const cid of emulator.cids()) {
          const { task_id } = yield* asked("/export_channels", { channels: [{ cid }] })
          for (let task: Fields = {}; task["status"] !== "completed" && task["status"] !== "failed";) {
            task = yield* asked(`/tasks/${String(task_id)}`)
          }
        }
        return { log, given: emulator.faultsGiven(), states: emulator.exports().map(({ status }) => status) }
      }).pipe(Effect.scoped)
      const first = yield* run
      assert.deepStrictEqual(yield* run, first)
      assert.isAbove(first.given.serverError, 0)
      assert.isAbove(first.given.lostResponse, 0)
      assert.includeMembers(first.states, ["completed", "failed"])
    })
  )
})
