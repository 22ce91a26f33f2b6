import { ApiClient, RetryPolicy } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { Settings } from "@chatferry/core/settings"
import { Telemetry } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Fiber, Random, Schema, Tracer } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { type Answering, cut, hangUp, json, serve, services, silence, still } from "./loopback.ts"

/** A provider whose error responses state their own meaning. */
const provider: ApiClient.Provider = {
  name: "Acme",
  app: "channels",
  span: "Acme",
  authorise: HttpClientRequest.setHeader("api-token", "canary"),
  errorResponseOf: ({ body, headers, status }) => {
    const { about, code = null, kind = "final" } = errorIn(body) ?? {}
    const [problem, hint] = ["it is wrong", "Fix it."]
    const retryAfter = headers["retry-after"]
    return {
      kind: status >= 500 ? "unclear" : kind,
      code,
      problem,
      hint,
      about,
      retryAfter: retryAfter === undefined ? undefined : Number(retryAfter)
    }
  },
  waitAfter: (headers) => Number(headers["x-wait"] ?? 0)
}

const errorIn = ApiClient.jsonOrNothing(
  Schema.Struct({
    kind: Schema.optionalKey(Schema.Literals(["final", "rate limit", "undone", "unclear"])),
    code: Schema.optionalKey(Schema.Int),
    about: Schema.optionalKey(Schema.String)
  })
)

const settings = { attempts: 3, requestTimeoutMillis: 5000, retryMillis: [1, 2] } as const

const call = {
  operation: "looking",
  path: "/things",
  decode: ApiClient.json(Schema.Struct({ ok: Schema.Int }))
}

const connect = (baseUrl: string, given: Partial<ApiClient.ClientSettings> = {}) =>
  ApiClient.make({ baseUrl, ...settings, ...given }, provider)

const fine = json({ ok: 1 })
const error = (kind: ApiClient.ErrorResponse["kind"], status = 400) => json({ kind }, status)

/** Temporary failures, and whether the service may have acted. */
const troubles: ReadonlyArray<{
  readonly name: string
  readonly answer: Answering
  readonly problem: RegExp
  readonly isUndone: boolean
}> = [
  { name: "no response", answer: hangUp, problem: /^the connection failed/u, isUndone: false },
  {
    name: "a late response",
    answer: silence,
    problem: /^there was no response in time$/u,
    isUndone: false
  },
  {
    name: "a truncated response",
    answer: cut('{"ok"'),
    problem: /^the response was cut off/u,
    isUndone: false
  },
  {
    name: "HTML",
    answer: (response) => void response.end("<html></html>"),
    problem: /^the response is not what Acme documents/u,
    isUndone: false
  },
  { name: "a server error", answer: error("final", 500), problem: /^HTTP 500$/u, isUndone: false },
  { name: "an unclear error", answer: error("unclear"), problem: /^HTTP 400$/u, isUndone: false },
  { name: "an error without effect", answer: error("undone"), problem: /^HTTP 400$/u, isUndone: true }
]

