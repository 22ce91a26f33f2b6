import { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { clientOf, everything, get, json, linkOf, send, start } from "./client.ts"

const exported = (emulator: SendbirdEmulator.Emulator) =>
  Effect.map(clientOf(emulator).exported("channels", everything(emulator)), linkOf)

const register = (emulator: SendbirdEmulator.Emulator) =>
  send(`${emulator.baseUrl}/export/channels`, {
    method: "POST",
    headers: { "Api-Token": emulator.apiToken },
    body: JSON.stringify(everything(emulator))
  })

describe("faults of the API", () => {
  it.effect("are a burst of 429 with a wait in fractions of a second, and then none", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      yield* emulator.failNext("rateLimited", 2)
      const [first, second, third] = [
        yield* client.get("/users"),
        yield* client.get("/users"),
        yield* client.get("/users")
      ]
      assert.strictEqual(first.status, 429)
      assert.strictEqual(json(first)["code"], 500910)
      assert.match(String(json(first)["message"]), /retry_after: 0\.\d+s, reset: [\d.]+s/u)
      assert.match(first.headers.get("x-ratelimit-retryafter") ?? "", /^0\.\d+$/u)
      assert.match(second.headers.get("x-ratelimit-retryafter") ?? "", /^0\.\d+s$/u)
      assert.strictEqual(second.headers.get("x-ratelimit-remaining"), "0")
      assert.strictEqual(third.status, 200)
    })
  )

  it.effect("are errors of the application and of the proxy in front of it", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* emulator.failNext("serverError", 2)
      const first = yield* clientOf(emulator).get("/users")
      assert.strictEqual(first.status, 500)
      assert.strictEqual(json(first)["code"], 500901)
      const second = yield* clientOf(emulator).get("/users")
      assert.strictEqual(second.status, 503)
      assert.match(second.bytes.toString(), /^<!DOCTYPE html>/u)
    })
  )

  it.effect("are responses that are cut off or never come, though the export is registered", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      for (const fault of ["lostResponse", "cutBody"] as const) {
        yield* emulator.failNext(fault)
        assert.strictEqual(yield* register(emulator), "cut off")
      }
      assert.lengthOf(emulator.registrations(), 2)
      assert.lengthOf(emulator.doubleRegistrations(), 1)
      assert.lengthOf(yield* clientOf(emulator).list("/export/channels", "exported_data"), 2)
    })
  )

  it.effect("are bodies that come slowly but completely", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ slowMillis: 20 })
      const quick = yield* clientOf(emulator).get("/users?limit=50")
      yield* emulator.failNext("slowBody")
      const slow = yield* clientOf(emulator).get("/users?limit=50")
      assert.isTrue(slow.bytes.equals(quick.bytes))
      assert.strictEqual(emulator.faultsGiven().slowBody, 1)
    })
  )

  it.effect("are page tokens that have expired, for pages after the first", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      yield* emulator.failNext("expiredPageToken")
      const first = yield* clientOf(emulator).get("/users?limit=1")
      assert.strictEqual(first.status, 200)
      const path = `/users?limit=1&token=${String(json(first)["next"])}`
      assert.strictEqual(json(yield* clientOf(emulator).get(path))["code"], 400109)
      assert.strictEqual((yield* clientOf(emulator).get(path)).status, 200)
    })
  )

  it.effect("are exports that fail, and exports that are lost when they are due", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      yield* emulator.failNext("failedExport")
      const failed = yield* client.register("channels", everything(emulator))
      yield* emulator.failNext("lostExport")
      const lost = yield* client.register("users", everything(emulator))
      assert.strictEqual((yield* client.look("channels", failed))["status"], "exporting")
      assert.strictEqual((yield* client.look("users", lost))["status"], "exporting")
      assert.strictEqual((yield* client.look("channels", failed))["status"], "failed")
      assert.strictEqual((yield* client.look("users", lost))["code"], 400201)
    })
  )
})

