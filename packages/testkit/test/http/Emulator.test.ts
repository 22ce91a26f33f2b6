import { Emulator } from "@chatferry/testkit"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"

const users = ["ann", "bob"]

/** A service of users, which counts what it has done. */
const start = (options: Omit<Emulator.Options, "routes"> = {}) => {
  const made: Array<string> = []
  const routes: Emulator.Options["routes"] = {
    "GET /users": ({ query }) => ({ body: users.slice(Number(query.get("skip") ?? 0)) }),
    "GET /users/{id}": ({ parameters: { id = "" } }) =>
      users.includes(id) ? { body: { id } } : { status: 404, body: "nobody" },
    "POST /users": ({ body, headers }) =>
      Effect.sync(() => {
        made.push(body)
        return { status: 201, headers: { "x-token": headers["x-token"] ?? "" }, body: new Uint8Array([1, 2]) }
      }),
    "GET /nothing": () => ({ status: 204 }),
    "GET /broken": () => Effect.die(new Error("the test is wrong"))
  }
  return Effect.map(Emulator.make({ routes, slowMillis: 5, ...options }), (emulator) => ({ emulator, made }))
}

const get = (emulator: Emulator.Emulator, path: string) => HttpClient.get(`${emulator.baseUrl}${path}`)
const post = (emulator: Emulator.Emulator, body: string) =>
  HttpClient.execute(
    HttpClientRequest.post(`${emulator.baseUrl}/users`).pipe(
      HttpClientRequest.setHeader("x-token", "token"),
      HttpClientRequest.bodyText(body)
    )
  )