it.layer(services, { excludeTestServices: true })("ApiClient", (it) => {
  it.effect("sends query and authorisation, and reads the response", () =>
    Effect.gen(function* () {
      const { asked, baseUrl } = yield* serve(fine)
      const client = yield* connect(baseUrl)
      assert.deepStrictEqual(yield* client.get(call, { page: 2, all: true, name: "a&b" }), { ok: 1 })
      assert.strictEqual(asked[0]?.method, "GET")
      assert.strictEqual(asked[0]?.url, "/things?page=2&all=true&name=a%26b")
      assert.strictEqual(asked[0]?.headers["api-token"], "canary")
      assert.strictEqual(asked[0]?.headers.accept, "application/json")
    })
  )

  it.effect("posts JSON with the content type of the provider", () =>
    Effect.gen(function* () {
      const { asked, baseUrl } = yield* serve(fine)
      const client = yield* connect(baseUrl)
      yield* client.post(call, { name: "ü" })
      const special = yield* ApiClient.make(
        { baseUrl, ...settings },
        { ...provider, contentType: "text/json" }
      )
      yield* special.postNonIdempotent(call, {})
      assert.deepStrictEqual(
        asked.map(({ body, headers, method }) => [method, headers["content-type"], body]),
        [
          ["POST", "application/json", '{"name":"ü"}'],
          ["POST", "text/json", "{}"]
        ]
      )
    })
  )

  it.effect.each(troubles)("retries after $name", ({ answer }) =>
    Effect.gen(function* () {
      const { asked, baseUrl } = yield* serve(answer, answer, fine)
      const client = yield* connect(baseUrl, { requestTimeoutMillis: 200 })
      assert.deepStrictEqual(yield* client.get(call, {}), { ok: 1 })
      assert.deepStrictEqual(yield* client.post(call, {}), { ok: 1 })
      assert.strictEqual(asked.length, 4)
    })
  )

  it.effect.each(troubles)(
    "gives up after the configured attempts if each ends with $name",
    ({ answer, problem }) =>
      Effect.gen(function* () {
        const { asked, baseUrl } = yield* serve(answer)
        const client = yield* connect(baseUrl, { requestTimeoutMillis: 100 })
        const failed = yield* Effect.flip(client.post(call, {}))
        assert.instanceOf(failed, SourceError.RequestFailed)
        assert.deepInclude(failed, { operation: "looking", attempts: 3 })
        assert.match(failed.problem, problem)
        assert.notInclude(failed.message, baseUrl)
        assert.strictEqual(asked.length, 3)
      })
  )

  it.effect.each(troubles)(
    "repeats a non-idempotent request after $name only if that certainly had no effect",
    ({ answer, isUndone, problem }) =>
      Effect.gen(function* () {
        const { asked, baseUrl } = yield* serve(answer, fine)
        const client = yield* connect(baseUrl, { requestTimeoutMillis: 200 })
        const marks: Array<boolean> = []
        const outcome = yield* Effect.result(
          client.postNonIdempotent(call, {}, (mayBeDone) => Effect.sync(() => void marks.push(mayBeDone)))
        )
        assert.strictEqual(asked.length, isUndone ? 2 : 1)
        assert.deepStrictEqual(marks, isUndone ? [true, false, true] : [true])
        if (outcome._tag === "Success") assert.isTrue(isUndone)
        else {
          assert.instanceOf(outcome.failure, ApiClient.OutcomeUnknown)
          assert.match(outcome.failure.problem, problem)
        }
      })
  )

  it.effect("knows that the service did nothing if there was no connection", () =>
    Effect.gen(function* () {
      const baseUrl = yield* Effect.scoped(Effect.map(serve(fine), (server) => server.baseUrl))
      const client = yield* connect(baseUrl)
      const marks: Array<boolean> = []
      const failed = yield* Effect.flip(
        client.postNonIdempotent(call, {}, (mayBeDone) => Effect.sync(() => void marks.push(mayBeDone)))
      )
      assert.instanceOf(failed, SourceError.RequestFailed)
      assert.strictEqual(failed.problem, "the connection failed (ECONNREFUSED)")
      assert.deepStrictEqual(marks, [true, false, true, false, true, false])
    })
  )

  it.effect("does not send a request if its start cannot be recorded", () =>
    Effect.gen(function* () {
      const { asked, baseUrl } = yield* serve(fine)
      const client = yield* connect(baseUrl)
      assert.strictEqual(
        yield* Effect.flip(client.postNonIdempotent(call, {}, () => Effect.fail("full"))),
        "full"
      )
      assert.strictEqual(asked.length, 0)
    })
  )

  it.effect("does not retry a response of another shape, and names its fields and what was expected", () =>
    Effect.gen(function* () {
      const things = Schema.Struct({
        things: Schema.Array(Schema.Struct({ id: Schema.String, at: Schema.Int }))
      })
      const listing = { ...call, decode: ApiClient.json(things) }
      const answer = json({
        things: [
          { id: "a", at: 1 },
          { id: 7, "what somebody wrote": 1 }
        ]
      })
      const { asked, baseUrl } = yield* serve(answer)
      const client = yield* connect(baseUrl)
      const failed = yield* Effect.flip(client.get(listing, {}))
      assert.strictEqual(
        failed.message,
        "looking failed after 1 attempt: the response is not what Acme documents: things.1.id: Expected string; things.1.at: Missing key. A retry would return the same. Fix the connector, or the service's address in its settings."
      )
      const outcomeUnknown = yield* Effect.flip(client.postNonIdempotent(listing, {}))
      assert.instanceOf(outcomeUnknown, ApiClient.OutcomeUnknown)
      assert.include(outcomeUnknown.problem, "things.1.at: Missing key")
      assert.strictEqual(asked.length, 2)
    })
  )

  it.effect("does not retry a rejected request, and reports its meaning", () =>
    Effect.gen(function* () {
      const { asked, baseUrl } = yield* serve(json({ code: 17, about: "missing" }, 404), json({}, 403))
      const client = yield* connect(baseUrl)
      const rejected = yield* Effect.flip(client.get(call, {}))
      assert.instanceOf(rejected, SourceError.RequestRejected)
      const { about, code, status } = rejected
      assert.deepStrictEqual([status, code, about], [404, 17, "missing"])
      assert.strictEqual(rejected.message, "looking was rejected (HTTP 404, code 17): it is wrong. Fix it.")
      const marks: Array<boolean> = []
      const again = yield* Effect.flip(
        client.postNonIdempotent(call, {}, (mayBeDone) => Effect.sync(() => void marks.push(mayBeDone)))
      )
      assert.strictEqual(again._tag, "RequestRejected")
      assert.isFalse("about" in again)
      assert.deepStrictEqual(marks, [true, false])
      assert.strictEqual(asked.length, 2)
    })
  )

  it.effect("does not follow a redirect: credentials would go with it", () =>
    Effect.gen(function* () {
      const elsewhere = yield* serve(fine)
      const { baseUrl } = yield* serve(json({}, 302, { location: `${elsewhere.baseUrl}/things` }))
      const client = yield* connect(baseUrl)
      const rejected = yield* Effect.flip(client.get(call, {}))
      assert.deepInclude(rejected, { _tag: "RequestRejected", status: 302 })
      assert.strictEqual(elsewhere.asked.length, 0)
    })
  )

  it.effect("makes one span with the operation, without the address and without child spans", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* serve(fine)
      const client = yield* connect(baseUrl)
      const spans: Array<Tracer.NativeSpan> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      yield* client.get(call, { token: "canary" }).pipe(Effect.withTracer(tracer))
      assert.deepStrictEqual(
        spans.map(({ attributes, name }) => [name, Object.fromEntries(attributes)]),
        [["Acme.request", { operation: "looking" }]]
      )
    })
  )
})

