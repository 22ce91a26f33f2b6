import { gzipSync } from "node:zlib"
import { ApiClient, RetryPolicy } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { Settings } from "@chatferry/core/settings"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Fiber, Logger, Schema } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { type Answering, json, serve, services, still } from "./loopback.ts"

const provider: ApiClient.Provider = {
  name: "Acme",
  app: "channels",
  span: "Acme",
  authorise: HttpClientRequest.setHeader("api-token", "canary"),
  errorResponseOf: ({ body, headers, status }, now) => ({
    kind: status === 429 ? "rate limit" : status >= 500 ? "undone" : "final",
    code: null,
    problem: `${body.length} bytes say why`,
    hint: "Fix it.",
    retryAfter: RetryPolicy.retryAfter(headers["retry-after"], now)
  }),
  waitAfter: (headers) => Number(headers["x-wait"] ?? 0)
}

const settings = { attempts: 3, requestTimeoutMillis: 5000, retryMillis: [1, 2] } as const

const call = { operation: "looking", path: "/things", decode: ApiClient.json(Schema.Unknown) }

const userId = (_: unknown, i: number) => `user-${100_000_000 + i}`

const connect = (baseUrl: string, given: Partial<ApiClient.ClientSettings> = {}) =>
  ApiClient.make({ baseUrl, ...settings, ...given }, provider)

/** Writes until the client stops reading, and counts the bytes it has taken. */
const endless = (piece: string | Buffer, head: Record<string, string> = {}, status = 200) => {
  const sent = { bytes: 0 }
  const answer: Answering = (response) => {
    response.writeHead(status, head)
    const more = () => {
      if (response.destroyed) return
      sent.bytes += piece.length
      response.write(piece, () => setImmediate(more))
    }
    more()
  }
  return { answer, sent }
}

