// The emulator over plain HTTP, without a client that could hide something from a test.
import { createHmac } from "node:crypto"
import { StreamEmulator } from "@chatferry/testkit/stream"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { json, send, whole } from "../sendbird/emulator/client.ts"

type Fields = Readonly<Record<string, unknown>>

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")

const tokenOf = (secret: string, payload: object = { server: true }) => {
  const content = `${base64({ alg: "HS256", typ: "JWT" })}.${base64(payload)}`
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`
}

const clientOf = ({ apiKey, apiSecret, baseUrl }: StreamEmulator.Emulator, token = tokenOf(apiSecret)) => {
  const headers = {
    authorization: token,
    "stream-auth-type": "jwt",
    "content-type": "application/json"
  }
  const call = (path: string, body?: object) =>
    send(`${baseUrl}${path}${path.includes("?") ? "&" : "?"}api_key=${apiKey}`, {
      headers,
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })
    })
  const put = (url: string, body: string, more: Record<string, string> = {}) =>
    Effect.map(
      send(url, { method: "PUT", body, headers: { "content-type": "application/json", ...more } }),
      whole
    )
  const link = Effect.map(call("/import_urls", { filename: "a.jsonl" }), (answer) => json(whole(answer)))
  return {
    call: (path: string, body?: object) => Effect.map(call(path, body), whole),
    link,
    put,
    /** Imports a file, and gives the final state of its task. */
    imported: (content: string, settings: object = { mode: "upsert" }) =>
      Effect.gen(function* () {
        const { path, upload_url } = yield* link
        yield* put(String(upload_url), content)
        let task = (json(whole(yield* call("/imports", { path, ...settings })))["import_task"] ??
          {}) as Fields
        const states = [task["state"]]
        while (task["state"] !== "completed" && !String(task["state"]).endsWith("failed")) {
          task = json(whole(yield* call(`/imports/${String(task["id"])}`)))["import_task"] as Fields
          states.push(task["state"])
        }
        const result: Fields = { ...task, states }
        return result
      })
  }
}

const linesOf = (...items: ReadonlyArray<readonly [type: string, data: object]>) =>
  items.map(([type, data]) => `${JSON.stringify({ type, data })}\n`).join("")

const arrayOf = (...items: ReadonlyArray<readonly [type: string, item: object]>) =>
  JSON.stringify(items.map(([type, item]) => ({ type, item })))

const errorsIn = (task: Fields) =>
  ((task["result"] as Fields)["errors"] as ReadonlyArray<Fields>).map(({ error }) => String(error))

const ada = ["user", { id: "ada" }] as const
const channel = ["channel", { id: "room", type: "messaging", created_by: "ada" }] as const
const at = { channel_type: "messaging", channel_id: "room" }
const message = ["message", { id: "m1", ...at, user: "ada", text: "hi" }] as const
const time = "2024-01-01T00:00:00Z"

describe("StreamEmulator", () => {
  it.live("imports every example of the documentation, and shows the result", () =>
    Effect.gen(function* () {
      const emulator = yield* StreamEmulator.start()
      const content = linesOf(
        ada,
        ["user", { id: "bob", teams: ["red"], privacy_settings: { read_receipts: { enabled: true } } }],
        ["device", { id: "d", user_id: "ada", push_provider_type: "firebase", push_provider_name: "f" }],
        ["future_channel_ban", { created_by: "ada", target_id: "bob", shadow: true, created_at: time }],
        channel,
        ["channel", { member_ids: ["ada"], type: "livestream", created_by: "ada", name: "x" }],
        ["member", { ...at, user_id: "ada", is_moderator: true, created_at: time }],
        ["member", { channel_type: "livestream", channel_member_ids: ["ada"], user_id: "ada" }],
        message,
        ["message", { id: "m2", ...at, user: "ada", type: "reply", parent_id: "m1", show_in_channel: true }],
        ["reaction", { message_id: "m1", type: "love", user_id: "bob", created_at: time }]
      )
      const task = yield* clientOf(emulator).imported(content)
      assert.deepStrictEqual(task["states"], ["uploaded", "analyzing", "importing", "completed"])
      assert.deepStrictEqual(
        [
          emulator.users(),
          emulator.devices(),
          emulator.futureChannelBans(),
          emulator.channels(),
          emulator.members(),
          emulator.messages(),
          emulator.reactions()
        ].map(({ length }) => length),
        [2, 1, 1, 2, 2, 2, 1]
      )
    })
  )

  it.live.each<{ name: string; content: string; error: string }>([
    { name: "broken JSON", content: '{"type":,}', error: "Parse error: invalid character ','" },
    { name: "an unknown type", content: linesOf(["foobar", {}]), error: 'invalid item type "foobar"' },
    { name: "the other envelope", content: '{"type":"user","item":{"id":"a"}}', error: "unexpected end" },
    {
      name: "a long id",
      content: linesOf(["user", { id: "a".repeat(256) }]),
      error: "length exceeded (255)"
    },
    { name: "an id with a dot", content: linesOf(["user", { id: "a.b" }]), error: "not a valid field" },
    { name: "no id", content: linesOf(["user", {}]), error: '"user.id" required' },
    {
      name: "a role that does not exist",
      content: linesOf(["user", { id: "a", role: "x" }]),
      error: 'role "x"'
    },
    {
      name: "a reserved field",
      content: linesOf(["user", { id: "a", online: true }]),
      error: "reserved field"
    },
    { name: "null", content: linesOf(["user", { id: "a", deleted_at: null }]), error: "parsing time" },
    { name: "epoch times", content: linesOf(["user", { id: "a", created_at: 5 }]), error: "parsing time" },
    {
      name: "much custom data",
      content: linesOf(["user", { id: "a", x: "y".repeat(5200) }]),
      error: "(5120)"
    },
    { name: "an item twice", content: linesOf(ada, ada), error: 'duplicated item "ada"' },
    { name: "a wrong order", content: linesOf(channel, ada), error: "must come before" },
    { name: "no creator", content: linesOf(channel), error: `created_by user "ada" doesn't exist` },
    {
      name: "id and members",
      content: linesOf(ada, ["channel", { ...channel[1], member_ids: ["ada"] }]),
      error: "but not both"
    },
    {
      name: "neither id nor members",
      content: linesOf(ada, ["channel", { type: "messaging", created_by: "ada" }]),
      error: "channel.id or channel.member_ids required"
    },
    {
      name: "a long channel id",
      content: linesOf(ada, ["channel", { ...channel[1], id: "c".repeat(65) }]),
      error: "length exceeded (64)"
    },
    {
      name: "an unknown channel type",
      content: linesOf(ada, ["channel", { ...channel[1], type: "party" }]),
      error: `channel.type "party" doesn't exist`
    },
    {
      name: "a distinct channel without its members",
      content: linesOf(ada, ["channel", { type: "messaging", member_ids: ["ada"], created_by: "ada" }]),
      error: "missing members"
    },
    {
      name: "a member of another team",
      content: linesOf(
        ada,
        ["channel", { ...channel[1], team: "red" }],
        ["member", { ...at, user_id: "ada" }]
      ),
      error: "cannot be a member of channel messaging:room with team red"
    },
    {
      name: "a user with a team in a channel without one",
      content: linesOf(["user", { id: "ada", teams: ["red"] }], channel, [
        "member",
        { ...at, user_id: "ada" }
      ]),
      error: "user id with teams red cannot be a member of channel messaging:room with team "
    },
    { name: "an unknown channel", content: linesOf(ada, message), error: `channel "messaging:room" doesn't` },
    {
      name: "a thread in a thread",
      content: linesOf(
        ada,
        channel,
        message,
        ["message", { id: "m2", ...at, user: "ada", parent_id: "m1" }],
        ["message", { id: "m3", ...at, user: "ada", parent_id: "m2" }]
      ),
      error: "only one level"
    },
    {
      name: "a long text",
      content: linesOf(ada, channel, ["message", { ...message[1], text: "x".repeat(5001) }]),
      error: "length exceeded (5000)"
    },
    {
      name: "an http attachment",
      content: linesOf(ada, channel, [
        "message",
        { ...message[1], attachments: [{ type: "image", image_url: "http://x.example/y" }] }
      ]),
      error: "https"
    },
    {
      name: "a deleted message without a time",
      content: linesOf(ada, channel, ["message", { ...message[1], type: "deleted" }]),
      error: "deleted_at is null"
    },
    {
      name: "an emoji",
      content: linesOf(ada, channel, message, [
        "reaction",
        { message_id: "m1", type: "👍", user_id: "ada", created_at: time }
      ]),
      error: "reaction.type"
    },
    { name: "an array without its users", content: arrayOf(channel), error: "doesn't exist" }
  ])("rejects $name", ({ content, error }) =>
    Effect.gen(function* () {
      const emulator = yield* StreamEmulator.start()
      const task = yield* clientOf(emulator).imported(content)
      assert.strictEqual(task["state"], "analyze_failed")
      assert.include(errorsIn(task).join("\n"), error)
      assert.deepStrictEqual(emulator.users(), [])
    })
  )

  it.live("lets lines refer to what the app has, and arrays only to what they contain", () =>
    Effect.gen(function* () {
      const emulator = yield* StreamEmulator.start()
      const client = clientOf(emulator)
      yield* client.imported(linesOf(ada))
      assert.strictEqual((yield* client.imported(linesOf(channel)))["state"], "completed")
      assert.strictEqual((yield* client.imported(arrayOf(channel)))["state"], "analyze_failed")
      assert.strictEqual((yield* client.imported(arrayOf(channel, ada)))["state"], "completed")
    })
  )

  it.live("overwrites only what upsert overwrites", () =>
    Effect.gen(function* () {
      const emulator = yield* StreamEmulator.start()
      const client = clientOf(emulator)
      const member = (fields: object) => ["member", { ...at, user_id: "ada", ...fields }] as const
      yield* client.imported(linesOf(ada, channel, member({ last_read: time, a: 1 })))
      const later = "2025-01-01T00:00:00Z"
      yield* client.imported(linesOf(ada, channel, member({ last_read: later, archived_at: later, b: 2 })))
      assert.deepStrictEqual(emulator.members(), [
        { ...at, user_id: "ada", last_read: time, archived_at: later, b: 2 }
      ])
    })
  )

  it.live.each([
    { name: "another secret", token: tokenOf("wrong"), code: 43 },
    { name: "a user's token", token: undefined, code: 5 },
    { name: "no token", token: "", code: 43 }
  ])("rejects $name", ({ code, token }) =>
    Effect.gen(function* () {
      const emulator = yield* StreamEmulator.start()
      const given = token ?? tokenOf(emulator.apiSecret, { user_id: "ada" })
      const answer = yield* clientOf(emulator, given).call("/imports")
      assert.strictEqual(answer.status, 401)
      assert.deepInclude(json(answer), { code, StatusCode: 401 })
    })
  )

  it.live("accepts files only at signed URLs, in the signed type, without a token", () =>
    Effect.gen(function* () {
      const emulator = yield* StreamEmulator.start()
      const client = clientOf(emulator)
      const url = String((yield* client.link)["upload_url"])
      const status = (answer: { readonly status: number }) => answer.status
      assert.strictEqual(status(yield* client.put(url, "x", { authorization: "jwt" })), 400)
      assert.strictEqual(status(yield* client.put(url, "x", { "content-type": "text/plain" })), 403)
      assert.strictEqual(status(yield* client.put(url.replace("a.jsonl", "b.jsonl"), "x")), 403)
      assert.strictEqual(status(yield* client.put(url.replace(/\?.*/u, ""), "x")), 403)
      assert.strictEqual(status(yield* client.put(url, "x")), 200)
    })
  )

  it.live("rejects imports of missing uploads and in an unknown mode", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* StreamEmulator.start())
      const { path, upload_url } = yield* client.link
      assert.strictEqual((yield* client.call("/imports", { path, mode: "upsert" })).status, 400)
      yield* client.put(String(upload_url), linesOf(ada))
      assert.strictEqual((yield* client.call("/imports", { path, mode: "replace" })).status, 400)
      assert.strictEqual((yield* client.call("/imports", { path: "s3://x", mode: "upsert" })).status, 400)
      assert.strictEqual((yield* client.call("/imports", { path, mode: "upsert" })).status, 201)
      assert.strictEqual((yield* client.call("/imports/none")).status, 404)
    })
  )

  it.live("reports the remaining calls, and rejects further ones", () =>
    Effect.gen(function* () {
      const client = clientOf(yield* StreamEmulator.start({ rateLimit: { calls: 2, seconds: 60 } }))
      const left: Array<string | null> = []
      for (let i = 0; i < 3; i++) {
        const { headers, status } = yield* client.call("/imports")
        left.push(`${status} ${headers.get("x-ratelimit-remaining")}`)
        assert.isAbove(Number(headers.get("x-ratelimit-reset")), 1e9)
      }
      assert.deepStrictEqual(left, ["200 1", "200 0", "429 0"])
    })
  )

  it.live("counts repeated imports of a file", () =>
    Effect.gen(function* () {
      const emulator = yield* StreamEmulator.start({ confirmAfterLooks: 1 })
      const client = clientOf(emulator)
      const first = yield* client.imported(linesOf(ada))
      assert.include(first["states"] as ReadonlyArray<string>, "waiting_confirmation")
      assert.deepStrictEqual(emulator.doubleImports(), [])
      yield* client.imported(linesOf(ada))
      assert.strictEqual(emulator.doubleImports().length, 1)
    })
  )

  it.live("fails an import on command", () =>
    Effect.gen(function* () {
      const emulator = yield* StreamEmulator.start()
      yield* emulator.failNext("analyzeFailed")
      const task = yield* clientOf(emulator).imported(linesOf(ada))
      assert.strictEqual(task["state"], "analyze_failed")
      assert.strictEqual(emulator.faultsGiven().analyzeFailed, 1)
    })
  )
})
