import { Link, Addresses } from "@chatferry/connector"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { FetchHttpClient, HttpClientRequest } from "effect/http"
import { type Answering, json, serve, services } from "./loopback.ts"

const PUBLIC = "https://api.example/v3"

const names: Readonly<Record<string, ReadonlyArray<string>>> = {
  "files.example": ["93.184.216.34", "2606:2800::1"],
  "inside.example": ["10.1.2.3"],
  "also-inside.example": ["10.9.9.9"],
  "half-inside.example": ["93.184.216.34", "10.1.2.3"],
  "this-machine.example": ["127.0.0.1"],
  "metadata.example": ["169.254.169.254"],
  "six.example": ["::ffff:10.0.0.1"],
  "api.example": ["93.184.216.34"]
}

const get = (address: string) => HttpClientRequest.get(address, { headers: { "x-mark": "1" } })

/** Addresses are only judged: nobody answers at those that are accepted. */
const send = (address: string, baseUrl: string, redirects = 3) =>
  Effect.result(Effect.scoped(Link.send(address, get, { baseUrl, redirects }))).pipe(
    Effect.provideService(Addresses.Resolver, (hostname) =>
      Effect.succeed(names[hostname.replace(/\.$/u, "")] ?? [])
    ),
    Effect.map((result) => {
      if (result._tag === "Success") return result.success.status
      const { failure } = result
      return failure._tag === "LinkRejected" ? failure.problem : "asked for"
    })
  )

const redirect =
  (location: string, status = 302): Answering =>
  (response) =>
    void response.writeHead(status, { location }).end("over there")

