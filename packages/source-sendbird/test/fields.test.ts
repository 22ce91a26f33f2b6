// Each field in all its forms, verified in the resulting records.
import type { Entity } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { failedWebhook, textMessage } from "./exportFiles.ts"
import { readFiles } from "./reading.ts"

const createdAt = (value: unknown) =>
  Effect.map(
    readFiles({ "f.json": { active_users: [{ user_id: "u", created_at: value }] } }),
    ({ notes, records }) => {
      const [user] = records
      assert(user?._tag === "user")
      return notes["unreadable_field.user.created_at"] === 1 ? "unreadable" : user.createdAt
    }
  )

describe("times", () => {
  it.live.each([
    { value: 1736855618748, is: "2025-01-14T11:53:38.748Z" },
    { value: "1736855618748", is: "2025-01-14T11:53:38.748Z" },
    { value: 1736855603, is: "2025-01-14T11:53:23Z" },
    { value: 1736855603.5, is: "2025-01-14T11:53:23.500Z" },
    { value: "2020-08-04 12:00:00-0400", is: "2020-08-04T16:00:00Z" },
    { value: "2020-06-30 17:54:45+0900", is: "2020-06-30T08:54:45Z" },
    { value: "2020-08-04T12:00:00.25Z", is: "2020-08-04T12:00:00.25Z" },
    { value: "2020-08-04 12:00:00", is: "2020-08-04T12:00:00Z" },
    { value: 0, is: undefined },
    { value: -1, is: undefined },
    { value: "0", is: undefined },
    { value: "", is: undefined },
    { value: null, is: undefined },
    { value: "1969-12-31 23:59:59+0000", is: undefined },
    { value: "1970-01-01 00:59:59+0100", is: undefined },
    { value: "1970-01-01 01:00:00+0100", is: undefined },
    { value: "yesterday", is: "unreadable" },
    { value: "2020-02-30 00:00:00+0000", is: "unreadable" },
    { value: 9e17, is: "unreadable" },
    { value: { seconds: 1 }, is: "unreadable" },
    { value: {}, is: undefined }
  ])("are read from $value", ({ is, value }) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* createdAt(value), is)
    })
  )
})

describe("booleans", () => {
  it.live.each([
    { value: true, is: true },
    { value: "true", is: true },
    { value: "True", is: true },
    { value: 1, is: true },
    { value: false, is: false },
    { value: "false", is: false },
    { value: 0, is: false },
    { value: null, is: undefined },
    { value: "perhaps", is: undefined }
  ])("are read from $value", ({ is, value }) =>
    Effect.gen(function* () {
      const { records } = yield* readFiles({
        "f.json": { open_channels: [{ channel_url: "c", is_public: value }] }
      })
      assert.strictEqual(records[0]?._tag === "channel" ? records[0].isPublic : "none", is)
    })
  )
})

describe("message ids", () => {
  it.live.each([
    { value: "10463242990", is: "10463242990" },
    { value: "9223372036854775807", is: "9223372036854775807" },
    { value: '"9223372036854775807"', is: "9223372036854775807" },
    { value: "0", is: undefined },
    { value: '"0"', is: undefined },
    { value: "1.5", is: undefined },
    { value: "-5", is: undefined },
    { value: "{}", is: undefined }
  ])("are read from $value without losing a digit", ({ is, value }) =>
    Effect.gen(function* () {
      const file = `{"messages":[{"message_id":${value},"channel_url":"c","created_at":1736855618748}]}`
      const { records } = yield* readFiles({ "f.json": file })
      assert.strictEqual(records[0]?._tag === "message" ? records[0].id : undefined, is)
    })
  )
})

/** The only record of a kind in a file. */
const only = (file: object, kind: Entity.Kind) =>
  Effect.map(readFiles({ "f.json": file }), ({ records }) => {
    const found = records.filter(({ _tag }) => _tag === kind)
    assert.lengthOf(found, 1)
    return found[0] as unknown as Readonly<Record<string, unknown>>
  })

const listed = (fields: object) => ({ group_channels: [{ channel_url: "c", ...fields }] })
const member = (fields: object) => listed({ members: [{ user_id: "u", ...fields }] })

describe("a member who has left", () => {
  it.live.each(["left", "none"])("is not emitted but counted if the time is unknown: %s", (state) =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({ "f.json": member({ state }) })
      assert.notInclude(
        records.map(({ _tag }) => _tag),
        "member"
      )
      assert.strictEqual(notes["record_dropped.member.left"], 1)
    })
  )
})

