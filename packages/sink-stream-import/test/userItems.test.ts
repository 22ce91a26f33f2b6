import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { base, member, user } from "../../../test/entities.ts"
import type { Dialect } from "./checker.ts"
import { type Config, dialects, type Result, write } from "./harness.ts"
import { type Items, only } from "./policyTable.ts"

const AT = "2024-05-06T07:08:09.123Z"
const LATER = "2025-05-06T07:08:09Z"

const ofUser = (dialect: Dialect, entities: Items, config: Partial<Config> = {}) =>
  Effect.map(write({ dialect, ...config }, entities), (result: Result) => {
    assert.deepStrictEqual(result.problems, [])
    return result
  })

describe("devices", () => {
  const device = (id: string, fields: object = {}) => ({ id, provider: "firebase", ...fields })

  it.live("are separate items, with the app's push provider name", () =>
    Effect.gen(function* () {
      const entities = [
        user("ada@x.org", {
          devices: [device("d1", { createdAt: AT }), device("d2", { provider: "apn", providerName: "ios" })]
        })
      ]
      const result = yield* ofUser("jsonl", entities, { pushProviderNames: { firebase: "android" } })
      const userId = only(result, "user")["id"]
      assert.deepStrictEqual(result.of("device"), [
        {
          id: "d1",
          user_id: userId,
          push_provider_type: "firebase",
          push_provider_name: "android",
          created_at: AT
        },
        { id: "d2", user_id: userId, push_provider_type: "apn", push_provider_name: "ios" }
      ])
      assert.strictEqual(result.ledger.notes["device_written"], 2)
      assert.strictEqual(result.files[0]?.records, 3)
      const inArray = yield* ofUser("json-array", entities)
      assert.deepStrictEqual(
        inArray.of("device").map((item) => [item["push_provider_name"], item["created_at"]]),
        [
          [undefined, AT],
          ["ios", "1970-01-01T00:00:00Z"]
        ]
      )
    })
  )

  it.live("belong to their last user, and the notes do not show tokens that cannot be written", () =>
    Effect.gen(function* () {
      const entities = [
        user("ada", { devices: [device("d", { createdAt: LATER }), device("web", { provider: "web" })] }),
        user("bob", { devices: [device("d", { createdAt: AT }), device("x".repeat(256))] })
      ]
      for (const dialect of dialects) {
        const result = yield* ofUser(dialect, entities)
        assert.deepInclude(only(result, "device"), { id: "d", user_id: "ada" })
        assert.deepInclude(result.ledger.notes, { device_repeated: 1, device_invalid: 2, device_written: 1 })
        assert.strictEqual(result.moved.length, 2)
        assert.notInclude(result.file, "web")
      }
    })
  )
})

describe("disabled devices", () => {
  const off = { id: "d", provider: "apn", isDisabled: true, disabledReason: "token expired" }
  const entities = [user("ada", { devices: [off] })]

  it.live("are disabled in the dialect that has the field", () =>
    Effect.gen(function* () {
      const result = yield* ofUser("json-array", entities)
      assert.deepInclude(only(result, "device"), { disabled: true, disabled_reason: "token expired" })
    })
  )

  it.live("are left out in the other dialect, and counted", () =>
    Effect.gen(function* () {
      const result = yield* ofUser("jsonl", entities)
      assert.deepStrictEqual(result.of("device"), [])
      assert.strictEqual(result.ledger.notes["device_disabled"], 1)
      assert.deepStrictEqual(result.moved, [{ kind: "user", id: "ada", field: "devices", value: off }])
    })
  )
})

describe("bans from future channels", () => {
  const entities = [
    user("ada", { futureChannelBans: [{ byId: "bob b", reason: "spam", isShadow: true, createdAt: AT }] })
  ]

  it.live("are separate items in the current dialect, and go to the side file in the older one", () =>
    Effect.gen(function* () {
      const result = yield* ofUser("jsonl", entities)
      const ban = {
        target_id: "ada",
        created_by: result.of("user").find(({ id }) => id !== "ada")?.["id"],
        reason: "spam",
        shadow: true,
        created_at: AT
      }
      assert.match(String(ban.created_by), /^bob_b-/)
      assert.deepStrictEqual(result.of("future_channel_ban"), [ban])
      const inArray = yield* ofUser("json-array", entities)
      assert.strictEqual(inArray.ledger.notes["future_channel_ban_lost"], 1)
      assert.deepStrictEqual(inArray.moved, [
        { kind: "user", id: "ada", field: "future_channel_bans", value: ban }
      ])
    })
  )
})

describe("answers to invitations", () => {
  it.live("are called as the import page calls them when asked", () =>
    Effect.gen(function* () {
      const result = yield* ofUser("jsonl", [...base, member("general", "bob", { inviteRejectedAt: AT })], {
        inviteFields: "invited"
      })
      assert.deepInclude(only(result, "member"), { invited: true, invited_rejected_at: AT })
    })
  )
})
