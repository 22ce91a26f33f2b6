import { Addresses } from "@chatferry/connector"
import { Loopback } from "@chatferry/testkit"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClient } from "effect/http"

describe("Addresses.kindOf", () => {
  it.each([
    ["8.8.8.8", "public"],
    ["172.15.255.255", "public"],
    ["172.32.0.0", "public"],
    ["100.63.255.255", "public"],
    ["100.128.0.0", "public"],
    ["2606:4700::1111", "public"],
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["::1", "loopback"],
    ["169.254.169.254", "link-local"],
    ["fe80::1", "link-local"],
    ["fe80::1%eth0", "link-local"],
    ["febf::1", "link-local"],
    ["10.0.0.1", "private"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.168.0.1", "private"],
    ["100.64.0.1", "private"],
    ["100.127.255.255", "private"],
    ["fc00::1", "private"],
    ["fdff::1", "private"],
    ["fec0::1", "private"],
    ["0.0.0.0", "unspecified"],
    ["0.1.2.3", "unspecified"],
    ["::", "unspecified"],
    ["224.0.0.1", "multicast"],
    ["ff02::1", "multicast"],
    ["255.255.255.255", "reserved"],
    ["240.0.0.1", "reserved"],
    ["192.0.2.1", "reserved"],
    ["198.18.0.1", "reserved"],
    ["2001:db8::1", "reserved"],
    // Teredo
    ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "reserved"],
    ["4000::1", "reserved"],
    // IPv4 in IPv6: mapped, compatible, NAT64, 6to4
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:a9fe:a9fe", "link-local"],
    ["::ffff:8.8.8.8", "public"],
    ["::10.0.0.1", "private"],
    ["64:ff9b::192.168.1.1", "private"],
    ["64:ff9b::8.8.8.8", "public"],
    ["64:ff9b:1::8.8.8.8", "private"],
    ["2002:7f00:1::", "loopback"],
    ["2002:808:808::", "public"],
    ["", "reserved"],
    ["localhost", "reserved"],
    ["127.0.0.1.example", "reserved"]
  ] as const)("finds that %s is %s", (address, kind) => {
    assert.strictEqual(Addresses.kindOf(address), kind)
  })
})

/** Resolves names to the given results in order, and repeats the last one. */
const resolver = (names: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>>) => {
  const asked = new Map<string, number>()
  return (hostname: string) =>
    Effect.sync(() => {
      const answers = names[hostname] ?? []
      const count = asked.get(hostname) ?? 0
      asked.set(hostname, count + 1)
      return answers[Math.min(count, answers.length - 1)] ?? []
    })
}

/** A server that answers every request and counts them. */
const serve = Effect.gen(function* () {
  const asked = { times: 0 }
  const baseUrl = yield* Loopback.serve((_, response) => {
    asked.times++
    response.writeHead(200, { "content-type": "application/json" }).end('{"ok":1}')
  })
  return { baseUrl, asked }
})

const send = (address: string, baseUrl: string) =>
  Effect.gen(function* () {
    const http = yield* HttpClient.HttpClient
    const { connect, url } = yield* Addresses.judge(address, baseUrl)
    return yield* connect(http.get(url.href))
  })

it.layer(NodeServices.layer, { excludeTestServices: true })("Addresses.guard", (it) => {
  const undici = Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))
  const clients = [
    { name: "Undici's client", layer: undici },
    {
      name: "Node's client",
      layer: Addresses.guard((lookup) => NodeHttpClient.layerNodeHttpOptions({ lookup }))
    }
  ]

  it.effect.each(clients)(
    "connects $name to public names and to every address in the settings",
    ({ layer }) =>
      Effect.gen(function* () {
        const { baseUrl } = yield* serve
        const { port } = new URL(baseUrl)
        const http = yield* HttpClient.HttpClient
        const response = yield* http.get(`http://api.test:${port}/`)
        assert.deepStrictEqual(yield* response.json, { ok: 1 })
        const link = yield* send(`http://api.test:${port}/file`, `http://api.test:${port}`)
        assert.strictEqual(link.status, 200)
      }).pipe(
        Effect.provide(layer),
        Effect.provideService(Addresses.Resolver, resolver({ "api.test": [["127.0.0.1"]] }))
      )
  )

  it.effect.each(clients)(
    "keeps $name from a name that resolves to another address when it connects",
    ({ layer }) =>
      Effect.gen(function* () {
        const { asked, baseUrl } = yield* serve
        const { port } = new URL(baseUrl)
        const failure = yield* Effect.flip(send(`http://rebind.test:${port}/file`, "http://api.test"))
        assert.instanceOf(failure, Addresses.Rejected)
        assert.strictEqual(failure.problem, "leads to a loopback address")
        assert.strictEqual(asked.times, 0)
      }).pipe(
        Effect.provide(layer),
        Effect.provideService(
          Addresses.Resolver,
          resolver({ "rebind.test": [["93.184.216.34"], ["127.0.0.1"]], "api.test": [["93.184.216.34"]] })
        )
      )
  )

  it.effect.each(clients)("does not reuse an API connection of $name for a link", ({ layer }) =>
    Effect.gen(function* () {
      const { asked, baseUrl } = yield* serve
      const { port } = new URL(baseUrl)
      const http = yield* HttpClient.HttpClient
      // There is a connection to this host and port now, and it stays open.
      yield* Effect.flatMap(http.get(`http://both.test:${port}/`), ({ json: body }) => body)
      const failure = yield* Effect.flip(send(`http://both.test:${port}/`, "http://api.test"))
      assert.instanceOf(failure, Addresses.Rejected)
      assert.strictEqual(asked.times, 1)
    }).pipe(
      Effect.provide(layer),
      Effect.provideService(
        Addresses.Resolver,
        resolver({
          "both.test": [["127.0.0.1"], ["93.184.216.34"], ["127.0.0.1"]],
          "api.test": [["93.184.216.34"]]
        })
      )
    )
  )

  it.effect("rejects a name with one address out of reach", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(send("http://two.test:1/", "http://api.test"))
      assert.instanceOf(failure, Addresses.Rejected)
      assert.strictEqual(failure.message, "the address leads to a private address")
    }).pipe(
      Effect.provide(undici),
      Effect.provideService(
        Addresses.Resolver,
        resolver({
          "two.test": [["93.184.216.34"], ["93.184.216.34", "10.0.0.1"]],
          "api.test": [["93.184.216.34"]]
        })
      )
    )
  )

  it.effect("reports a name without addresses like the system does", () =>
    Effect.gen(function* () {
      const http = yield* HttpClient.HttpClient
      const error = yield* Effect.flip(http.get("http://nobody.test/"))
      assert.include(String(error.reason.cause), "ENOTFOUND nobody.test")
    }).pipe(Effect.provide(undici), Effect.provideService(Addresses.Resolver, resolver({})))
  )

  it.effect("resolves names like the system unless a program supplies a resolver", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* serve
      const http = yield* HttpClient.HttpClient
      const response = yield* http.get(baseUrl.replace("127.0.0.1", "localhost"))
      assert.strictEqual(response.status, 200)
      const resolve = yield* Addresses.Resolver
      assert.include(yield* resolve("localhost"), "127.0.0.1")
    }).pipe(Effect.provide(undici))
  )
})
