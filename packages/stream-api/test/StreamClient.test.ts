import { ApiClient } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { against, type Answer, json, look, page, errorResponse } from "./fakeStream.ts"

describe("requests to Stream", () => {
  it.effect("contain the key and the token, but no other part of the connection", () =>
    Effect.gen(function* () {
      const { asked } = yield* against([], (client) => client.get(look, { state: "all" }))
      assert.strictEqual(asked[0]?.url.href, "https://chat.example/tasks/1?state=all&api_key=key")
      assert.strictEqual(asked[0]?.headers["authorization"], "token")
      assert.strictEqual(asked[0]?.headers["stream-auth-type"], "jwt")
    })
  )

  it.effect("wait until the app has calls left, whichever client used them up", () =>
    Effect.gen(function* () {
      const used = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "42" }
      const { times } = yield* against([() => json({}, 200, used)], (client, another) =>
        Effect.gen(function* () {
          const [ofOtherApp, ofSameApp] = [yield* another("other"), yield* another("key")]
          yield* client.get(look, {})
          yield* ofOtherApp.get(look, {})
          yield* ofSameApp.get(look, {})
        })
      )
      assert.deepStrictEqual(times, [0, 0, 42_000])
    })
  )

  it.effect("wait until calls are left, but those to another endpoint do not", () =>
    Effect.gen(function* () {
      const used = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "42" }
      const [one, other] = [
        { ...look, endpoint: "look" },
        { ...look, endpoint: "list" }
      ]
      const { times } = yield* against([() => json({}, 200, used)], (client) =>
        Effect.andThen(client.get(one, {}), Effect.andThen(client.get(other, {}), client.get(one, {})))
      )
      assert.deepStrictEqual(times, [0, 0, 42_000])
    })
  )

  it.effect("wait as long as a rate limit response says, and do not count it as a failure", () =>
    Effect.gen(function* () {
      const answers = [
        () => json({ code: 9, message: "slow down" }, 429, { "retry-after": "7" }),
        () => json({ code: 9, message: "slow down" }, 429, { "x-ratelimit-reset": "30" }),
        () => page(429),
        () => json({ code: -1 }, 500, { "x-ratelimit-reset": "9999" }),
        () => errorResponse(23, 408)
      ]
      const { times } = yield* against(answers, (client) => client.get(look, {}))
      assert.deepStrictEqual(times, [0, 7000, 30_000, 32_000, 32_500, 33_500])
    })
  )

  it.effect.each<{
    readonly name: string
    readonly answer: () => Answer
    readonly mayBeDone: boolean
    readonly isLookedUp: boolean
  }>([
    { name: "an internal error", answer: () => errorResponse(-1, 500), mayBeDone: false, isLookedUp: true },
    { name: "an unknown error", answer: () => errorResponse(777, 500), mayBeDone: false, isLookedUp: true },
    { name: "a rate limit", answer: () => errorResponse(9, 429), mayBeDone: false, isLookedUp: false },
    { name: "an edge that blocks requests", answer: () => page(503), mayBeDone: false, isLookedUp: true },
    {
      name: "a connection that is not accepted",
      answer: () => "ECONNREFUSED",
      mayBeDone: false,
      isLookedUp: false
    },
    { name: "a connection that ends", answer: () => "ECONNRESET", mayBeDone: true, isLookedUp: true },
    { name: "a gateway without a response", answer: () => page(502), mayBeDone: true, isLookedUp: true },
    { name: "a timeout", answer: () => errorResponse(23, 408), mayBeDone: true, isLookedUp: true },
    { name: "a truncated response", answer: () => new Response('{"task'), mayBeDone: true, isLookedUp: true }
  ])(
    "that are not idempotent are repeated after $name, unless the service may have acted ($mayBeDone) or the result can be looked up ($isLookedUp)",
    ({ answer, isLookedUp, mayBeDone }) =>
      Effect.gen(function* () {
        const marks: Array<boolean> = []
        const blind = yield* against([answer], (client) =>
          client.postNonIdempotent(look, {}, (onInFlight) => Effect.sync(() => void marks.push(onInFlight)))
        )
        assert.strictEqual(blind.times.length, mayBeDone ? 1 : 2)
        assert.deepStrictEqual(marks, mayBeDone ? [true] : [true, false, true])
        assert.strictEqual(blind.outcome instanceof ApiClient.OutcomeUnknown, mayBeDone)
        const seeing = yield* against([answer], (client) => client.postNonIdempotent(look, {}), {
          canLookUp: true
        })
        assert.strictEqual(seeing.outcome instanceof ApiClient.OutcomeUnknown, isLookedUp)
      })
  )
})