it.layer(NodeHttpClient.layerUndici, { excludeTestServices: true })("an emulator of routes", (it) => {
  it.effect("answers with JSON, text, bytes or nothing, by method and path", () =>
    Effect.gen(function* () {
      const { emulator, made } = yield* start()
      const all = yield* get(emulator, "/users?skip=1")
      assert.deepStrictEqual(yield* all.json, ["bob"])
      assert.include(all.headers["content-type"], "application/json")
      assert.deepStrictEqual(yield* (yield* get(emulator, "/users/a%6En")).json, { id: "ann" })
      const nobody = yield* get(emulator, "/users/eve")
      assert.deepStrictEqual([nobody.status, yield* nobody.text], [404, "nobody"])
      assert.strictEqual((yield* get(emulator, "/nothing")).status, 204)
      const posted = yield* post(emulator, "carl")
      assert.deepStrictEqual([posted.status, posted.headers["x-token"]], [201, "token"])
      assert.deepStrictEqual(new Uint8Array(yield* posted.arrayBuffer), new Uint8Array([1, 2]))
      assert.deepStrictEqual(made, ["carl"])
      const unknown = yield* get(emulator, "/rooms")
      assert.deepStrictEqual(
        [unknown.status, yield* unknown.json],
        [404, { error: "There is no GET /rooms" }]
      )
      assert.deepStrictEqual(emulator.requests(), {
        "GET /nothing": 1,
        "GET /users": 1,
        "GET /users/{id}": 2,
        "POST /users": 1,
        unknown: 1
      })
    })
  )

  it.effect("reports that a route died", () =>
    Effect.gen(function* () {
      const { emulator } = yield* start()
      const broken = yield* get(emulator, "/broken")
      assert.deepStrictEqual(
        [broken.status, yield* broken.json],
        [500, { error: "The route died; the log has the error." }]
      )
    })
  )

  it.effect("limits calls, and gives the time to wait in seconds and as a date", () =>
    Effect.gen(function* () {
      const { emulator } = yield* start({ rateLimit: { calls: 1, seconds: 60 } })
      assert.strictEqual((yield* get(emulator, "/users")).status, 200)
      const [first, second] = [yield* get(emulator, "/users"), yield* get(emulator, "/users")]
      assert.deepStrictEqual([first.status, second.status], [429, 429])
      assert.match(first.headers["retry-after"] ?? "", /^(?:60|59)$/u)
      const wait = Date.parse(second.headers["retry-after"] ?? "") - Date.now()
      assert.isTrue(wait > 50_000 && wait <= 60_000)
    })
  )

  describe("whose next request has a fault", () => {
    const calledWith = (fault: Emulator.Fault, times = 1) =>
      Effect.gen(function* () {
        const { emulator, made } = yield* start({ retryAfter: 7 })
        yield* emulator.failNext(fault, times)
        const exits = yield* Effect.forEach(Array.from({ length: times }), () =>
          Effect.exit(
            Effect.flatMap(post(emulator, "carl"), (response) =>
              Effect.map(response.text, (text) => ({
                status: response.status,
                headers: response.headers,
                text
              }))
            )
          )
        )
        assert.strictEqual(emulator.faultsGiven()[fault], times)
        assert.strictEqual((yield* post(emulator, "dora")).status, 201)
        assert.strictEqual(made.at(-1), "dora")
        return { exits, made: made.slice(0, -1), strayed: emulator.strayed() }
      })
    const texts = (
      exits: ReadonlyArray<Exit.Exit<{ readonly status: number; readonly text: string }, unknown>>
    ) => exits.map((exit) => (Exit.isSuccess(exit) ? exit.value : undefined))

    it.effect("gets a time to wait", () =>
      Effect.gen(function* () {
        const { exits, made } = yield* calledWith("rateLimited", 2)
        const headers = exits.map((exit) => (Exit.isSuccess(exit) ? exit.value.headers["retry-after"] : ""))
        assert.strictEqual(headers[0], "7")
        assert.match(headers[1] ?? "", /GMT$/u)
        assert.deepStrictEqual(made, [])
      })
    )

    it.effect("gets an error of the application, and of the proxy in front of it", () =>
      Effect.gen(function* () {
        const { exits, made } = yield* calledWith("serverError", 2)
        const [first, second] = texts(exits)
        assert.deepStrictEqual([first?.status, second?.status], [500, 503])
        assert.include(second?.text, "<html>")
        assert.deepStrictEqual(made, [])
      })
    )

    it.effect("gets a page instead of a response", () =>
      Effect.gen(function* () {
        const { exits, made } = yield* calledWith("garbage")
        assert.strictEqual(texts(exits)[0]?.status, 200)
        assert.include(texts(exits)[0]?.text, "Please sign in")
        assert.deepStrictEqual(made, [])
      })
    )

    it.effect.each([
      { fault: "lostRequest", done: [] },
      { fault: "lostResponse", done: ["carl"] },
      { fault: "cutBody", done: ["carl"] }
    ] as const)("loses its connection: $fault", ({ done, fault }) =>
      Effect.gen(function* () {
        const { exits, made } = yield* calledWith(fault)
        assert.isTrue(exits.every(Exit.isFailure))
        assert.deepStrictEqual(made, [...done])
      })
    )

    it.effect("gets its response in pieces", () =>
      Effect.gen(function* () {
        const { exits, made } = yield* calledWith("slowBody")
        assert.strictEqual(texts(exits)[0]?.status, 201)
        assert.deepStrictEqual(made, ["carl"])
      })
    )
  })

  it.effect("redirects to another host, and records the requests there", () =>
    Effect.gen(function* () {
      const { emulator } = yield* start()
      yield* emulator.failNext("redirected")
      const { headers, status } = yield* get(emulator, "/users?skip=1")
      const location = headers["location"] ?? ""
      assert.strictEqual(status, 307)
      assert.notInclude(location, emulator.baseUrl)
      assert.deepStrictEqual(emulator.strayed(), [])
      yield* HttpClient.get(location, { headers: { authorization: "token" } })
      const [stray] = emulator.strayed()
      assert.deepStrictEqual(
        [stray?.path, stray?.query.get("skip"), stray?.headers["authorization"]],
        ["/users", "1", "token"]
      )
    })
  )

  it.effect("gives the same requests the same faults, with a limit on faults in a row", () =>
    Effect.gen(function* () {
      const faults = { serverError: 0.5, rateLimited: 0.3 }
      const statuses = Effect.scoped(
        Effect.gen(function* () {
          const { emulator } = yield* start({ faults, faultsInARow: 2, seed: 5 })
          return yield* Effect.forEach(Array.from({ length: 30 }), () =>
            Effect.map(get(emulator, "/users"), ({ status }) => status)
          )
        })
      )
      const first = yield* statuses
      assert.deepStrictEqual(yield* statuses, first)
      assert.include(first, 429)
      assert.notMatch(first.map((status) => (status === 200 ? "." : "x")).join(""), /xxx/u)
    })
  )

  it.effect.each([
    { options: { routes: { "GET users": () => ({}) } }, message: "routes must be an object of functions" },
    { options: { routes: {}, faults: { cutBod: 1 } }, message: "did you mean cutBody?" }
  ])("checks its options: $message", ({ message, options }) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.scoped(Emulator.make(options as Emulator.Options)))
      assert(Exit.isFailure(exit))
      assert.include(Cause.pretty(exit.cause), message)
    })
  )
})
