import { Loopback } from "@chatferry/testkit"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { HttpClient } from "effect/http"

it.layer(NodeHttpClient.layerUndici)("Loopback.serve", (it) => {
  it.effect("responds to each request, even with almost a megabyte of headers", () =>
    Effect.gen(function* () {
      const baseUrl = yield* Loopback.serve((request, response) =>
        Loopback.json({ length: request.url?.length }, 418, { "x-more": "y" })(response)
      )
      const response = yield* HttpClient.get(`${baseUrl}/${"x".repeat(1_000_000)}`)
      assert.strictEqual(response.status, 418)
      assert.strictEqual(response.headers["x-more"], "y")
      assert.deepStrictEqual(yield* response.json, { length: 1_000_001 })
    })
  )

  it.effect("ends open requests with its scope", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      let asked = 0
      const baseUrl = yield* Loopback.serve((_, response) => {
        asked++
        Loopback.silence(response)
        Effect.runFork(Scope.close(scope, Exit.void))
      }).pipe(Scope.provide(scope))
      const { reason } = yield* Effect.flip(HttpClient.get(baseUrl))
      assert.strictEqual(reason._tag, "TransportError")
      assert.strictEqual(asked, 1)
    })
  )
})