it.layer(services, { excludeTestServices: true })("responses of any size", (it) => {
  it.effect("are read once up to maxResponseBytes, and the error names the setting", () =>
    Effect.gen(function* () {
      const { answer, sent } = endless("x".repeat(1 << 16))
      const { asked, baseUrl } = yield* serve(answer)
      const client = yield* connect(baseUrl, { maxResponseBytes: 1 << 20 })
      const failed = yield* Effect.flip(client.get(call, {}))
      assert.instanceOf(failed, SourceError.RequestFailed)
      assert.include(failed.problem, "larger than maxResponseBytes allows: it has more than 1048576 bytes")
      assert.include(failed.hint, "Raise maxResponseBytes")
      assert.strictEqual(asked.length, 1)
      assert.isBelow(sent.bytes, 20 << 20)
    })
  )

  it.effect("are not read at all if their declared size is larger", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* serve((response) => {
        response.writeHead(200, { "content-length": "99999999999" }).write("{")
      })
      const client = yield* connect(baseUrl)
      const failed = yield* Effect.flip(client.get(call, {}))
      assert.include(failed.message, "maxResponseBytes")
    })
  )

  it.effect("may have exactly maxResponseBytes", () =>
    Effect.gen(function* () {
      const body = JSON.stringify("x".repeat(998))
      assert.strictEqual(body.length, 1000)
      const { baseUrl } = yield* serve((response) => {
        // The length is unknown.
        response.writeHead(200)
        response.write(body.slice(0, 10))
        response.end(body.slice(10))
      })
      assert.strictEqual(
        yield* Effect.flatMap(connect(baseUrl, { maxResponseBytes: 1000 }), (c) => c.get(call, {})),
        "x".repeat(998)
      )
      const client = yield* connect(baseUrl, { maxResponseBytes: 999 })
      assert.include((yield* Effect.flip(client.get(call, {}))).message, "maxResponseBytes")
    })
  )

  it.effect("are measured after decompression", () =>
    Effect.gen(function* () {
      const bomb = gzipSync(Buffer.alloc(50 << 20, 0x20))
      assert.isBelow(bomb.length, 100_000)
      const { baseUrl } = yield* serve((response) => {
        response
          .writeHead(200, { "content-encoding": "gzip", "content-length": String(bomb.length) })
          .end(bomb)
      })
      const client = yield* connect(baseUrl, { maxResponseBytes: 1 << 20 })
      assert.include((yield* Effect.flip(client.get(call, {}))).message, "maxResponseBytes")
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )

  it.effect("make the outcome unknown if the request must not be repeated", () =>
    Effect.gen(function* () {
      const { answer } = endless("x".repeat(1 << 16))
      const { asked, baseUrl } = yield* serve(answer)
      const client = yield* connect(baseUrl, { maxResponseBytes: 1 << 20 })
      const lost = yield* Effect.flip(client.postNonIdempotent(call, {}))
      assert.instanceOf(lost, ApiClient.OutcomeUnknown)
      assert.include(lost.problem, "maxResponseBytes")
      assert.strictEqual(asked.length, 1)
    })
  )

  it.effect("are read only up to a limit if they are errors", () =>
    Effect.gen(function* () {
      const { answer, sent } = endless("x".repeat(1 << 16), {}, 400)
      const { baseUrl } = yield* serve(answer)
      const client = yield* connect(baseUrl)
      const rejected = yield* Effect.flip(client.get(call, {}))
      assert.include(rejected.message, "65536 bytes say why")
      assert.notInclude(rejected.message, "xxx")
      assert.isBelow(sent.bytes, 10 << 20)
    })
  )

  it.effect("end with the timeout of the request, however often a byte arrives", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* serve((response) => {
        response.writeHead(200)
        const timer = setInterval(() => void response.write(" "), 20)
        response.on("close", () => clearInterval(timer))
      })
      const client = yield* connect(baseUrl, { requestTimeoutMillis: 200, attempts: 2 })
      const failed = yield* Effect.flip(client.get(call, {}))
      assert.include(failed.message, "failed after 2 attempts: there was no response in time")
    })
  )

  it.effect.each([
    ["nested and never closed", "[".repeat(1_000_000), /nested too deep/u, 3],
    ["nested and closed", `${"[".repeat(5000)}${"]".repeat(5000)}`, /nested too deep/u, 3],
    ["objects in objects", '{"a":'.repeat(5000), /nested too deep/u, 3],
    [
      "many values",
      `[${"[],".repeat(400_000)}0]`,
      /allows: its values would take more than \d+ bytes of memory/u,
      1
    ],
    [
      "many names",
      `{${Array.from({ length: 300_000 }, (_, i) => `"${i}":0`).join()}}`,
      /allows: its values would take more than \d+ bytes of memory/u,
      1
    ],
    ["no JSON", `{"a":"${"x".repeat(1000)}`, /not what Acme documents/u, 3],
    ["no UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x5c]), /not what Acme documents/u, 3],
    ["nothing", "", /not what Acme documents/u, 3]
  ] as const)("are damaged or too large when they are %s", ([, body, problem, times]) =>
    Effect.gen(function* () {
      const { asked, baseUrl } = yield* serve((response) => void response.end(body))
      const client = yield* connect(baseUrl)
      const failed = yield* Effect.flip(client.get(call, {}))
      assert.instanceOf(failed, SourceError.RequestFailed)
      assert.match(failed.problem, problem)
      assert.strictEqual(asked.length, times)
    })
  )

  it.effect("may have brackets and commas in their text, and realistic nesting", () =>
    Effect.gen(function* () {
      const deep = `${"[".repeat(900)}"${'[{,:\\"'.repeat(200_000)}"${"]".repeat(900)}`
      const { baseUrl } = yield* serve((response) => void response.end(deep))
      const client = yield* connect(baseUrl)
      assert.isArray(yield* client.get(call, {}))
    })
  )

  it.effect.each<readonly [string, object]>([
    ["long texts", { message: "\u20ac".repeat(6500) }],
    ["many reactions", { reactions: [{ key: "like", user_ids: Array.from({ length: 1150 }, userId) }] }],
    ["many fields", Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`field ${i}`, i]))]
  ])("may be pages of 200 messages with %s", ([, message]) =>
    Effect.gen(function* () {
      const page = { messages: Array.from({ length: 200 }, (_, i) => ({ message_id: i, ...message })) }
      assert.isAbove(Buffer.byteLength(JSON.stringify(page)), 3_600_000)
      const { baseUrl } = yield* serve(json(page))
      const client = yield* connect(baseUrl)
      assert.deepStrictEqual(yield* client.get(call, {}), page)
    })
  )

  it.effect("may have more values if more bytes are allowed", () =>
    Effect.gen(function* () {
      const many = `[${"[],".repeat(400_000)}0]`
      const { baseUrl } = yield* serve((response) => void response.end(many))
      const client = yield* connect(baseUrl, { maxResponseBytes: 16 << 20 })
      assert.lengthOf((yield* client.get(call, {})) as ReadonlyArray<unknown>, 400_001)
    })
  )

  it.effect("are assembled from pieces of any size", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ text: "\u20ac".repeat(20_000) })
      const bytes = Buffer.from(body)
      const http = HttpClient.make((request) =>
        Effect.succeed(
          HttpClientResponse.fromWeb(
            request,
            new Response(
              new ReadableStream({
                start: (controller) => {
                  for (let i = 0; i < bytes.length; i += 1 + (i % 7)) {
                    controller.enqueue(bytes.subarray(i, i + 1 + (i % 7)))
                  }
                  controller.close()
                }
              })
            )
          )
        )
      )
      const client = yield* connect("https://acme.example").pipe(
        Effect.provideService(HttpClient.HttpClient, http)
      )
      assert.deepStrictEqual(yield* client.get(call, {}), JSON.parse(body))
    })
  )

  it.effect("are never followed as redirects, whatever the client does by default", () =>
    Effect.gen(function* () {
      const elsewhere = yield* serve(json({}))
      const { baseUrl } = yield* serve(json({}, 307, { location: `${elsewhere.baseUrl}/things` }))
      const client = yield* connect(baseUrl)
      assert.deepInclude(yield* Effect.flip(client.get(call, {})), { _tag: "RequestRejected", status: 307 })
      assert.strictEqual(elsewhere.asked.length, 0)
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})

/** Runs some hours with the given responses in order: the times of the requests, the outcome and the log. */
const timesOf = (
  answerAt: (number: number) => Response,
  {
    calls = 1,
    hours = 3,
    ...given
  }: Partial<ApiClient.ClientSettings> & { calls?: number; hours?: number } = {}
) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const logged: Array<unknown> = []
    const http = HttpClient.make((request) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        times.push(now)
        return HttpClientResponse.fromWeb(request, answerAt(times.length))
      })
    )
    const logger = Logger.make<unknown, void>(({ message }) => void logged.push(message))
    const client = yield* connect("https://acme.example", {
      retryMillis: [500, 30_000],
      attempts: 8,
      ...given
    }).pipe(Effect.provideService(HttpClient.HttpClient, http))
    const fiber = yield* Effect.forkChild(
      Effect.exit(Effect.forEach(Array.from({ length: calls }), () => client.get(call, {}))).pipe(
        Effect.provide(Logger.layer([logger])),
        still
      )
    )
    yield* TestClock.adjust(`${hours} hours`)
    const exit = yield* Fiber.join(fiber)
    return { times, logged: logged.map((one) => String(Array.isArray(one) ? one[0] : one)), exit }
  })