describe("switches", () => {
  it.live.each<{ file: object; kind: Entity.Kind; field: string; is: unknown }>([
    { file: member({ state: "invited" }), kind: "member", field: "isInvited", is: true },
    { file: member({ state: "joined" }), kind: "member", field: "isInvited", is: false },
    { file: member({ state: "" }), kind: "member", field: "isInvited", is: undefined },
    {
      file: listed({ created_at: 1736855603, members: [{ user_id: "u", state: "left" }] }),
      kind: "member",
      field: "removedAt",
      is: "2025-01-14T11:53:22.999Z"
    },
    { file: member({ is_muted: "true" }), kind: "member", field: "isMuted", is: true },
    { file: member({ is_muted: false }), kind: "member", field: "isMuted", is: false },
    { file: member({ is_muted: null }), kind: "member", field: "isMuted", is: undefined },
    {
      file: member({ hidden_state: "hidden_allow_auto_unhide" }),
      kind: "member",
      field: "isChannelHidden",
      is: true
    },
    {
      file: member({ hidden_state: "hidden_x" }),
      kind: "member",
      field: "isChannelHidden",
      is: undefined
    },
    { file: member({ is_hidden: true }), kind: "member", field: "isChannelHidden", is: true },
    { file: member({ is_muted: "muted" }), kind: "member", field: "isMuted", is: true },
    { file: member({ push_trigger_option: "off" }), kind: "member", field: "isChannelMuted", is: true },
    { file: member({ push_trigger_option: "all" }), kind: "member", field: "isChannelMuted", is: false },
    {
      file: member({ push_trigger_option: "default" }),
      kind: "member",
      field: "isChannelMuted",
      is: undefined
    },
    { file: member({ push_enabled: false }), kind: "member", field: "isChannelMuted", is: true },
    { file: member({ hidden_state: "unhidden" }), kind: "member", field: "isChannelHidden", is: false },
    { file: member({}), kind: "member", field: "isChannelHidden", is: undefined },
    { file: listed({ freeze: "false" }), kind: "channel", field: "isFrozen", is: false },
    { file: listed({ freeze: true }), kind: "channel", field: "isFrozen", is: true },
    { file: listed({}), kind: "channel", field: "isFrozen", is: undefined },
    { file: listed({ is_distinct: false }), kind: "channel", field: "isDistinct", is: false },
    { file: listed({ is_distinct: null }), kind: "channel", field: "isDistinct", is: undefined },
    {
      file: listed({ is_super: false, is_broadcast: "true", is_exclusive: null, is_discoverable: "perhaps" }),
      kind: "channel",
      field: "custom",
      is: { sendbird: { is_super: false, is_broadcast: true, is_discoverable: "perhaps" } }
    },
    { file: { active_users: [{ user_id: "u" }] }, kind: "user", field: "isDeactivated", is: false },
    {
      file: { active_users: [{ user_id: "u", is_active: "true" }] },
      kind: "user",
      field: "isDeactivated",
      is: false
    },
    {
      file: { active_users: [{ user_id: "u", is_active: false }] },
      kind: "user",
      field: "isDeactivated",
      is: true
    },
    {
      file: { inactive_users: [{ user_id: "u", is_active: true }] },
      kind: "user",
      field: "isDeactivated",
      is: true
    },
    { file: { active_users: [{ user_id: "u", is_bot: false }] }, kind: "user", field: "isBot", is: false },
    { file: { active_users: [{ user_id: "u" }] }, kind: "user", field: "isBot", is: undefined }
  ])("of a $kind are set on and off: $file", ({ field, file, is, kind }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* only(file, kind))[field], is)
    })
  )
})

describe("observations of a channel", () => {
  const observed = (file: (channel: object) => object, fields: object) =>
    Effect.map(
      only(file({ channel_url: "c", created_at: 1700000000, ...fields }), "channel"),
      ({ observedAt }) => String(observedAt)
    )
  const ofList = (fields: object) => observed((channel) => ({ group_channels: [channel] }), fields)
  const ofMessages = (fields: object) => observed((channel) => ({ messages: [], channel }), fields)

  it.live.each([
    { name: "the same last message", fields: { last_message: { created_at: 1736856656811 } } },
    { name: "no last message", fields: { last_message: null } }
  ])("are newer in a messages file than in a list with $name", ({ fields }) =>
    Effect.gen(function* () {
      const [list, messages] = [yield* ofList(fields), yield* ofMessages(fields)]
      assert.isBelow(Date.parse(list), Date.parse(messages))
    })
  )

  it.live("are newer in a list with a later message", () =>
    Effect.gen(function* () {
      const list = yield* ofList({ last_message: { created_at: 1736856656812 + 1 } })
      const messages = yield* ofMessages({ last_message: { created_at: 1736856656811 } })
      assert.isAbove(Date.parse(list), Date.parse(messages))
    })
  )
})

