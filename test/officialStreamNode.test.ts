// Stream's server-side client, as it comes from the registry, against the emulator: the addresses below /api/v2.
import { StreamEmulator } from "@chatferry/testkit/stream"
import { assert, describe, it } from "@effect/vitest"
import { StreamClient } from "@stream-io/node-sdk"
import { Effect } from "effect"
import { app, data, documents, fetched, mostReacted, people, textOf } from "./official/streamApp.ts"

const connected = Effect.gen(function* () {
  const emulator = yield* StreamEmulator.start({ data })
  const client = new StreamClient(emulator.apiKey, emulator.apiSecret, { basePath: emulator.baseUrl })
  return { emulator, client }
})

/** As precise as a date of the client is. */
const millis = (time: unknown) => Math.floor(Date.parse(String(time)))

describe("the official @stream-io/node-sdk client", () => {
  it.live("exports channels and users, and one at once", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* connected
      const cids = emulator.cids()
      const channels = cids.map((cid) => ({ cid }))
      const ids = emulator.userIds().slice(0, 3)
      const tasks = [
        {
          asked: yield* Effect.promise(() => client.chat.exportChannels({ channels, version: "v2" })),
          file: textOf(app.channels({ channels, version: "v2" }))
        },
        {
          asked: yield* Effect.promise(() => client.exportUsers({ user_ids: ids })),
          file: textOf(app.users(ids))
        }
      ]
      for (const { asked, file } of tasks) {
        const first = yield* Effect.promise(() => client.getTask({ id: asked.task_id }))
        assert.strictEqual(first.status, "pending")
        assert.instanceOf(first.created_at, Date)
        const task = yield* Effect.promise(() => client.getTask({ id: asked.task_id }))
        assert.strictEqual(task.status, "completed")
        assert.strictEqual(yield* fetched(String(task.result?.["url"])), file)
      }
      const one = yield* Effect.promise(() => client.exportUser({ user_id: ids[0] ?? "" }))
      assert.strictEqual(one.user?.id, ids[0])
      assert.strictEqual(
        one.messages?.length,
        (JSON.parse(app.user(ids[0] ?? "")) as { readonly messages: ReadonlyArray<unknown> }).messages.length
      )
    })
  )

  it.live("lists users with their times and their custom fields", () =>
    Effect.gen(function* () {
      const { client } = yield* connected
      const { users } = yield* Effect.promise(() =>
        client.queryUsers({
          payload: {
            filter_conditions: { id: { $gt: "" } },
            sort: [{ field: "id", direction: 1 }],
            limit: 100,
            include_deactivated_users: true
          }
        })
      )
      const expected = people.toSorted((one, other) => (String(one["id"]) < String(other["id"]) ? -1 : 1))
      assert.deepStrictEqual(
        users.map(({ created_at, custom, id }) => [id, created_at.getTime(), custom["tier"]]),
        expected.map((one) => [one["id"], millis(one["created_at"]), one["tier"]])
      )
    })
  )

  it.live("lists channels in every order that it documents, and members", () =>
    Effect.gen(function* () {
      const { client } = yield* connected
      const kept = documents.filter(({ channel }) => channel["deleted_at"] === undefined)
      for (const field of ["last_message_at", "last_updated", "updated_at", "created_at", "member_count"]) {
        const { channels } = yield* Effect.promise(() =>
          client.chat.queryChannels({ filter_conditions: {}, sort: [{ field, direction: -1 }], limit: 30 })
        )
        assert.sameDeepMembers(
          channels.map(({ channel, members }) => [
            channel?.cid,
            channel?.created_at.getTime(),
            members.map((member) => member.user_id)
          ]),
          kept.map(({ channel, members }) => [
            channel["cid"],
            millis(channel["created_at"]),
            members.map((member) => member["user_id"])
          ])
        )
      }
      const { channel, members } = mostReacted
      const found = yield* Effect.promise(() =>
        client.chat.queryMembers({
          payload: { type: String(channel["type"]), id: String(channel["id"]), filter_conditions: {} }
        })
      )
      assert.sameMembers(
        found.members.map(({ user_id }) => user_id),
        members.map(({ user_id }) => String(user_id))
      )
    })
  )

  it.live("looks at a message and its reactions", () =>
    Effect.gen(function* () {
      const { client } = yield* connected
      const { message } = mostReacted
      const id = String(message["id"])
      const { message: found } = yield* Effect.promise(() => client.chat.getMessage({ id }))
      assert.deepStrictEqual(
        [found.id, found.text, found.user.id, found.created_at.getTime()],
        [id, message["text"], (message["user"] as { readonly id: string }).id, millis(message["created_at"])]
      )
      const { reactions } = yield* Effect.promise(() => client.chat.getReactions({ id, limit: 10 }))
      assert.deepStrictEqual(
        reactions.map(({ type, user_id }) => ({ type, user_id })),
        (
          message["latest_reactions"] as ReadonlyArray<{ readonly type: string; readonly user_id: string }>
        ).map(({ type, user_id }) => ({ type, user_id }))
      )
    })
  )

  it.live("imports a file, and finds it in the list that it asks for without parameters", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* connected
      const { path, upload_url } = yield* Effect.promise(() =>
        client.createImportURL({ filename: "a.jsonl" })
      )
      const body = '{"type":"user","data":{"id":"ada","name":"Ada"}}\n'
      yield* fetched(upload_url, { method: "PUT", body, headers: { "content-type": "application/json" } })
      const made = yield* Effect.promise(() => client.createImport({ path, mode: "upsert" }))
      assert.instanceOf(made.import_task?.created_at, Date)
      const id = made.import_task?.id ?? ""
      let state = ""
      while (state !== "completed") {
        const { import_task: task } = yield* Effect.promise(() => client.getImport({ id }))
        state = task?.state ?? ""
        assert.notMatch(state, /failed/u)
      }
      const { import_tasks: tasks } = yield* Effect.promise(() => client.listImports())
      assert.deepStrictEqual(
        tasks.map((task) => [task.id, task.path, task.state]),
        [[id, path, "completed"]]
      )
      assert.deepStrictEqual(emulator.users(), [{ id: "ada", name: "Ada" }])
    })
  )

  it.live("says how often it may still ask", () =>
    Effect.gen(function* () {
      const { client } = yield* connected
      const limits = yield* Effect.promise(() =>
        client.getRateLimits({ server_side: true, endpoints: "QueryChannels" })
      )
      assert.deepInclude(limits.server_side?.["QueryChannels"], { limit: 10_000, remaining: 10_000 })
    })
  )

  it.live("fails with Stream's code when a request is rejected", () =>
    Effect.gen(function* () {
      const { client } = yield* connected
      const error = yield* Effect.flip(
        Effect.tryPromise({
          try: () => client.chat.getMessage({ id: "nothing" }),
          catch: (cause) => cause as { readonly code?: number; readonly message: string }
        })
      )
      assert.strictEqual(error.code, 16)
      assert.include(error.message, "Can't find message")
    })
  )
})
