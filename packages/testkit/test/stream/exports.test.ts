import { gunzipSync } from "node:zlib"
import { StreamEmulator, StreamExport } from "@chatferry/testkit/stream"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { DAY, json, send, whole } from "../sendbird/emulator/client.ts"
import { type Fields, errorIn, tokenOf, clientOf } from "./client.ts"

const data = { messages: 400, channels: 70, users: 130, features: { deletedChannels: 0.1, truncated: 0.3 } }
const start = (options: StreamEmulator.Options = {}) => StreamEmulator.start({ data, ...options })
const app = StreamExport.generate(data)
const textOf = (bytes: Iterable<Uint8Array>) => Buffer.concat(Array.from(bytes)).toString()
const channels = (cids: ReadonlyArray<string>) => ({ channels: cids.map((cid) => ({ cid })) })
const some = app.cids().slice(0, 25)

describe("StreamEmulator's exports", () => {
  it.effect("goes through every state, and exports the same as the generator", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ taskLooks: 4 })
      const client = clientOf(emulator)
      const task = yield* client.exported("/export_channels", channels(some))
      assert.deepStrictEqual(task.states, ["waiting", "pending", "running", "completed"])
      assert.isNull(task["error"])
      const file = whole(yield* send(task.url)).bytes.toString()
      const selection = { channels: some.map((cid) => ({ cid })) }
      assert.strictEqual(file, textOf(app.channels(selection)))
      assert.isTrue(task.url.startsWith(`${emulator.fileUrl}/exports/channels/`))
      assert.notStrictEqual(new URL(emulator.fileUrl).port, new URL(emulator.baseUrl).port)
      const stored = (JSON.parse(file) as ReadonlyArray<{ readonly messages: ReadonlyArray<Fields> }>)
        .flatMap(({ messages }) => messages)
        .filter(({ type }) => type !== "ephemeral" && type !== "error")
      assert.strictEqual(emulator.truth(selection).distinct.message, stored.length)
    })
  )

  it.effect("honours every option, under both paths", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ layout: { envelope: "bare", custom: "nested", times: "nanoseconds" } })
      const client = clientOf(emulator)
      const [cid = ""] = some
      const [type, id] = cid.split(":")
      const file = yield* client.file("/api/v2/chat/export_channels", {
        channels: [
          {
            type,
            id,
            messages_since: "2024-03-10T02:00:00.5+02:00",
            messages_until: "2024-03-20T00:00:00Z"
          },
          ...some.slice(1, 20).map((one) => ({ cid: one }))
        ],
        version: "v2",
        include_truncated_messages: true,
        include_soft_deleted_channels: true,
        clear_deleted_message_text: true,
        export_users: true
      })
      const micros = (text: string) => Date.parse(text) * 1000
      const selection = {
        channels: [
          { cid, since: micros("2024-03-10T00:00:00.500Z"), until: micros("2024-03-20T00:00:00Z") },
          ...some.slice(1, 20).map((one) => ({ cid: one }))
        ],
        version: "v2",
        includesTruncated: true,
        includesDeleted: true,
        clearsDeletedText: true,
        exportsUsers: true
      } as const
      const layout = { envelope: "bare", custom: "nested", times: "nanoseconds" } as const
      assert.strictEqual(file, textOf(app.channels(selection, layout)))
      const [only] = emulator.exports()
      assert.deepStrictEqual(only?.wanted, { _tag: "channels", selection } as never)
    })
  )

  it.effect("exports several users, and one synchronously", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      const ids = emulator.userIds().slice(0, 25)
      const task = yield* client.exported("/export/users", { user_ids: ids })
      assert.include(task.url, "/exports/users/")
      assert.strictEqual(whole(yield* send(task.url)).bytes.toString(), textOf(app.users(ids)))
      const one = json(yield* client.call(`/users/${encodeURIComponent(ids[3] ?? "")}/export`))
      const { duration, ...rest } = one
      assert.isString(duration)
      const { duration: _, ...expected } = JSON.parse(app.user(ids[3] ?? "")) as Fields
      assert.deepStrictEqual(rest, expected)
    })
  )

  it.effect.each<{ name: string; path: string; body: object; says: RegExp }>([
    {
      name: "too many channels",
      path: "/export_channels",
      body: channels(app.cids().slice(0, 26)),
      says: /25/u
    },
    { name: "no channels", path: "/export_channels", body: {}, says: /required/u },
    {
      name: "an unknown channel",
      path: "/export_channels",
      body: channels(["messaging:nowhere"]),
      says: /Can't find channel/u
    },
    {
      name: "an invalid time",
      path: "/export_channels",
      body: { channels: [{ cid: some[0], messages_since: 1_700_000_000 }] },
      says: /RFC 3339/u
    },
    {
      name: "another version",
      path: "/export_channels",
      body: { ...channels(some), version: "v3" },
      says: /version/u
    },
    {
      name: "a flag that is text",
      path: "/export_channels",
      body: { ...channels(some), export_users: "yes" },
      says: /export_users/u
    },
    { name: "CSV", path: "/export_channels", body: { ...channels(some), format: "csv" }, says: /format/u },
    {
      name: "too many users",
      path: "/export/users",
      body: { user_ids: app.userIds().slice(0, 26) },
      says: /25/u
    },
    { name: "no users", path: "/export/users", body: { user_ids: [] }, says: /required/u },
    {
      name: "an unknown user",
      path: "/export/users",
      body: { user_ids: ["nobody"] },
      says: /exist/u
    },
    { name: "a longer page", path: "/channels", body: { limit: 31 }, says: /30/u },
    {
      name: "an unknown filter",
      path: "/channels",
      body: { filter_conditions: { x: 1 } },
      says: /"x"/u
    },
    { name: "an unknown order", path: "/channels", body: { sort: [{ field: "x" }] }, says: /"x"/u },
    {
      name: "an unknown operator",
      path: "/channels",
      body: { filter_conditions: { cid: { $like: "a" } } },
      says: /\$like/u
    }
  ])("rejects $name with code 4", ({ body, path, says }) =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const answer = yield* clientOf(emulator).call(path, body)
      assert.deepStrictEqual(errorIn(answer), [400, 4])
      assert.match(String(json(answer)["message"]), says)
      assert.lengthOf(emulator.exports(), 0)
    })
  )

  it.effect("accepts 100 channels when configured", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ mostChannels: 100 })
      const task = yield* clientOf(emulator).exported("/export_channels", channels(app.cids()))
      assert.strictEqual(whole(yield* send(task.url)).bytes.toString(), textOf(app.channels()))
    })
  )

  it.effect("rejects users with too many messages, or lets their export fail", () =>
    Effect.gen(function* () {
      const ids = app.userIds()
      const body = { user_ids: ids.slice(0, 25) }
      const rejecting = clientOf(yield* start({ mostUserMessages: 3 }))
      assert.deepStrictEqual(errorIn(yield* rejecting.call("/export/users", body)), [400, 4])
      const failing = clientOf(yield* start({ mostUserMessages: 3, longUsers: "failed" }))
      const task = yield* failing.exported("/export/users", body)
      assert.strictEqual(task["status"], "failed")
      assert.match(String((task["error"] as Fields)["description"]), /more than 3 messages/u)
      assert.isNull(task["result"])
      const answers = yield* Effect.forEach(body.user_ids, (id) => failing.call(`/users/${id}/export`))
      assert.includeMembers(
        answers.map(({ status }) => status),
        [200, 400]
      )
    })
  )

  it.effect("has tasks under both paths, those of channels under one of their own, and no others", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* start())
      const created = yield* client.call("/export_channels", channels(some))
      assert.strictEqual(created.status, 201)
      const channelsTask = String(json(created)["task_id"])
      const usersTask = String(
        json(yield* client.call("/export/users", { user_ids: app.userIds().slice(0, 1) }))["task_id"]
      )
      const statusOf = (path: string) => Effect.map(client.call(path), ({ status }) => status)
      assert.strictEqual(yield* statusOf(`/export_channels/${channelsTask}`), 200)
      assert.strictEqual(yield* statusOf(`/tasks/${usersTask}`), 200)
      const second = json(yield* client.call(`/api/v2/tasks/${usersTask}`))
      assert.isNumber(second["created_at"])
      for (const path of [`/export_channels/${usersTask}`, "/tasks/none"])
        assert.deepStrictEqual(errorIn(yield* client.call(path)), [404, 16])
    })
  )

  it.effect("gives a new link with each status, which expires after a day, and the file after 60", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* start())
      const task = yield* client.exported("/export_channels", channels(some))
      const again = json(yield* client.call(`/tasks/${String(task["task_id"])}`))
      const fresh = String((again["result"] as Fields)["url"])
      assert.notStrictEqual(fresh, task.url)
      const statusOf = (url: string) => Effect.map(send(url), (answer) => whole(answer).status)
      assert.deepStrictEqual([yield* statusOf(task.url), yield* statusOf(fresh)], [200, 200])
      yield* TestClock.adjust(DAY + 1000)
      assert.strictEqual(yield* statusOf(task.url), 403)
      const later = json(yield* client.call(`/tasks/${String(task["task_id"])}`))
      assert.strictEqual(yield* statusOf(String((later["result"] as Fields)["url"])), 200)
      yield* TestClock.adjust(60 * DAY)
      assert.deepStrictEqual(errorIn(yield* client.call(`/tasks/${String(task["task_id"])}`)), [404, 16])
    })
  )

  it.effect("rejects Stream's token and changed links at the file server, and serves ranges", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const { url } = yield* clientOf(emulator).exported("/export_channels", channels(some))
      const file = whole(yield* send(url))
      const get = (headers: Record<string, string>, other = url) =>
        Effect.map(send(other, { headers }), whole)
      assert.strictEqual((yield* get({ authorization: tokenOf(emulator.apiSecret) })).status, 400)
      assert.strictEqual((yield* get({ "stream-auth-type": "jwt" })).status, 400)
      assert.strictEqual((yield* get({}, url.replace(/Expires=\d+/u, "Expires=99999999999"))).status, 403)
      const etag = file.headers.get("etag") ?? ""
      const part = yield* get({ range: "bytes=70000-70099", "if-range": etag })
      assert.strictEqual(part.status, 206)
      assert.strictEqual(part.headers.get("content-range"), `bytes 70000-70099/${file.bytes.length}`)
      assert.isTrue(part.bytes.equals(file.bytes.subarray(70_000, 70_100)))
      const rest = yield* get({ range: `bytes=${file.bytes.length - 10}-` })
      assert.isTrue(rest.bytes.equals(file.bytes.subarray(-10)))
      assert.strictEqual((yield* get({ range: "bytes=70000-", "if-range": '"other"' })).status, 200)
      assert.strictEqual((yield* get({ range: `bytes=${file.bytes.length}-` })).status, 416)
    })
  )

  it.effect("compresses files, by name or by encoding, with the same result each time", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* start({ packing: "gz" }))
      const { url } = yield* client.exported("/export_channels", channels(some))
      assert.match(new URL(url).pathname, /\.json\.gz$/u)
      const packed = whole(yield* send(url))
      const expected = textOf(app.channels({ channels: some.map((cid) => ({ cid })) }))
      assert.strictEqual(gunzipSync(packed.bytes).toString(), expected)
      const part = whole(yield* send(url, { headers: { range: "bytes=5000-" } }))
      assert.isTrue(part.bytes.equals(packed.bytes.subarray(5000)))
      const encoding = clientOf(yield* start({ packing: "encoded" }))
      assert.strictEqual(yield* encoding.file("/export_channels", channels(some)), expected)
    })
  )

  it.effect("reports repeated exports", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const client = clientOf(emulator)
      const first = yield* client.exported("/export_channels", channels(some))
      yield* client.exported("/export_channels", channels(some.slice(1)))
      assert.lengthOf(emulator.doubleExports(), 0)
      yield* client.call("/export_channels", channels(some.toReversed()))
      assert.lengthOf(emulator.doubleExports(), 1)
      assert.strictEqual(emulator.exports()[0]?.taskId, first["task_id"])
      yield* emulator.failNext("failedTask")
      const users = { user_ids: app.userIds().slice(0, 2) }
      assert.deepStrictEqual((yield* client.exported("/export/users", users)).states.at(-1), "failed")
      yield* client.exported("/export/users", users)
      assert.lengthOf(emulator.doubleExports(), 1)
      yield* client.call("/export/users", { user_ids: users.user_ids.toReversed() })
      assert.lengthOf(emulator.doubleExports(), 2)
    })
  )
})