describe("fields of an unknown shape", () => {
  const message = (fields: object) => ({ messages: [{ ...textMessage, ...fields }] })
  const user = (fields: object) => ({ active_users: [{ user_id: "u", ...fields }] })

  it.live.each<{ kind: Entity.Kind; field: string; value: unknown; file: (fields: object) => object }>([
    { kind: "message", field: "message", value: { text: "hello" }, file: message },
    { kind: "message", field: "message", value: true, file: message },
    { kind: "message", field: "reactions", value: { love: ["a"] }, file: message },
    { kind: "message", field: "files", value: { url: "x" }, file: message },
    { kind: "message", field: "files", value: [{ url: "x" }, "https://example.com/f"], file: message },
    { kind: "message", field: "file", value: "f.jpg", file: message },
    { kind: "message", field: "type", value: "XTRA", file: message },
    { kind: "message", field: "mention_type", value: "everybody", file: message },
    { kind: "message", field: "metaarray", value: ["a"], file: message },
    { kind: "message", field: "file", value: { size: 3 }, file: message },
    { kind: "message", field: "og_tag", value: "https://example.com", file: message },
    { kind: "message", field: "mentioned_users", value: { a: {} }, file: message },
    { kind: "message", field: "mentioned_users", value: [{ nickname: "A" }], file: message },
    { kind: "message", field: "mentioned_user_ids", value: "a", file: message },
    { kind: "message", field: "mention_type", value: { channel: 1 }, file: message },
    { kind: "message", field: "thumbnails", value: [{ url: "x" }], file: message },
    { kind: "message", field: "user", value: ["a"], file: message },
    { kind: "message", field: "silent", value: "perhaps", file: message },
    { kind: "message", field: "is_removed", value: { at: 1 }, file: message },
    { kind: "message", field: "parent_message_id", value: { id: 1 }, file: message },
    { kind: "channel", field: "members", value: { a: {} }, file: listed },
    { kind: "channel", field: "operators", value: "o", file: listed },
    { kind: "channel", field: "read_receipt", value: [1], file: listed },
    { kind: "channel", field: "name", value: { en: "N" }, file: listed },
    { kind: "channel", field: "freeze", value: "perhaps", file: listed },
    { kind: "channel", field: "created_by", value: { name: "A" }, file: listed },
    { kind: "channel", field: "last_message", value: "Hello", file: listed },
    { kind: "member", field: "role", value: ["operator"], file: member },
    { kind: "channel", field: "channel_type", value: "feed", file: listed },
    { kind: "channel", field: "metadata", value: "not JSON", file: listed },
    { kind: "member", field: "is_muted", value: "perhaps", file: member },
    { kind: "member", field: "state", value: "banished", file: member },
    { kind: "member", field: "hidden_state", value: "hidden_x", file: member },
    { kind: "member", field: "push_trigger_option", value: "sometimes", file: member },
    { kind: "user", field: "push_trigger_option", value: "sometimes", file: user },
    { kind: "user", field: "nickname", value: { en: "N" }, file: user },
    { kind: "user", field: "preferred_languages", value: "de", file: user },
    { kind: "user", field: "is_active", value: "perhaps", file: user },
    {
      kind: "failed_webhook",
      field: "status_code",
      value: "none",
      file: (fields) => ({ failed_webhooks: [{ ...failedWebhook, ...fields }] })
    }
  ])("are kept and counted: $field of a $kind, $value", ({ field, file, kind, value }) =>
    Effect.gen(function* () {
      const { notes, records, rejected } = yield* readFiles({ "f.json": file({ [field]: value }) })
      assert.deepStrictEqual(rejected, [])
      const record = records.find(({ _tag }) => _tag === kind)
      assert.deepStrictEqual<unknown>(record?.custom, { sendbird: { [field]: value } })
      assert.strictEqual(notes[`unreadable_field.${kind}.${field}`], 1)
    })
  )

  it.live("are kept with the file and the link they belong to", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({
        "f.json": message({
          file: { url: "x", name: { en: "N" }, size: "large", thumbnails: "t" },
          og_tag: { "og:url": "x", "og:title": { en: "T" }, "og:image": [] }
        })
      })
      assert(records[0]?._tag === "message")
      assert.deepStrictEqual<unknown>(records[0].attachments, [
        {
          type: "file",
          url: "x",
          custom: { sendbird: { name: { en: "N" }, size: "large", thumbnails: "t" } }
        },
        { type: "link", url: "x", custom: { sendbird: { "og:title": { en: "T" } } } }
      ])
      assert.deepStrictEqual(notes, {
        "field_dropped.message.req_id": 1,
        "unreadable_field.message.file.name": 1,
        "unreadable_field.message.file.size": 1,
        "unreadable_field.message.file.thumbnails": 1,
        "unreadable_field.message.og_tag.og:title": 1
      })
    })
  )

  it.live.each([null, "", [], {}, 0, false])("are ignored if they are blank: %j", (nothing) =>
    Effect.gen(function* () {
      const fields = ["reactions", "file", "files", "og_tag", "mentioned_users", "thumbnails"]
      const { notes, records } = yield* readFiles({
        "f.json": message(Object.fromEntries(fields.map((field) => [field, nothing])))
      })
      assert.deepStrictEqual([records[0]?.custom, notes], [undefined, { "field_dropped.message.req_id": 1 }])
    })
  )

  it.live("of a message are thumbnails of its file if the file does not have any", () =>
    Effect.gen(function* () {
      const file = { url: "x", thumbnails: [] }
      const { records } = yield* readFiles({ "f.json": message({ file, thumbnails: [{ url: "t" }] }) })
      assert.deepStrictEqual<unknown>(records[0]?._tag === "message" && records[0].attachments, [
        { type: "file", url: "x", thumbnailUrl: "t" }
      ])
    })
  )

  it.live("reject a reaction whose users are not a list", () =>
    Effect.gen(function* () {
      const reaction = { key: "k", user_ids: { a: 1 } }
      const { rejected } = yield* readFiles({ "f.json": message({ reactions: [reaction] }) })
      assert.deepStrictEqual<unknown>(
        rejected.map(({ code, kind, original }) => [kind, code, original]),
        [["reaction", "not_a_list", reaction]]
      )
    })
  )
})

