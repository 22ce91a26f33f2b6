// Tokens must not leave this package, in any shape.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { failedWebhook, groupChannel, textMessage } from "./exportFiles.ts"
import { readFiles } from "./reading.ts"

const tokens = { access_token: "SECRET-A", session_tokens: [{ session_token: "SECRET-B" }] }
const message = (fields: object) => ({ messages: [{ ...textMessage, ...fields }] })

const dropped = (kind: string) => ({
  [`secret_dropped.${kind}.access_token`]: 1,
  [`secret_dropped.${kind}.session_tokens`]: 1
})

describe("tokens", () => {
  it.live.each<{ name: string; file: object | string; kind: string }>([
    { name: "users", file: { active_users: [{ user_id: "u", ...tokens }] }, kind: "user" },
    {
      name: "custom data of users",
      file: { active_users: [{ user_id: "u", metadata: { a: [tokens] } }] },
      kind: "user"
    },
    { name: "channels", file: { group_channels: [{ channel_url: "c", ...tokens }] }, kind: "channel" },
    {
      name: "custom data of channels",
      file: { open_channels: [{ channel_url: "c", new: tokens }] },
      kind: "channel"
    },
    {
      name: "members",
      file: { group_channels: [{ channel_url: "c", members: [{ user_id: "u", ...tokens }] }] },
      kind: "member"
    },
    {
      name: "operators",
      file: { open_channels: [{ channel_url: "c", operators: [{ user_id: "u", by: tokens }] }] },
      kind: "member"
    },
    { name: "messages", file: message(tokens), kind: "message" },
    { name: "custom data of messages", file: message({ poll: tokens }), kind: "message" },
    { name: "senders", file: message({ user: { user_id: "u", ...tokens } }), kind: "sender" },
    { name: "files", file: message({ file: { url: "x", ...tokens } }), kind: "message" },
    { name: "custom data of files", file: message({ file: { url: "x", by: tokens } }), kind: "message" },
    { name: "previews of links", file: message({ og_tag: { "og:url": "x", ...tokens } }), kind: "message" },
    {
      name: "reactions",
      file: message({ reactions: [{ key: "k", user_ids: ["a", "b"], by: tokens }] }),
      kind: "reaction"
    },
    {
      name: "webhooks",
      file: { failed_webhooks: [{ ...failedWebhook, ...tokens }] },
      kind: "failed_webhook"
    },
    {
      name: "bodies of webhooks",
      file: { failed_webhooks: [{ ...failedWebhook, request_body: { user: tokens } }] },
      kind: "failed_webhook"
    },
    {
      name: "bodies of webhooks that are text",
      file: { failed_webhooks: [{ ...failedWebhook, request_body: JSON.stringify({ user: tokens }) }] },
      kind: "failed_webhook"
    }
  ])("are left out of $name, and counted", ({ file, kind }) =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({ "f.json": file })
      assert.notInclude(JSON.stringify(records), "SECRET")
      assert.notInclude(JSON.stringify(records), "_token")
      assert.isAbove(records.length, 0)
      const secrets = Object.entries(notes).filter(([code]) => code.startsWith("secret_dropped"))
      assert.deepStrictEqual(Object.fromEntries(secrets), dropped(kind))
    })
  )

  it.live.each<{ name: string; file: object | string; codes: ReadonlyArray<string> }>([
    {
      name: "a list that is an object",
      file: { active_users: { u: "u", ...tokens } },
      codes: ["not_a_list"]
    },
    { name: "a list in a list", file: { active_users: [[{ deep: [tokens] }]] }, codes: ["not_an_object"] },
    { name: "a channel that is a list", file: { messages: [], channel: [tokens] }, codes: ["not_an_object"] },
    { name: "a user without an id", file: { active_users: [{ by: tokens }] }, codes: ["missing_id"] },
    {
      name: "a member without an id",
      file: { group_channels: [{ channel_url: "c", members: [tokens] }] },
      codes: ["missing_id"]
    },
    {
      name: "a message without an id",
      file: message({ message_id: 0, user: tokens }),
      codes: ["missing_id"]
    },
    {
      name: "a malformed message",
      file: `{"messages":[{"id":tru,"access_token" : "SECRET\\"-A","last":1}]}`,
      codes: ["invalid_json"]
    },
    {
      name: "a malformed message whose token is not text",
      file: `{"messages":[{"id":tru,"access_token":{"a":"SECRET"}}]}`,
      codes: ["invalid_json"]
    },
    {
      name: "a malformed user whose token has no colon",
      file: `{"active_users":[{"access_token" "SECRET"}]}`,
      codes: ["invalid_json"]
    },
    {
      name: "a malformed user whose token's name is written with escape sequences",
      file: `{"active_users":[{"id":tru,"\\u0061ccess\\u005Ftoken":"SECRET"}]}`,
      codes: ["invalid_json"]
    }
  ])("are left out of $name that is rejected", ({ codes, file }) =>
    Effect.gen(function* () {
      const { records, rejected } = yield* readFiles({ "f.json": file })
      assert.notInclude(JSON.stringify([records, rejected]), "SECRET")

      assert.deepStrictEqual(
        rejected.map(({ code }) => code),
        codes
      )
    })
  )

  it.live("are left out of text that is not UTF-8, and of records that are nested too deep", () =>
    Effect.gen(function* () {
      let deep: object = {}
      for (let i = 0; i < 1000; i++) deep = [deep]
      const broken = Buffer.from('{"messages":[{"message":"?","access_token":"SECRET"}]}')
      broken[broken.indexOf("?")] = 0xff
      const { rejected } = yield* readFiles({
        "a.json": broken,
        "b.json": { group_channels: [{ ...groupChannel, ...tokens, deep, members: [] }] }
      })
      assert.deepStrictEqual(
        rejected.map(({ code }) => code),
        ["invalid_json", "too_deep"]
      )
      assert.notInclude(JSON.stringify(rejected), "SECRET")
      const left = Buffer.from('{"message":"?","access_token":""}')
      left[left.indexOf("?")] = 0xff
      assert.deepStrictEqual(rejected[0]?.original, { base64: left.toString("base64") })
    })
  )

  it.live("are removed without changing other text of a rejected record or a webhook", () =>
    Effect.gen(function* () {
      const body = '{"message": "what is an access_token?", "user": {"id": 12345678901234567890}}'
      const original = '{"id":tru,"access_token":"","session_tokens": [],"name":"Ada"}'
      const { notes, records, rejected } = yield* readFiles({
        "a.json": { failed_webhooks: [{ ...failedWebhook, request_body: body }] },
        "b.json": `{"active_users":[${original}]}`
      })
      assert(records[0]?._tag === "failed_webhook")
      assert.strictEqual(records[0].body, body)
      assert.deepStrictEqual(rejected[0]?.original, { text: original })
      assert.deepStrictEqual(notes, {})
    })
  )
})