describe("faults of the file server", () => {
  it.effect("are zips that are cut off, and can be resumed", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const url = yield* exported(emulator)
      const whole = yield* get(url)
      yield* emulator.failNext("cutBody")
      assert.strictEqual(yield* send(url), "cut off")
      const half = Math.floor(whole.bytes.length / 2)
      const rest = yield* get(url, { Range: `bytes=${half}-`, "If-Range": whole.headers.get("etag") ?? "" })
      assert.strictEqual(rest.status, 206)
      assert.isTrue(rest.bytes.equals(whole.bytes.subarray(half)))
    })
  )

  it.effect("are half a body before the end of the connection", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const url = yield* exported(emulator)
      const size = (yield* get(url)).bytes.length
      yield* emulator.failNext("cutBody")
      const received = yield* Effect.promise(async () => {
        const answer = await fetch(url)
        assert.strictEqual(answer.headers.get("content-length"), String(size))
        let length = 0
        try {
          for await (const chunk of answer.body ?? []) length += chunk.length
        } catch {
          return length
        }
        return -1
      })
      assert.strictEqual(received, Math.floor(size / 2))
    })
  )

  it.effect("are zips without their end, which `Content-Length` does not reveal", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const url = yield* exported(emulator)
      const whole = yield* get(url)
      yield* emulator.failNext("truncatedZip")
      const truncated = yield* get(url)
      assert.strictEqual(truncated.status, 200)
      assert.isBelow(truncated.bytes.length, whole.bytes.length)
      assert.isTrue(truncated.bytes.equals(whole.bytes.subarray(0, truncated.bytes.length)))
      assert.strictEqual(truncated.headers.get("content-length"), String(truncated.bytes.length))
    })
  )

  it.effect("are `Content-Length` headers that exceed the content", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const url = yield* exported(emulator)
      yield* emulator.failNext("wrongLength")
      assert.strictEqual(yield* send(url), "cut off")
    })
  )

  it.effect("are a page, an error and a link that is no longer valid", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      const url = yield* exported(emulator)
      yield* emulator.failNext("htmlInsteadOfZip")
      const page = yield* get(url)
      assert.strictEqual(page.status, 200)
      assert.include(page.headers.get("content-type"), "text/html")
      yield* emulator.failNext("serverError")
      assert.strictEqual((yield* get(url)).status, 503)
      yield* emulator.failNext("expiredLink")
      assert.strictEqual((yield* get(url)).status, 403)
      assert.strictEqual((yield* get(url)).status, 403)
      const [registered] = emulator.registrations()
      const fresh = linkOf(yield* client.look("channels", registered?.requestId ?? ""))
      assert.strictEqual((yield* get(fresh)).status, 200)
    })
  )
})

const shares = (share: number) => Object.fromEntries(SendbirdEmulator.faults.map((fault) => [fault, share]))

/** Requests a page until it comes, and gives the faults on the way. */
const met = (options: SendbirdEmulator.Options) =>
  Effect.gen(function* () {
    const emulator = yield* start({ slowMillis: 1, ...options })
    const seen: Array<number | string> = []
    for (let page = 1; page <= 60; page++) {
      const answer = yield* send(`${emulator.baseUrl}/users?limit=${page}`, {
        headers: { "Api-Token": emulator.apiToken }
      })
      seen.push(answer === "cut off" ? answer : answer.status)
    }
    return { seen, given: emulator.faultsGiven() }
  })

describe("shares of faults", () => {
  it.effect("occur for the same requests each time, and for others with another seed", () =>
    Effect.gen(function* () {
      const faults = shares(0.1)
      const first = yield* met({ faults })
      assert.deepStrictEqual(yield* met({ faults }), first)
      assert.notDeepEqual((yield* met({ faults, seed: 99 })).seen, first.seen)
      const { cutBody, rateLimited, serverError, slowBody } = first.given
      for (const times of [cutBody, rateLimited, serverError, slowBody]) assert.isAbove(times, 0)
      assert.isBelow(cutBody + rateLimited + serverError, 40)
    })
  )

  it.effect("occur for a request but not for its retry", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ faults: { serverError: 0.5 }, faultsInARow: 100 })
      const oks = []
      for (let i = 0; i < 40; i++) oks.push((yield* clientOf(emulator).get("/users")).status === 200)
      assert.isAbove(oks.filter((ok) => ok).length, 8)
      assert.isBelow(oks.filter((ok) => ok).length, 32)
    })
  )

  it.effect("let the same request succeed after a number of faults in a row", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ faults: { serverError: 1 }, faultsInARow: 2 })
      const statuses = []
      for (let i = 0; i < 6; i++) statuses.push((yield* clientOf(emulator).get("/users")).status)
      assert.deepStrictEqual(statuses, [500, 503, 200, 500, 503, 200])
    })
  )

  it.effect("are zero by default", () =>
    Effect.gen(function* () {
      const { given, seen } = yield* met({})
      assert.deepStrictEqual(new Set(seen), new Set([200]))
      assert.deepStrictEqual(new Set(Object.values(given)), new Set([0]))
    })
  )
})