describe("StreamEmulator's lists", () => {
  it.effect("give all channels except deleted ones, page by page", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* start())
      const found: Array<Fields> = []
      for (;;) {
        const last = found.at(-1)?.["created_at"]
        const body = {
          filter_conditions: last === undefined ? {} : { created_at: { $gt: last } },
          sort: [{ field: "created_at", direction: 1 }],
          limit: 30,
          state: false
        }
        const page = json(yield* client.call("/channels", body))["channels"] as ReadonlyArray<{
          readonly channel: Fields
        }>
        if (page.length === 0) break
        found.push(...page.map(({ channel }) => channel))
      }
      const kept = JSON.parse(textOf(app.channels())) as ReadonlyArray<{ readonly channel: Fields }>
      assert.deepStrictEqual(
        found.map(({ cid }) => String(cid)).toSorted(),
        kept.map(({ channel }) => String(channel["cid"])).toSorted()
      )
      assert.isBelow(found.length, app.cids().length)
    })
  )

  it.effect("show channels with their latest messages and members", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* start())
      const all = JSON.parse(textOf(app.channels({ includesTruncated: true }))) as ReadonlyArray<{
        readonly channel: Fields
        readonly messages: ReadonlyArray<Fields>
        readonly members: ReadonlyArray<Fields>
      }>
      const long = all.reduce((one, other) => (other.messages.length > one.messages.length ? other : one))
      const answer = yield* client.call("/channels", {
        filter_conditions: {
          $and: [{ cid: long.channel["cid"] }, { type: { $in: [long.channel["type"]] } }]
        },
        message_limit: 5,
        member_limit: 2
      })
      const [only] = json(answer)["channels"] as ReadonlyArray<Fields>
      assert.deepStrictEqual(only?.["channel"], long.channel)
      assert.deepStrictEqual(only?.["members"], long.members.slice(0, 2))
      assert.deepStrictEqual(
        only?.["messages"],
        long.messages.filter(({ type }) => type !== "ephemeral" && type !== "error").slice(-5)
      )
    })
  )

  it.effect("give all users page by page, deactivated ones on request", () =>
    Effect.gen(function* () {
      const client = clientOf(
        yield* start({ data: { ...data, features: { deactivated: 0.2, deletedUsers: 0.1 } } })
      )
      const read = (more: object) =>
        Effect.gen(function* () {
          const found: Array<Fields> = []
          for (;;) {
            const payload = JSON.stringify({
              filter_conditions: found.length === 0 ? {} : { id: { $gt: found.at(-1)?.["id"] } },
              sort: [{ field: "id", direction: 1 }],
              limit: 100,
              ...more
            })
            const answer = yield* client.call(`/users?payload=${encodeURIComponent(payload)}`)
            const page = json(answer)["users"] as ReadonlyArray<Fields>
            if (page.length === 0) return found
            found.push(...page)
          }
        })
      const active = yield* read({})
      const all = yield* read({ include_deactivated_users: true })
      const ids = all.map(({ id }) => String(id))
      assert.deepStrictEqual(ids, ids.toSorted())
      assert.isBelow(ids.length, 130)
      assert.deepStrictEqual(
        active.map(({ id }) => id),
        all.filter((user) => user["deactivated_at"] === undefined).map(({ id }) => id)
      )
      assert.isBelow(active.length, all.length)
      assert.isFalse(all.some((user) => user["deleted_at"] !== undefined))
    })
  )
})