it.layer(services, { excludeTestServices: true })("Link.send", (it) => {
  it.effect.each([
    ["http://files.example/a", "is not https"],
    ["ftp://files.example/a", "is not https"],
    ["file:///etc/passwd", "is not https"],
    ["data:text/plain,x", "is not https"],
    ["javascript:alert(1)", "is not https"],
    ["//files.example/a", "is not an address"],
    ["nonsense", "is not an address"],
    ["", "is not an address"],
    ["https://", "is not an address"],
    ["https://ann:secret@files.example/a", "has a user or a password in it"],
    ["https://ann@files.example/a", "has a user or a password in it"],
    ["https://127.0.0.1/a", "loopback"],
    ["https://127.0.0.1:8443/a", "loopback"],
    ["https://0x7f.1/", "loopback"],
    ["https://0177.0.0.1/", "loopback"],
    ["https://2130706433/", "loopback"],
    ["https://127.1/", "loopback"],
    ["https://１２７.0.0.1/", "loopback"],
    ["https://[::1]/", "loopback"],
    ["https://[::ffff:127.0.0.1]/", "loopback"],
    ["https://localhost/", "loopback"],
    ["https://LOCALHOST./", "loopback"],
    ["https://a.localhost/", "loopback"],
    ["https://this-machine.example/", "loopback"],
    ["https://this-machine.example./", "loopback"],
    ["https://169.254.169.254/latest/meta-data", "link-local"],
    ["https://metadata.example/", "link-local"],
    ["https://[fe80::1]/", "link-local"],
    ["https://10.0.0.1/", "private"],
    ["https://172.20.0.1/", "private"],
    ["https://192.168.1.1/", "private"],
    ["https://100.64.1.1/", "private"],
    ["https://[fd00::1]/", "private"],
    ["https://inside.example/", "private"],
    ["https://half-inside.example/", "private"],
    ["https://six.example/", "private"],
    ["https://0.0.0.0/", "unspecified"],
    ["https://[::]/", "unspecified"],
    ["https://224.0.0.1/", "multicast"],
    ["https://255.255.255.255/", "reserved"]
  ] as const)("does not ask %s of a public service", ([address, problem]) =>
    Effect.map(send(address, PUBLIC), (outcome) => assert.include(String(outcome), problem))
  )

  it.effect("never contains the address in an error", () =>
    Effect.gen(function* () {
      for (const address of [
        "https://ann:secret@files.example/a",
        "https://10.0.0.1/a?sig=secret",
        "secret"
      ]) {
        const result = yield* Effect.result(
          Effect.scoped(Link.send(address, get, { baseUrl: PUBLIC, redirects: 0 }))
        )
        const text = JSON.stringify(result)
        assert.include(text, "LinkRejected")
        for (const secret of ["secret", "10.0.0.1", "files.example"]) assert.notInclude(text, secret)
      }
    })
  )

  it.effect("accepts addresses of the same kind as the base URL, and no other local kinds", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* serve(json({}))
      const other = yield* serve(json({}))
      assert.strictEqual(yield* send(`${baseUrl}/a`, baseUrl), 200)
      assert.strictEqual(yield* send(`${other.baseUrl}/a`, baseUrl), 200)
      assert.strictEqual(yield* send(`${other.baseUrl.replace("127.0.0.1", "localhost")}/a`, baseUrl), 200)
      for (const address of [
        "http://10.0.0.1/",
        "http://inside.example/",
        "http://169.254.169.254/",
        "http://0.0.0.0/"
      ]) {
        assert.match(String(yield* send(address, baseUrl)), /^the link that the service gave leads to an? /u)
      }
      // A private service allows private addresses, but not this machine.
      for (const base of ["http://10.0.0.1", "http://inside.example", "http://[fd00::1]"]) {
        assert.include(String(yield* send(`${baseUrl}/a`, base)), "leads to a loopback address")
        assert.include(String(yield* send("http://169.254.169.254/", base)), "leads to a link-local address")
      }
      // A base URL with one public address allows no local kinds.
      assert.include(String(yield* send("http://10.0.0.1/", "http://half-inside.example")), "private")
      // An https base URL does not allow http, even on its own host.
      assert.include(String(yield* send(`${baseUrl}/a`, baseUrl.replace("http:", "https:"))), "is not https")
    })
  )

  it.effect("accepts the base URL's own origin without checks", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* serve(json({}))
      const unspecified = baseUrl.replace("127.0.0.1", "0.0.0.0")
      assert.strictEqual(yield* send(`${unspecified}/files/a`, `${unspecified}/v3`), 200)
    })
  )

  it.effect("judges each redirect, and sends only the original request", () =>
    Effect.gen(function* () {
      const end = yield* serve(json({}))
      const middle = yield* serve(redirect(`${end.baseUrl}/end`, 307))
      const { asked, baseUrl } = yield* serve(redirect(`${middle.baseUrl}/middle`))
      assert.strictEqual(yield* send(`${baseUrl}/a`, baseUrl), 200)
      assert.deepStrictEqual(
        [...asked, ...middle.asked, ...end.asked].map(({ headers, url }) => [url, headers["x-mark"]]),
        [
          ["/a", "1"],
          ["/middle", "1"],
          ["/end", "1"]
        ]
      )
      for (const [location, problem] of [
        ["http://10.0.0.1/", "private"],
        ["http://169.254.169.254/latest", "link-local"],
        ["http://inside.example/", "private"],
        ["ftp://files.example/", "is not https"],
        ["http://ann:secret@127.0.0.1/", "has a user or a password"],
        ["http://[", "not an address"]
      ] as const) {
        const server = yield* serve(redirect(location))
        assert.include(String(yield* send(`${server.baseUrl}/a`, server.baseUrl)), problem, location)
        assert.strictEqual(server.asked.length, 1)
      }
    })
  )

  it.effect("follows relative redirects, up to the limit", () =>
    Effect.gen(function* () {
      const turning = yield* serve(redirect("/again"))
      assert.strictEqual(yield* send(`${turning.baseUrl}/a`, turning.baseUrl), 302)
      assert.deepStrictEqual(
        turning.asked.map(({ url }) => url),
        ["/a", "/again", "/again", "/again"]
      )
      const none = yield* serve(redirect("/again"))
      assert.strictEqual(yield* send(`${none.baseUrl}/a`, none.baseUrl, 0), 302)
      assert.strictEqual(none.asked.length, 1)
      const nowhere = yield* serve((response) => void response.writeHead(302).end())
      assert.strictEqual(yield* send(`${nowhere.baseUrl}/a`, nowhere.baseUrl), 302)
    })
  )

  it.effect("keeps clients from following redirects by themselves", () =>
    Effect.gen(function* () {
      const end = yield* serve(json({}))
      const { baseUrl } = yield* serve(redirect(`${end.baseUrl}/end`))
      assert.strictEqual(yield* send(`${baseUrl}/a`, baseUrl, 0), 302)
      assert.strictEqual(end.asked.length, 0)
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )

  it.effect("reads only the beginning of an error response", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* serve((response) => {
        response.writeHead(403)
        const more = () =>
          response.write("x".repeat(1 << 16), () => void (response.destroyed || setImmediate(more)))
        more()
      })
      const text = yield* Effect.scoped(
        Effect.flatMap(Link.send(`${baseUrl}/a`, get, { baseUrl, redirects: 0 }), Link.textOf)
      )
      assert.strictEqual(text.length, 65_536)
    })
  )
})
