import { StreamEmulator } from "@chatferry/testkit/stream"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { json, send, whole } from "../sendbird/emulator/client.ts"
import { type Fields, errorIn, type Client, clientOf } from "./client.ts"

const start = (options: StreamEmulator.Options = {}) =>
  Effect.map(
    StreamEmulator.start({ data: { messages: 50, channels: 4, users: 12 }, ...options }),
    (emulator) => ({
      emulator,
      client: clientOf(emulator)
    })
  )

/** Imports an empty file, and gives the id of the import. */
const imported = (client: Client) =>
  Effect.gen(function* () {
    const { path, upload_url } = json(yield* client.call("/import_urls", { filename: "a.jsonl" }))
    const headers = { "content-type": "application/json" }
    whole(yield* send(String(upload_url), { method: "PUT", body: "\n", headers }))
    const { import_task } = json(yield* client.call("/imports", { path, mode: "upsert" }))
    return String((import_task as Fields)["id"])
  })

const idsIn = (answer: Fields) =>
  (answer["import_tasks"] as ReadonlyArray<Fields>).map(({ id }) => String(id))

describe("StreamEmulator's addresses", () => {
  it.effect.each<{ readonly path: string; readonly body?: object; readonly second: string | undefined }>([
    { path: "/imports", second: "/api/v2/imports" },
    { path: "/import_urls", body: { filename: "a" }, second: "/api/v2/import_urls" },
    { path: "/rate_limits", second: "/api/v2/rate_limits" },
    { path: "/users", second: "/api/v2/users" },
    { path: "/export/users", body: { user_ids: ["nobody"] }, second: "/api/v2/export/users" },
    { path: "/tasks/1", second: "/api/v2/tasks/1" },
    { path: "/channels", body: {}, second: "/api/v2/chat/channels" },
    { path: "/members", second: "/api/v2/chat/members" },
    { path: "/messages/1", second: "/api/v2/chat/messages/1" },
    { path: "/export_channels", body: {}, second: "/api/v2/chat/export_channels" },
    { path: "/export_channels/1", second: undefined }
  ])("have $path without a prefix, and only $second in the second family", ({ body, path, second }) =>
    Effect.gen(function* () {
      const { emulator, client } = yield* start()
      for (const found of [path, `/api/v2${path}`, `/api/v2/chat${path}`]) {
        const isThere = found === path || found === second
        yield* client.call(found, body)
        assert.strictEqual(emulator.requests()["unknown"] ?? 0, isThere ? 0 : 1, found)
        if (!isThere) break
      }
    })
  )

  it.effect("respond with 201 to each POST, and 200 to each GET", () =>
    Effect.gen(function* () {
      const { emulator, client } = yield* start()
      const [cid] = emulator.cids()
      const posts = [
        ["/channels", {}],
        ["/import_urls", { filename: "a" }],
        ["/export_channels", { channels: [{ cid }] }],
        ["/export/users", { user_ids: emulator.userIds().slice(0, 1) }]
      ] as const
      for (const [path, body] of posts) assert.strictEqual((yield* client.call(path, body)).status, 201, path)
      for (const path of ["/users", "/imports", "/rate_limits"])
        assert.strictEqual((yield* client.call(path)).status, 200, path)
    })
  )

  it.effect("report the remaining calls of each", () =>
    Effect.gen(function* () {
      const { client } = yield* start({ exportRateLimit: { calls: 5, seconds: 60 } })
      yield* client.call("/export_channels", {})
      const all = json(yield* client.call("/rate_limits"))
      assert.hasAllKeys(all, ["server_side", "android", "ios", "web", "duration"])
      const { ExportChannels } = all["server_side"] as Readonly<Record<string, Fields>>
      assert.deepInclude(ExportChannels, { limit: 5, remaining: 4 })
      const some = json(yield* client.call("/rate_limits?server_side=true&endpoints=GetImport,QueryUsers"))
      assert.hasAllKeys(some, ["server_side", "duration"])
      assert.hasAllKeys(some["server_side"], ["GetImport", "QueryUsers"])
    })
  )
})

describe("StreamEmulator's list of imports", () => {
  const listed = (listedImports: "paged" | "whole" | "overlapping", query: string) =>
    Effect.gen(function* () {
      const { client } = yield* start({ listedImports })
      const ids: Array<string> = []
      for (let i = 0; i < 6; i++) ids.unshift(yield* imported(client))
      return { ids, found: idsIn(json(yield* client.call(`/imports${query}`))) }
    })

  it.effect("honours a limit and an offset", () =>
    Effect.gen(function* () {
      const { found, ids } = yield* listed("paged", "?limit=4&offset=4")
      assert.deepStrictEqual(found, ids.slice(4))
    })
  )

  it.effect("ignores them", () =>
    Effect.gen(function* () {
      const { found, ids } = yield* listed("whole", "?limit=4&offset=4")
      assert.deepStrictEqual(found, ids)
    })
  )

  it.effect("overlaps pages", () =>
    Effect.gen(function* () {
      const { found, ids } = yield* listed("overlapping", "?limit=4&offset=4")
      assert.deepStrictEqual(found, ids.slice(2))
    })
  )

  it.effect("rejects a limit above 100", () =>
    Effect.gen(function* () {
      const { client } = yield* start()
      assert.deepStrictEqual(errorIn(yield* client.call("/imports?limit=101")), [400, 4])
    })
  )
})
