import { StreamApi, StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { makeApp } from "./app.ts"
import { against } from "./harness.ts"

const config: StreamApi.Config = { apiKey: "key", apiSecret: Redacted.make("secret") }

const cids = (count: number) => Array.from({ length: count }, (_, i) => `messaging:room-${i}`)

describe("StreamApi.plan", () => {
  it.effect("splits 260 channels into 11 exports and 60 users into 3", () =>
    Effect.gen(function* () {
      const users = Array.from({ length: 60 }, (_, i) => `user-${i}`)
      const plan = yield* StreamApi.plan({ ...config, channels: cids(260), users, batchSize: 100 })
      assert.deepStrictEqual(
        plan.batches.map(({ first, kind, last }) => `${kind} ${first} to ${last}`),
        [
          "channels 1 to 100",
          "channels 101 to 200",
          "channels 201 to 260",
          "users 1 to 25",
          "users 26 to 50",
          "users 51 to 60"
        ]
      )
      const usual = yield* StreamApi.plan({ ...config, channels: cids(260), users })
      assert.strictEqual(usual.batches.length, 11 + 3)
      assert.strictEqual(usual.calls, 14 * 4)
      assert.strictEqual(
        StreamApi.format(usual),
        "channels  260 in 11 exports\nusers     60 in 3 exports\n14 exports, at least 56 calls"
      )
    })
  )

  it.effect("says what is listed first", () =>
    Effect.gen(function* () {
      const plan = yield* StreamApi.plan({ ...config, channels: ["messaging:a"] })
      assert.deepStrictEqual(plan.batches, [{ kind: "channels", first: 1, last: 1, ids: ["messaging:a"] }])
      assert.deepStrictEqual(plan.listed, ["users"])
      assert.strictEqual(
        StreamApi.format(plan),
        "channels  1 in 1 export\nusers     all, listed first\n1 export, at least 4 calls, besides what is listed"
      )
    })
  )

  it.effect("leaves out excluded users, and exports that would have no other users", () =>
    Effect.gen(function* () {
      const some = { channels: "none", users: ["ann", "bob", "eve"], batchSize: 1 } as const
      const plan = yield* StreamApi.plan({ ...config, ...some, excludeUserIds: ["bob"] })
      assert.deepStrictEqual(
        plan.batches.map(({ first, ids }) => [first, ids]),
        [
          [1, ["ann"]],
          [3, ["eve"]]
        ]
      )
    })
  )

  const wrong: ReadonlyArray<{
    readonly setting: string
    readonly given: Partial<StreamApi.Config>
    readonly problem: string
  }> = [
    { setting: "apiKey", given: { apiKey: "a b" }, problem: "letters and digits" },
    { setting: "apiSecret", given: { apiSecret: Redacted.make("") }, problem: "not empty" },
    { setting: "channels", given: { channels: "none", users: "none" }, problem: "nothing would be exported" },
    { setting: "channels", given: { channels: [] }, problem: "is an empty list" },
    { setting: "channels", given: { channels: ["a:b", "a:b"] }, problem: "a:b twice" },
    { setting: "channels[1]", given: { channels: ["a:b", "general"] }, problem: "type and id" },
    {
      setting: "channels[0].messagesUntil",
      given: { channels: [{ cid: "a:b", messagesSince: 2, messagesUntil: 1 }] },
      problem: "later than messagesSince"
    },
    { setting: "users", given: { users: ["ann", "ann"] }, problem: "ann twice" },
    { setting: "users[0]", given: { users: [""] }, problem: "not empty" },
    { setting: "messagesSince", given: { messagesSince: "yesterday" }, problem: "must be a time" },
    { setting: "batchSize", given: { batchSize: 0 }, problem: "from 1 to 100" },
    { setting: "batchSize", given: { batchSize: 101 }, problem: "from 1 to 100" },
    { setting: "version", given: { version: "v3" as "v2" }, problem: '"v1" or "v2"' },
    { setting: "baseUrl", given: { baseUrl: "chat.example" }, problem: "http or https" },
    { setting: "baseUrl", given: { baseUrl: "https://chat.example/api/v2/" }, problem: "without /api/v2" },
    { setting: "exportsInFlight", given: { exportsInFlight: 0 }, problem: "at least 1" },
    { setting: "attempts", given: { attempts: 1.5 }, problem: "whole number" }
  ]

  it.effect.each(wrong)(
    "rejects an invalid $setting before any request: $problem",
    ({ given, problem, setting }) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(StreamApi.plan({ ...config, ...given }))
        assert.strictEqual(error.setting, setting)
        assert.include(error.problem, problem)
        const app = makeApp()
        const source = StreamSource.api({ ...config, ...given, directory: "nowhere" })
        const same = yield* Effect.flip(SourceHarness.of(source).partitions.pipe(against(app)))
        assert.deepStrictEqual(same.reason, error)
        assert.strictEqual(app.calls.length, 0)
      }).pipe(Effect.provide(NodeServices.layer))
  )
})