describe("errors of Stream", () => {
  it.effect.each([
    { code: 2, status: 401, problem: "API key does not exist", hint: "apiKey" },
    { code: 4, status: 400, problem: "not accepted", hint: "hint 4" },
    { code: 5, status: 401, problem: "signature does not match", hint: "apiSecret" },
    { code: 16, status: 404, problem: "does not exist", hint: "hint 16" },
    { code: 17, status: 403, problem: "not allowed", hint: "hint 17" },
    { code: 22, status: 413, problem: "too large", hint: "hint 22" },
    { code: 41, status: 401, problem: "not valid yet", hint: "clock" },
    { code: 69, status: 400, problem: "another region", hint: "baseUrl" },
    { code: 70, status: 403, problem: "may not do this", hint: "hint 70" },
    { code: 99, status: 403, problem: "suspended", hint: "hint 99" },
    { code: 777, status: 400, problem: "not documented", hint: "API errors" }
  ])("explain $code and what to do, and are not retried", ({ code, hint, problem, status }) =>
    Effect.gen(function* () {
      const { outcome, times } = yield* against([() => errorResponse(code, status)], (client) =>
        client.get(look, {})
      )
      assert.instanceOf(outcome, SourceError.RequestRejected)
      assert.deepInclude(outcome, { operation: "looking", code, status })
      assert.include(outcome.problem, problem)
      assert.include(outcome.hint, hint)
      assert.strictEqual(times.length, 1)
    })
  )

  it.effect.each([
    { name: "no code and 401", answer: () => page(401), problem: "the key, the secret or the app" },
    { name: "no code and 404", answer: () => page(404), problem: "the address does not exist" },
    { name: "a redirect", answer: () => page(302), problem: "another address, which is not followed" },
    { name: "a list", answer: () => json([{ code: 2 }], 400), problem: "not documented" },
    { name: "a code that is not a number", answer: () => json({ code: "2" }, 400), problem: "not documented" }
  ])("are understood by their status with $name", ({ answer, problem }) =>
    Effect.gen(function* () {
      const { outcome } = yield* against([answer], (client) => client.get(look, {}))
      assert.instanceOf(outcome, SourceError.RequestRejected)
      assert.isNull(outcome.code)
      assert.include(outcome.problem, problem)
    })
  )

  it.effect.each([
    [9, 429],
    [-1, 500],
    [777, 500]
  ] as const)("are final when Stream calls %i, HTTP %i, unrecoverable", ([code, status]) =>
    Effect.gen(function* () {
      const answer = () => errorResponse(code, status, { unrecoverable: true })
      const { outcome, times } = yield* against([answer], (client) => client.get(look, {}))
      assert.instanceOf(outcome, SourceError.RequestRejected)
      assert.strictEqual(times.length, 1)
      if (code === 777) assert.include(outcome.problem, "a retry does not help")
    })
  )

  it.effect("pass their subject to the connector's own code, and never show their message", () =>
    Effect.gen(function* () {
      const answer = () => json({ code: 4, message: "can't find user carla" }, 400)
      const about = (code: number | null, words: string) => `${code} ${words.includes("find")}`
      const shown = yield* against([answer], (client) => client.get(look, {}), { about })
      assert.instanceOf(shown.outcome, SourceError.RequestRejected)
      assert.strictEqual(shown.outcome.about, "4 true")
      assert.notInclude(JSON.stringify(shown.outcome) + shown.outcome.message, "carla")
      const withheld = yield* against([answer], (client) => client.get(look, {}))
      assert.instanceOf(withheld.outcome, SourceError.RequestRejected)
      assert.isFalse("about" in withheld.outcome)
    })
  )
})
