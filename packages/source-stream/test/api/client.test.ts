import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Redacted } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Client from "../../src/internal/api/client.ts"
import * as JsonEnd from "../../src/internal/api/jsonEnd.ts"
import { serverToken } from "../../src/internal/api/token.ts"
import { json, refusal } from "./app.ts"

const settings: Client.ClientSettings = {
  baseUrl: "https://chat.example",
  apiKey: "key",
  token: Redacted.make("token"),
  attempts: 3,
  requestTimeoutMillis: 60_000,
  retryMillis: [500, 30_000]
}

const look = {
  operation: "looking",
  endpoint: "look",
  path: "/tasks/1",
  decode: (body: string) => (body.endsWith("}") ? body : undefined)
} as const
const list = { ...look, operation: "listing", endpoint: "list users" } as const

/** An answer, or why there is none. */
type Answer = Response | "ECONNREFUSED" | "ECONNRESET"

/** When, in milliseconds, each request was made to a server that gives these answers in turn. */
const timesOf = (
  answers: ReadonlyArray<() => Answer>,
  calls: (client: Client.Client) => Effect.Effect<unknown, unknown>
) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const http = HttpClient.make((request) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        times.push(now)
        const answer = answers[times.length - 1]?.() ?? json({})
        if (answer instanceof Response) return Effect.succeed(HttpClientResponse.fromWeb(request, answer))
        const reason = new HttpClientError.TransportError({ request, cause: { code: answer } })
        return Effect.fail(new HttpClientError.HttpClientError({ reason }))
      })
    )
    const client = yield* Client.make(settings).pipe(Effect.provideService(HttpClient.HttpClient, http))
    const fiber = yield* Effect.forkChild(calls(client))
    yield* TestClock.adjust("10 minutes")
    fiber.interruptUnsafe()
    return times
  })

describe("requests to Stream", () => {
  it.effect("wait until calls are left, those to another endpoint do not", () =>
    Effect.gen(function* () {
      const used = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "42" }
      const times = yield* timesOf([() => json({}, 200, used)], (client) =>
        Effect.andThen(client.get(look, {}), Effect.andThen(client.get(list, {}), client.get(look, {})))
      )
      assert.deepStrictEqual(times, [0, 0, 42_000])
    })
  )

  it.effect("wait as long as a refusal for their rate says, and do not count it as a failure", () =>
    Effect.gen(function* () {
      const answers = [
        () => json({ code: 9, message: "slow down" }, 429, { "retry-after": "7" }),
        () => json({ code: 9, message: "slow down" }, 429, { "x-ratelimit-reset": "30" }),
        () => new Response("<html></html>", { status: 429 }),
        () => json({ code: -1 }, 500, { "x-ratelimit-reset": "9999" }),
        () => refusal(23, 408)
      ]
      const times = yield* timesOf(answers, (client) => client.get(look, {}))
      assert.deepStrictEqual(times, [0, 7000, 30_000, 32_000, 32_500, 33_500])
    })
  )

  it.effect.each<{ readonly name: string; readonly answer: () => Answer; readonly mayBeDone: boolean }>([
    { name: "an internal error", answer: () => refusal(-1, 500), mayBeDone: false },
    { name: "a rate limit", answer: () => refusal(9, 429), mayBeDone: false },
    { name: "an edge that lets nothing in", answer: () => page(503), mayBeDone: false },
    { name: "a connection that is refused", answer: () => "ECONNREFUSED", mayBeDone: false },
    { name: "a connection that ends", answer: () => "ECONNRESET", mayBeDone: true },
    { name: "a gateway that heard nothing", answer: () => page(502), mayBeDone: true },
    { name: "a timeout", answer: () => refusal(23, 408), mayBeDone: true },
    { name: "an answer that is cut off", answer: () => new Response('{"task'), mayBeDone: true }
  ])(
    "that may be made once only are made again after $name, unless something may be done: $mayBeDone",
    ({ answer, mayBeDone }) =>
      Effect.gen(function* () {
        const marks: Array<boolean> = []
        const times = yield* timesOf([answer], (client) =>
          client.postOnce(look, {}, (mark) => Effect.sync(() => void marks.push(mark)))
        )
        assert.strictEqual(times.length, mayBeDone ? 1 : 2)
        assert.deepStrictEqual(marks, mayBeDone ? [true] : [true, false, true])
      })
  )
})

const page = (status: number) => new Response("<html></html>", { status })

describe("the token", () => {
  it("is the one that a server signs", () => {
    assert.strictEqual(
      Redacted.value(serverToken(Redacted.make("secret"))),
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzZXJ2ZXIiOnRydWV9.DHnfQolWsEGFcTR7ZwVBbIVUFAvxzDJXzB6UlyU-7JQ"
    )
  })
})

describe("the end of JSON", () => {
  const problemOf = (text: string, isLines: boolean) => {
    const end = JsonEnd.make(isLines)
    for (const byte of Buffer.from(text)) end.push(Uint8Array.of(byte))
    return end.problem()
  }

  it.each([
    ["a document", '[{"a":"}\\"]"}]', undefined, undefined],
    ["a document on lines", '{\n "a": [1,\n 2]\n}\n', undefined, undefined],
    ["documents with a byte order mark", '\uFEFF{"a":1} {"b":[]}', undefined, undefined],
    ["lines, one of them damaged", '{"a":1}\n{"b":"\n{"c":3}\n', "the JSON ends too early", undefined],
    ["a cut in a text", '{"a":1}\n{"b":"x', "the JSON ends too early", "the JSON ends too early"],
    ["a cut behind an escape", '{"a":"\\', "the JSON ends too early", "the JSON ends too early"],
    ["a cut between members", '{"a":1,', "the JSON ends too early", "the JSON ends too early"],
    ["HTML", "<html>{}</html>", "the file is no JSON", "the file is no JSON"],
    ["nothing", "", "the file is no JSON", "the file is no JSON"]
  ] as const)("is told of %s", (_, text, document, lines) => {
    assert.deepStrictEqual([problemOf(text, false), problemOf(text, true)], [document, lines])
  })
})
