import { Settings } from "@chatferry/core/settings"
import { StreamConnection } from "@chatferry/stream-api"
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"

const config = { apiKey: "key-1", apiSecret: Redacted.make("secret") }

const of = (given: Partial<StreamConnection.Config> = {}) =>
  Effect.map(
    Settings.decode(Schema.Struct(StreamConnection.fields), { ...config, ...given }),
    StreamConnection.of
  )

describe("StreamConnection.of", () => {
  it.effect("fills in defaults and signs the token of a server", () =>
    Effect.gen(function* () {
      const { token, ...connection } = yield* of()
      assert.deepStrictEqual(connection, {
        baseUrl: "https://chat.stream-io-api.com",
        apiKey: "key-1",
        attempts: 8,
        requestTimeoutMillis: 60_000,
        retryMillis: [500, 30_000],
        maxWaitMillis: 3_600_000,
        maxResponseBytes: 4 << 20
      })
      assert.strictEqual(
        Redacted.value(token),
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzZXJ2ZXIiOnRydWV9.DHnfQolWsEGFcTR7ZwVBbIVUFAvxzDJXzB6UlyU-7JQ"
      )
    })
  )

  it.effect("accepts all settings", () =>
    Effect.gen(function* () {
      const connection = yield* of({
        baseUrl: "http://127.0.0.1:80/api//",
        attempts: 2,
        requestTimeout: "5 seconds",
        retryEvery: ["1 millis", 20]
      })
      assert.deepInclude(connection, {
        baseUrl: "http://127.0.0.1:80/api",
        attempts: 2,
        requestTimeoutMillis: 5000,
        retryMillis: [1, 20]
      })
    })
  )

  it.effect.each<readonly [Partial<StreamConnection.Config>, string]>([
    [{ apiKey: "a b" }, "apiKey must be the app's key, which has letters and digits only"],
    [
      { apiSecret: Redacted.make("") },
      "apiSecret must be a Redacted text that is not empty, as Redacted.make gives"
    ],
    [{ baseUrl: "chat.example" }, "baseUrl must be an http or https address without a query"],
    [{ attempts: 0 }, "attempts must be a whole number of at least 1, but is 0"]
  ])("does not accept %o", ([given, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(of(given))
      assert.strictEqual(error._tag, "InvalidConfig")
      assert.strictEqual(error.message, message)
    })
  )

  it("has the type of its schema", () => {
    expectTypeOf<StreamConnection.Config>().toEqualTypeOf<
      Schema.Struct.Encoded<typeof StreamConnection.fields>
    >()
  })
})