it.layer(services, { excludeTestServices: true })("an answer", (it) => {
  const words = "what somebody wrote"
  const text = { ...call, decode: ApiClient.json(Schema.Struct({ text: Schema.String })) }

  it.effect.each([
    { name: "it is read", answers: [json({ text: words })] },
    { name: "it is not what is documented", answers: [json({ texts: words })] },
    { name: "it is an error response", answers: [json({ kind: "final", text: words }, 400)] },
    {
      name: "it is requested again",
      answers: [json({ kind: "unclear", text: words }, 500), json({ text: words })]
    }
  ])("is not in any span, log or error if $name", ({ answers }) =>
    Effect.gen(function* () {
      const asks: ReadonlyArray<(client: ApiClient.Client) => Effect.Effect<unknown, Error>> = [
        (client) => client.get(text, { words }),
        (client) => client.post(text, { words }),
        (client) => client.postNonIdempotent(text, { words })
      ]
      for (const ask of asks) {
        const { asked, baseUrl } = yield* serve(...answers)
        const client = yield* connect(baseUrl)
        const heard = Telemetry.make()
        yield* heard.listen(ask(client))
        assert.isAbove(asked.length, 0)
        assert.isAbove(heard.count(), 0)
        assert.notInclude(heard.text(), words)
      }
    })
  )
})

/** Runs ten minutes with the given responses in order, and returns the times of the requests. */
const timesOf = <E>(
  answers: ReadonlyArray<Response>,
  calls: (client: ApiClient.Client) => Effect.Effect<unknown, E>,
  retryMillis: RetryPolicy.Backoff = [500, 30_000],
  chance: <A>(effect: Effect.Effect<A>) => Effect.Effect<A> = still
) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const http = HttpClient.make((request) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        times.push(now)
        return HttpClientResponse.fromWeb(request, answers[times.length - 1] ?? Response.json({ ok: 1 }))
      })
    )
    const client = yield* connect("https://acme.example", { retryMillis, attempts: 8 }).pipe(
      Effect.provideService(HttpClient.HttpClient, http)
    )
    const fiber = yield* Effect.forkChild(chance(Effect.exit(calls(client))))
    yield* TestClock.adjust("10 minutes")
    return { times, fiber }
  })