const answer = (status: number, headers: Record<string, string> = {}) =>
  Response.json({ ok: 1 }, { status, headers })

const FAR = "Fri, 31 Dec 9999 23:59:59 GMT"

describe("waits that a service asks for", () => {
  it.effect.each(["1000000000", "999999999999999", FAR, "300.0000001"])(
    "are at most five minutes for any status: Retry-After: %s",
    (retryAfter) =>
      Effect.gen(function* () {
        for (const status of [429, 500, 503]) {
          const { exit, logged, times } = yield* timesOf((number) =>
            number === 1 ? answer(status, { "retry-after": retryAfter }) : answer(200)
          )
          assert.deepStrictEqual(
            times.map((time) => time - (times[0] ?? 0)),
            [0, 300_000]
          )
          assert.isTrue(Exit.isSuccess(exit))
          assert.deepStrictEqual(logged, ["waiting 5 min: Acme asked for it"])
        }
      })
  )

  it.effect.each([
    "-1",
    "-99999999999",
    "NaN",
    "Infinity",
    "1e9",
    "soon",
    "",
    "0",
    "0x10",
    "1, 2",
    "1970-01-01",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "\u0661"
  ])("are ignored if they are not a future time: Retry-After: %s", (retryAfter) =>
    Effect.gen(function* () {
      const http = new Headers()
      // Other clients pass on headers that no Response accepts.
      if (/^[\x20-\x7e]*$/u.test(retryAfter)) http.set("retry-after", retryAfter)
      const { times } = yield* timesOf((number) =>
        number === 1 ? new Response("{}", { status: 503, headers: http }) : answer(200)
      )
      assert.deepStrictEqual(times, [0, 500])
    })
  )

  it.effect("are as long as requested up to that, in seconds or as a date", () =>
    Effect.gen(function* () {
      const asked = ["7", "0.25", " 90 ", "Thu, 01 Jan 1970 00:02:00 GMT"].map(
        (text) => RetryPolicy.retryAfter(text, 60_000) ?? Number.NaN
      )
      assert.deepStrictEqual(asked, [7000, 250, 90_000, 60_000])
      assert.isUndefined(RetryPolicy.retryAfter(undefined, 0))
      const { times } = yield* timesOf((number) =>
        number === 1 ? answer(503, { "retry-after": "7" }) : answer(200)
      )
      assert.deepStrictEqual(times, [0, 7000])
    })
  )

  it.effect("end after an hour for one request, unless settings say otherwise", () =>
    Effect.gen(function* () {
      const busy = () => answer(429, { "retry-after": "99999999" })
      const { exit, logged, times } = yield* timesOf(busy)
      assert.deepStrictEqual(
        times,
        Array.from({ length: 13 }, (_, i) => i * 300_000)
      )
      assert.include(
        JSON.stringify(exit),
        "asks for longer waits than maxWait allows (60 min for one request)"
      )
      assert.strictEqual(logged.length, 12)
      const short = yield* timesOf(busy, { maxWaitMillis: 420_000 })
      assert.deepStrictEqual(
        short.times.map((time) => time - (short.times[0] ?? 0)),
        [0, 300_000, 420_000]
      )
      const none = yield* timesOf(busy, { maxWaitMillis: 0 })
      assert.strictEqual(none.times.length, 1)
    })
  )

  it.effect("end after two hundred responses without a time, which also count as waits", () =>
    Effect.gen(function* () {
      const { exit, times } = yield* timesOf(() => answer(429), { retryMillis: [1, 2] })
      assert.strictEqual(times.length, 201)
      assert.isTrue(Exit.isFailure(exit))
      const slow = yield* timesOf(() => answer(429))
      assert.isBelow((slow.times.at(-1) ?? 0) - (slow.times[0] ?? 0), 3_700_000)
    })
  )

  it.effect("do not add attempts for failures", () =>
    Effect.gen(function* () {
      const { exit, times } = yield* timesOf(() => answer(503, { "retry-after": "99999999" }), {
        attempts: 4
      })
      assert.strictEqual(times.length, 4)
      assert.isTrue(Exit.isFailure(exit))
    })
  )

  it.effect("are not longer than that after a success, whatever its headers say", () =>
    Effect.gen(function* () {
      for (const wait of ["1e300", "99999999999", "NaN", "-5", "Infinity"]) {
        const { logged, times } = yield* timesOf(() => answer(200, { "x-wait": wait }), { calls: 2 })
        const millis = wait === "NaN" || wait === "-5" || wait === "Infinity" ? 0 : 300_000
        assert.strictEqual((times[1] ?? 0) - (times[0] ?? 0), millis, wait)
        assert.strictEqual(logged.length, millis === 0 ? 0 : 1)
      }
    })
  )

  it.effect("are logged if they are long, and short ones once a minute", () =>
    Effect.gen(function* () {
      const { logged } = yield* timesOf(() => answer(200, { "x-wait": "2000" }), { calls: 61 })
      assert.deepStrictEqual(logged, ["waiting 2 s: Acme asked for it", "waiting 2 s: Acme asked for it"])
      const own = yield* timesOf((number) => (number <= 7 ? answer(500) : answer(200)))
      assert.deepStrictEqual(own.logged, [
        "waiting 1 s: then the request is made again",
        "waiting 16 s: then the request is made again",
        "waiting 30 s: then the request is made again"
      ])
    })
  )
})

describe("RetryPolicy.of", () => {
  it.effect("accepts the limits of responses and waits, and names invalid settings", () =>
    Effect.gen(function* () {
      const of = (config: RetryPolicy.Config) =>
        Effect.map(Settings.decode(Schema.Struct(RetryPolicy.fields), config), RetryPolicy.of)
      assert.deepInclude(yield* of({ maxWait: "10 minutes", maxResponseBytes: 1000 }), {
        maxWaitMillis: 600_000,
        maxResponseBytes: 1000
      })
      assert.include((yield* Effect.flip(of({ maxResponseBytes: 0 }))).message, "maxResponseBytes")
      assert.include((yield* Effect.flip(of({ maxWait: "soon" as never }))).message, "maxWait")
    })
  )
})
