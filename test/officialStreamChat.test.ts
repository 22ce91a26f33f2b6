// Stream's own JavaScript client, as it comes from the registry, against the emulator.
import { StreamEmulator } from "@chatferry/testkit/stream"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { type ChannelSort, StreamChat, type UserSort } from "stream-chat"
import { data, documents, fetched, mostReacted, people } from "./official/streamApp.ts"

const connected = Effect.gen(function* () {
  const emulator = yield* StreamEmulator.start({ data })
  const { apiKey, apiSecret, baseUrl } = emulator
  // Server-side use: a key and a secret, and only another address than Stream's.
  const client = new StreamChat(apiKey, apiSecret, { baseURL: baseUrl })
  return { emulator, client }
})

describe("the official stream-chat client", () => {
  it.live("exports channels and looks until the file is there", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* connected
      const requests = emulator.cids().map((cid) => {
        const [type = "", id = ""] = cid.split(":")
        return { type, id, messages_since: new Date("2024-03-01T00:00:00.000Z") }
      })
      const options = { include_truncated_messages: true, include_soft_deleted_channels: true }
      const created = yield* Effect.promise(() => client.exportChannels(requests, options))
      // Its types leave out the status that its documentation reads.
      const look = Effect.promise(() => client.getExportChannelStatus(created.task_id)).pipe(
        Effect.map(
          (task) =>
            task as unknown as { readonly status?: string; readonly result?: { readonly url: string } }
        )
      )
      assert.strictEqual((yield* look).status, "pending")
      const done = yield* look
      assert.strictEqual(done.status, "completed")
      const file = yield* fetched(done.result?.url ?? "")
      const found = JSON.parse(file) as ReadonlyArray<{ readonly messages: ReadonlyArray<unknown> }>
      const { distinct, messages } = emulator.truth({ includesTruncated: true, includesDeleted: true })
      assert.strictEqual(found.length, distinct.channel)
      assert.strictEqual(
        found.flatMap((one) => one.messages).length,
        distinct.message + messages.ephemeral + messages.errors
      )
    })
  )

  it.live("exports one channel, and users, in lines", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* connected
      const [cid = ""] = emulator.cids()
      const one = yield* Effect.promise(() => client.exportChannel({ cid }, { version: "v2" }))
      const many = yield* Effect.promise(() =>
        client.exportUsers({ user_ids: emulator.userIds().slice(0, 5) })
      )
      for (const { task_id } of [one, many]) {
        yield* Effect.promise(() => client.getTask(task_id))
        const task = yield* Effect.promise(() => client.getTask(task_id))
        assert.strictEqual(task.status, "completed")
        const { url } = task.result as unknown as { readonly url: string }
        const lines = (yield* fetched(url)).trimEnd().split("\n")
        for (const line of lines) assert.containsAllKeys(JSON.parse(line), ["type", "data"])
      }
      assert.lengthOf(emulator.doubleExports(), 0)
    })
  )

  it.live("exports one user at once, and lists users and channels", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* connected
      const some = emulator.userIds().slice(0, 6)
      const exported = yield* Effect.forEach(some, (id) => Effect.promise(() => client.exportUser(id)))
      assert.deepStrictEqual(
        exported.map(({ user }) => user.id),
        some
      )
      assert.isTrue(exported.some(({ messages }) => messages.length > 0))
      const { users } = yield* Effect.promise(() =>
        client.queryUsers({ id: { $gt: "" } }, { id: 1 }, { limit: 100 })
      )
      const ids = users.map((one) => one.id)
      assert.isAbove(ids.length, 10)
      assert.deepStrictEqual(ids, ids.toSorted())
      const channels = yield* Effect.promise(() =>
        client.queryChannels({ member_count: { $gt: 0 } }, { created_at: -1 }, { limit: 30 })
      )
      assert.isAbove(channels.length, 3)
      for (const channel of channels) assert.include(emulator.cids(), channel.cid)
    })
  )

  it.live("imports a file", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* connected
      const { path, upload_url } = yield* Effect.promise(() => client._createImportURL("people.jsonl"))
      const body = '{"type":"user","data":{"id":"ada","name":"Ada"}}\n'
      const headers = { "content-type": "application/json" }
      yield* fetched(upload_url, { method: "PUT", body, headers })
      const { import_task } = yield* Effect.promise(() => client._createImport(path, { mode: "insert" }))
      let { state } = import_task
      while (state !== "completed") {
        const looked = yield* Effect.promise(() => client._getImport(import_task.id))
        state = looked.import_task.state
        assert.notMatch(state, /failed/u)
      }
      const { import_tasks } = yield* Effect.promise(() => client._listImports({ limit: 10, offset: 0 }))
      assert.deepStrictEqual(
        import_tasks.map((one) => [one.id, one.state]),
        [[import_task.id, "completed"]]
      )
      assert.deepStrictEqual(emulator.users(), [{ id: "ada", name: "Ada" }])
    })
  )

  it.live("lists channels in every order it knows", () =>
    Effect.gen(function* () {
      const { client } = yield* connected
      const orders: ReadonlyArray<ChannelSort> = [
        { last_message_at: -1 },
        { last_updated: 1 },
        { updated_at: -1 },
        { created_at: 1 },
        [{ member_count: -1 }, { created_at: 1 }],
        { unread_count: -1 },
        { has_unread: -1 },
        { pinned_at: -1 }
      ]
      const expected = documents
        .map(({ channel }) => channel)
        .filter((channel) => channel["deleted_at"] === undefined)
        .toSorted((one, other) => (String(one["created_at"]) < String(other["created_at"]) ? -1 : 1))
      for (const order of orders) {
        const found = yield* Effect.promise(() => client.queryChannelsRequest({}, order, { limit: 30 }))
        assert.sameDeepMembers(
          found.map(({ channel }) => channel as object),
          expected
        )
        if (!Array.isArray(order) && "created_at" in order)
          assert.deepStrictEqual(
            found.map(({ channel }) => channel.cid),
            expected.map(({ cid }) => String(cid))
          )
      }
    })
  )

  it.live("gives channels a state that it understands", () =>
    Effect.gen(function* () {
      const { client } = yield* connected
      const found = yield* Effect.promise(() =>
        client.queryChannels({ type: "messaging" }, [{ last_message_at: -1 }], { message_limit: 3 })
      )
      assert.isAbove(found.length, 0)
      for (const channel of found) {
        const { members = [], messages = [] } =
          documents.find((one) => one.channel["cid"] === channel.cid) ?? {}
        assert.sameMembers(
          Object.keys(channel.state.members),
          members.map(({ user_id: id }) => String(id))
        )
        const ids = messages.map(({ id }) => String(id))
        for (const { id } of channel.state.messages) assert.include(ids, id)
      }
    })
  )

  it.live("lists users in every order and by every filter it documents", () =>
    Effect.gen(function* () {
      const { apiKey, apiSecret, baseUrl } = yield* StreamEmulator.start({ data })
      const client = StreamChat.getInstance(apiKey, apiSecret, { baseURL: baseUrl })
      const orders: ReadonlyArray<UserSort> = [
        { last_active: -1 },
        { created_at: 1 },
        { updated_at: -1 },
        { name: 1 },
        [{ role: 1 }, { id: -1 }]
      ]
      const active = people.filter((one) => one["deactivated_at"] === undefined)
      for (const order of orders) {
        const { users } = yield* Effect.promise(() => client.queryUsers({}, order, { limit: 100 }))
        assert.sameMembers(
          users.map(({ id }) => id),
          active.map(({ id }) => String(id))
        )
      }
      const first = active.slice(0, 1)
      const { users } = yield* Effect.promise(() =>
        client.queryUsers({ id: { $in: [String(first[0]?.["id"]), "nobody"] } })
      )
      assert.deepStrictEqual<ReadonlyArray<object>>(users, first)
    })
  )

  it.live("looks at a message, its reactions and the members of its channel", () =>
    Effect.gen(function* () {
      const { client } = yield* connected
      const { channel, members, message } = mostReacted
      const id = String(message["id"])
      const { message: found } = yield* Effect.promise(() => client.getMessage(id))
      assert.deepStrictEqual<object>(found, { ...message, channel })
      const handle = client.channel(String(channel["type"]), String(channel["id"]))
      const { reactions } = yield* Effect.promise(() => handle.getReactions(id, { limit: 10, offset: 0 }))
      assert.deepStrictEqual<unknown>(reactions, message["latest_reactions"])
      const queried = yield* Effect.promise(() => handle.queryMembers({}, { user_id: 1 }, { limit: 100 }))
      assert.deepStrictEqual(
        queried.members.map(({ user_id }) => user_id),
        members.map(({ user_id: one }) => String(one)).toSorted()
      )
    })
  )

  it.live("says how often it may still ask", () =>
    Effect.gen(function* () {
      const { client } = yield* connected
      yield* Effect.promise(() => client.queryUsers({}))
      const limits = yield* Effect.promise(() =>
        client.getRateLimits({ serverSide: true, endpoints: ["QueryUsers", "ExportChannels"] })
      )
      assert.deepInclude(limits.server_side?.["QueryUsers"], { limit: 1000, remaining: 999 })
      assert.deepInclude(limits.server_side?.["ExportChannels"], { limit: 60, remaining: 60 })
    })
  )

  it.live("fails with Stream's code when a request is rejected", () =>
    Effect.gen(function* () {
      const { client } = yield* connected
      const failed = yield* Effect.result(
        Effect.tryPromise({
          try: () => client.exportChannels([{ cid: "messaging:nowhere" }]),
          catch: (cause) => cause as { readonly code?: number; readonly status?: number }
        })
      )
      assert.isTrue(Result.isFailure(failed))
      if (Result.isFailure(failed)) assert.deepInclude({ ...failed.failure }, { code: 4, status: 400 })
    })
  )
})
