import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { clientOf, get, json, start } from "./client.ts"

describe("the rate limit", () => {
  it.effect("is in the headers of every response, including errors", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ rateLimit: { calls: 10, seconds: 60 } })
      const client = clientOf(emulator)
      const answers = [
        yield* client.get("/users"),
        yield* client.get("/nothing"),
        yield* client.post("/export/users", {}),
        yield* get(`${emulator.baseUrl}/users`)
      ]
      assert.deepStrictEqual(
        answers.map(({ headers }) => [
          headers.get("x-ratelimit-limit"),
          headers.get("x-ratelimit-remaining"),
          headers.get("x-ratelimit-reset"),
          headers.get("x-ratelimit-retryafter")
        ]),
        ["9", "8", "7", "6"].map((remaining) => ["10;w=60", remaining, "60", "0"])
      )
    })
  )

  it.effect("rejects calls above it until the next period", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ rateLimit: { calls: 2, seconds: 1 } })
      const client = clientOf(emulator)
      const status = Effect.map(client.get("/users"), (answer) => answer.status)
      assert.deepStrictEqual([yield* status, yield* status, yield* status], [200, 200, 429])
      yield* TestClock.adjust(930)
      const rejected = yield* client.get("/users")
      assert.strictEqual(rejected.status, 429)
      assert.deepStrictEqual(json(rejected), {
        error: true,
        code: 500910,
        message:
          "Too many requests (scope: app, limit: 2;w=1, remaining: 0, retry_after: 0.07s, reset: 0.07s)"
      })
      assert.strictEqual(rejected.headers.get("x-ratelimit-retryafter"), "0.07s")
      yield* TestClock.adjust(70)
      assert.deepStrictEqual([yield* status, yield* status, yield* status], [200, 200, 429])
    })
  )
})