const limited = (headers: Record<string, string> = {}) =>
  Response.json({ kind: "rate limit" }, { status: 429, headers })

describe("pauses of an ApiClient", () => {
  it.effect("double up to the longest", () =>
    Effect.gen(function* () {
      const answers = Array.from({ length: 8 }, () => Response.json({}, { status: 500 }))
      const { times } = yield* timesOf(answers, (client) => client.get(call, {}), [1000, 5000])
      assert.deepStrictEqual(times, [0, 1000, 3000, 7000, 12_000, 17_000, 22_000, 27_000])
    })
  )

  it.effect("have jitter of at most a fifth, which does not affect waits that the service asks for", () =>
    Effect.gen(function* () {
      const answers = Array.from({ length: 8 }, () => Response.json({}, { status: 500 }))
      const { times } = yield* timesOf(
        answers,
        (client) => client.get(call, {}),
        [1000, 5000],
        Random.withSeed("a")
      )
      const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0))
      for (const [i, nominal] of [1000, 2000, 4000, 5000, 5000, 5000, 5000].entries()) {
        assert.isAtLeast(pauses[i] ?? 0, 0.8 * nominal - 1)
        assert.isAtMost(pauses[i] ?? 0, 1.2 * nominal + 1)
      }
      assert.strictEqual(new Set(pauses.slice(3)).size, 4)
      const asked = yield* timesOf(
        [limited({ "retry-after": "60000" })],
        (client) => client.get(call, {}),
        [1000, 5000],
        Random.withSeed("a")
      )
      assert.deepStrictEqual(
        asked.times.map((time) => time - (asked.times[0] ?? 0)),
        [0, 60_000]
      )
    })
  )

  it.effect("are as long as the provider asks for, but never shorter than the client's own", () =>
    Effect.gen(function* () {
      const answers = ["1", "9000"].map((millis) =>
        Response.json({}, { status: 503, headers: { "retry-after": millis } })
      )
      const { times } = yield* timesOf(answers, (client) => client.get(call, {}))
      assert.deepStrictEqual(times, [0, 500, 9500])
    })
  )

  it.effect("wait out rate limits without counting them as failures, at most five minutes each", () =>
    Effect.gen(function* () {
      const answers = [limited({ "retry-after": "9999999" }), ...Array.from({ length: 9 }, () => limited())]
      const { fiber, times } = yield* timesOf(
        answers,
        (client) => client.postNonIdempotent(call, {}),
        [1000, 1000]
      )
      assert.deepStrictEqual(times, [0, ...Array.from({ length: 10 }, (_, i) => 300_000 + i * 1000)])
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(fiber)))
    })
  )

  it.effect("precede the next request if no calls are left, of the endpoint or of the whole app", () =>
    Effect.gen(function* () {
      const used = () => Response.json({ ok: 1 }, { headers: { "x-wait": "60000" } })
      const [users, channels] = [
        { ...call, endpoint: "users" },
        { ...call, endpoint: "channels" }
      ]
      const apart = yield* timesOf([used()], (client) =>
        Effect.andThen(client.get(users, {}), Effect.andThen(client.get(channels, {}), client.get(users, {})))
      )
      assert.deepStrictEqual(apart.times, [0, 0, 60_000])
      const { times } = yield* timesOf([used()], (client) =>
        Effect.andThen(client.get(call, {}), client.post(call, {}))
      )
      assert.deepStrictEqual(
        times.map((time) => time - (times[0] ?? 0)),
        [0, 60_000]
      )
    })
  )

  it.effect("hold all requests of a rate-limited endpoint or app", () =>
    Effect.gen(function* () {
      const timesWith = (endpoints: ReadonlyArray<string>, answers: ReadonlyArray<Response>) =>
        timesOf(answers, (client) =>
          Effect.forEach(
            endpoints,
            (endpoint, i) =>
              Effect.andThen(
                Effect.sleep(i * 1000),
                client.get(endpoint === "" ? call : { ...call, endpoint }, {})
              ),
            { concurrency: "unbounded" }
          )
        )
      const first = () => limited({ "retry-after": "60000" })
      const app = yield* timesWith(["", "", ""], [first()])
      const relative = ({ times }: { readonly times: ReadonlyArray<number> }) =>
        times.map((time) => time - (times[0] ?? 0))
      assert.deepStrictEqual(relative(app), [0, 60_000, 60_000, 60_000])
      const apart = yield* timesWith(["users", "users", "channels"], [first()])
      assert.deepStrictEqual(relative(apart), [0, 2000, 60_000, 60_000])
      // The first request afterwards gets a longer wait, and so the others wait longer too.
      const again = yield* timesWith(["", ""], [first(), limited({ "retry-after": "30000" })])
      assert.deepStrictEqual(relative(again).at(-1), 90_000)
    })
  )

  it.effect("are shared by all clients of the app with the same HttpClient, and by no others", () =>
    Effect.gen(function* () {
      const times: Array<number> = []
      const http = () =>
        HttpClient.make((request) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            times.push(now)
            return HttpClientResponse.fromWeb(
              request,
              Response.json({ ok: 1 }, { headers: times.length === 1 ? { "x-wait": "60000" } : {} })
            )
          })
        )
      const one = http()
      const make = (app: string, client = one, baseUrl = "https://acme.example") =>
        ApiClient.make({ baseUrl, ...settings }, { ...provider, app }).pipe(
          Effect.provideService(HttpClient.HttpClient, client)
        )
      const source = yield* make("channels")
      const others = [
        yield* make("halls"),
        yield* make("channels", http()),
        yield* make("channels", one, "https://acme.test")
      ]
      const sink = yield* make("channels")
      const fiber = yield* Effect.forkChild(
        Effect.andThen(
          source.get(call, {}),
          Effect.forEach([...others, sink], (client) => client.post(call, {}))
        )
      )
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(times, [0, 0, 0, 0, 60_000])
    })
  )

  it.effect("can be interrupted even in uninterruptible code, because no request is in flight", () =>
    Effect.gen(function* () {
      const { fiber, times } = yield* timesOf(
        Array.from({ length: 100 }, () => limited({ "retry-after": "300000" })),
        (client) => Effect.uninterruptible(client.postNonIdempotent(call, {}))
      )
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(times.length, 3)
    })
  )
})

