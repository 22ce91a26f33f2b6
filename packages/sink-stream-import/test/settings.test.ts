import { StreamImportSink } from "@chatferry/sink-stream-import"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { base, member, message, user } from "../../../test/entities.ts"
import { type Config, write } from "./harness.ts"
import { byId, type Items, lines } from "./policyTable.ts"

describe("StreamImportSink", () => {
  const conflict = (entities: Items, config: Partial<Config>) => Effect.flip(lines(entities, config))

  it.live("fails with both users who would get the same id", () =>
    Effect.gen(function* () {
      const error = yield* conflict([user("ada"), user("bob")], { userIds: { bob: "ada" } })
      assert.strictEqual(error._tag === "SinkError" && error.reason._tag, "Conflict")
      assert.include(error.message, "ada and bob")
    })
  )

  it.live.each([
    { config: { adminUserId: "not valid" } },
    { config: { userIds: { a: "not valid" } } },
    { config: { channelType: { group: "a b", open: "c" } } },
    { config: { reactionTypes: { a: "👍" } } },
    { config: { maxMessageLength: 20_001 } },
    { config: { name: "a/b" } }
  ] as ReadonlyArray<{ readonly config: Partial<Config> }>)("rejects the settings $config", ({ config }) =>
    Effect.gen(function* () {
      const error = yield* conflict([], config)
      assert.strictEqual(error._tag === "SinkError" && error.reason._tag, "InvalidConfig")
    })
  )

  it.live("writes one array of items in the older dialect, only with its fields", () =>
    Effect.gen(function* () {
      const result = yield* write({ dialect: "json-array" }, [
        ...base,
        user("bob", { blockedUserIds: ["ada"], updatedAt: "2024-01-01T00:00:00Z" }),
        message("1"),
        message("2", { parentId: "1", updatedAt: "2024-02-01T00:00:00Z" })
      ])
      assert.deepStrictEqual(result.problems, [])
      assert.match(result.file, /^\[\n\{"type":"user","item":\{/)
      assert.deepInclude(byId(result, "user", "bob"), {
        updated_at: "2024-01-01T00:00:00Z",
        chatferry: { blocked_user_ids: ["ada"] }
      })
      assert.deepInclude(byId(result, "message", "2"), {
        type: "regular",
        parent_id: "1",
        updated_at: "2024-02-01T00:00:00Z"
      })
    })
  )

  it.live("names member items by memberItem", () =>
    Effect.gen(function* () {
      const { file } = yield* lines([...base, member("general", "ada")], { memberItem: "channel_member" })
      assert.include(file, '{"type":"channel_member","data":{"channel_type"')
    })
  )

  it.effect("rejects a memberItem that the older dialect does not have", () =>
    Effect.gen(function* () {
      const config = {
        directory: "/nowhere/out",
        dialect: "json-array",
        memberItem: "channel_member"
      } as const
      const { message } = yield* Effect.flip(StreamImportSink.make(config).check ?? Effect.die("no check"))
      assert.strictEqual(
        message,
        'stream-import: memberItem must be "member" where dialect is "json-array", which has no "channel_member"'
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.live("rejects ids that files cannot store", () =>
    Effect.gen(function* () {
      const { ledger, problems } = yield* lines([user("a\0b"), user("a\ud800"), ...base])
      assert.deepStrictEqual(problems, [])
      assert.deepStrictEqual(ledger.kinds.user.rejected, { invalid_id: 2 })
    })
  )
})