describe("messages that were not sent", () => {
  it.live.each([
    { state: { scheduled_status: "pending", scheduled_at: 1736855618748 }, code: "not_sent" },
    { state: { scheduled_status: "canceled" }, code: "not_sent" },
    { state: { request_state: "failed" }, code: "not_sent" },
    { state: { scheduled_status: "sent", scheduled_message_id: 7 }, code: undefined },
    { state: { scheduled_status: "in_queue" }, code: undefined },
    { state: { request_state: "succeeded" }, code: undefined }
  ])("are rejected, and those that were sent are read: $state", ({ code, state }) =>
    Effect.gen(function* () {
      const { records, rejected } = yield* readFiles({
        "f.json": { messages: [{ ...textMessage, ...state }] }
      })
      assert.deepStrictEqual(
        rejected.map((one) => [one.kind, one.code]),
        code === undefined ? [] : [["message", code]]
      )
      assert.strictEqual(
        records.some(({ _tag }) => _tag === "message"),
        code === undefined
      )
    })
  )
})

describe("read times", () => {
  const AT = 1736856656811
  it.live.each<{ name: string; of: object; channel: object; is: string | undefined; notes: number }>([
    {
      name: "a receipt of 0",
      of: {},
      channel: { read_receipt: { u: 0 } },
      is: "2023-11-14T22:13:20Z",
      notes: 1
    },
    { name: "a time of 0", of: { read_ts: "0" }, channel: {}, is: "2023-11-14T22:13:20Z", notes: 1 },
    {
      name: "a time of 0 and a receipt",
      of: { read_ts: 0 },
      channel: { read_receipt: { u: AT } },
      is: "2025-01-14T12:10:56.811Z",
      notes: 0
    },
    {
      name: "a time and a receipt of 0",
      of: { read_ts: AT },
      channel: { read_receipt: { u: 0 } },
      is: "2025-01-14T12:10:56.811Z",
      notes: 0
    },
    { name: "no time", of: { read_ts: null }, channel: { read_receipt: { u: "" } }, is: undefined, notes: 0 },
    {
      name: "a time of 0 in a channel of unknown age",
      of: { read_ts: 0 },
      channel: { created_at: null },
      is: "1970-01-01T00:00:00Z",
      notes: 1
    }
  ])("are set for a member with $name", ({ channel, is, notes: count, of }) =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({
        "f.json": listed({ created_at: 1700000000, ...channel, members: [{ user_id: "u", ...of }] })
      })
      assert.deepStrictEqual(
        records.flatMap((one) => (one._tag === "member" ? [one.lastReadAt as string | undefined] : [])),
        [is]
      )
      assert.strictEqual(notes["never_read"] ?? 0, count)
    })
  )
})