describe("RetryPolicy.of", () => {
  it.effect("fills in defaults, and names invalid settings", () =>
    Effect.gen(function* () {
      const of = (config: RetryPolicy.Config) =>
        Effect.map(Settings.decode(Schema.Struct(RetryPolicy.fields), config), RetryPolicy.of)
      assert.deepStrictEqual(yield* of({}), {
        attempts: 8,
        requestTimeoutMillis: 60_000,
        retryMillis: [500, 30_000],
        maxWaitMillis: 3_600_000,
        maxResponseBytes: 4 << 20
      })
      const error = yield* Effect.flip(of({ attempts: 0.5 }))
      assert.strictEqual(error.message, "attempts must be a whole number of at least 1, but is 0.5")
    })
  )
})

it("json decodes integers beyond 2^53 as strings, returns undefined for invalid JSON, and reports mismatches with the schema", () => {
  const decode = ApiClient.json(Schema.Struct({ id: Schema.Union([Schema.Int, Schema.String]) }))
  const read = (text: string) => decode(Buffer.from(text))
  assert.deepStrictEqual(read('{"id":9007199254740993}'), { id: "9007199254740993" })
  assert.deepStrictEqual(read('{"id":5}'), { id: 5 })
  assert.deepStrictEqual([read('{"id":'), read("")], [undefined, undefined])
  const unexpected = read('{"id":true}')
  assert.instanceOf(unexpected, ApiClient.Unexpected)
  assert.strictEqual(unexpected.problem, "id: Expected number | string")
  assert.strictEqual(ApiClient.jsonOrNothing(Schema.String)(Buffer.from("1")), undefined)
  const length = ApiClient.mapDecode(ApiClient.json(Schema.String), (text) => text.length || undefined)
  const lengthOf = (body: string) => length(Buffer.from(body))
  assert.deepStrictEqual([lengthOf('"abc"'), lengthOf('""'), lengthOf("{")], [3, undefined, undefined])
  assert.instanceOf(lengthOf("1"), ApiClient.Unexpected)
})