describe("signed addresses", () => {
  const SIGNED = "https://example.com/p?x=1&auth=SECRET"
  const files = {
    "channels.json": {
      group_channels: [
        {
          channel_url: "c",
          cover_url: SIGNED,
          members: [
            { user_id: "u", profile_url: SIGNED },
            { user_id: "v", image: SIGNED }
          ]
        }
      ]
    },
    "messages.json": {
      messages: [
        {
          ...textMessage,
          user: { user_id: "u", profile_url: SIGNED },
          file: { url: SIGNED, thumbnails: [{ url: SIGNED }] },
          og_tag: { "og:url": SIGNED, "og:image": { url: SIGNED, secure_url: SIGNED, width: 3 } }
        }
      ]
    },
    "users.json": { active_users: [{ user_id: "u", profile_url: SIGNED }] },
    "webhooks.json": { failed_webhooks: [{ ...failedWebhook, webhook_url: SIGNED }] }
  }

  it.live("are stripped in every field with an address, and counted", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles(files, { stripSignedUrls: true })
      assert.notInclude(JSON.stringify(records), "SECRET")
      assert.strictEqual(JSON.stringify(records).split("https://example.com/p?x=1").length - 1, 12)
      assert.deepStrictEqual([notes["signed_url_stripped"], notes["signed_url_kept"]], [10, undefined])
    })
  )

  it.live("are stripped of every credential that the inventory of attachments lists", () =>
    Effect.gen(function* () {
      const urls = [
        "https://ada:SECRET@example.com/a?v=1",
        "https://example.com/a?v=1&token=SECRET",
        "https://example.com/a?v=1&%58-Amz-Signature=SECRET",
        "https://example.com/a?v=1&X-Goog-Signature=SECRET&X-Goog-Date=SECRET",
        "https://example.com/a?v=1&sv=SECRET&se=2024-05-01&sig=SECRET",
        "https://example.com/a?v=1#access_token=SECRET",
        "?token=SECRET"
      ]
      const messages = urls.map((url, i) => ({ ...textMessage, message_id: i + 1, file: { url, name: "f" } }))
      const { notes, records } = yield* readFiles({ "m.json": { messages } }, { stripSignedUrls: true })
      assert.deepStrictEqual(
        records.map((record) => (record._tag === "message" ? record.attachments?.[0]?.url : record)),
        [
          ...urls.slice(0, -2).map((url) => url.replace(/ada:SECRET@|&(?!.*@).*/u, "")),
          "https://example.com/a?v=1",
          undefined
        ]
      )
      assert.strictEqual(notes["signed_url_stripped"], urls.length)
    })
  )

  it.live("keep the identity of a failed webhook, stripped or not", () =>
    Effect.gen(function* () {
      const ids = yield* Effect.forEach([true, false], (stripSignedUrls) =>
        Effect.map(
          readFiles({ "w.json": files["webhooks.json"] }, { stripSignedUrls }),
          ({ records: [one] }) => (one?._tag === "failed_webhook" ? one.id : undefined)
        )
      )
      assert.isDefined(ids[0])
      assert.strictEqual(ids[0], ids[1])
    })
  )

  it.live("are kept and counted by default", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles(files)
      assert.strictEqual(JSON.stringify(records).split(SIGNED).length - 1, 12)
      assert.deepStrictEqual([notes["signed_url_stripped"], notes["signed_url_kept"]], [undefined, 10])
    })
  )
})

describe("the id of a message", () => {
  it.live("is any text except 0 or a positive integer; any other id is rejected with a message", () =>
    Effect.gen(function* () {
      const texts = ["x1", "7", "0012", "5f1c7c1e-4c7b-4f62-9c0a-6b5a37f0f9d1"]
      const none = ["", "0", 0, -1, 8.5, null, true, undefined]
      const named = (id: unknown) => ({ ...textMessage, message_id: id, channel_url: "c" })
      const messages = [...texts, 8, ...none].map(named)
      const { records, rejected } = yield* readFiles({ "m.json": { messages } })
      assert.deepStrictEqual(
        records.map((one) => (one._tag === "message" ? (one.id as string) : "")),
        [...texts, "8"]
      )
      assert.deepStrictEqual(
        new Set(rejected.map(({ code, message }) => `${code}: ${message}`)),
        new Set(["missing_id: message_id is missing or 0, or is neither text nor a positive integer"])
      )
      assert.lengthOf(rejected, none.length)
    })
  )
})
