import { StreamEmulator } from "@chatferry/testkit/stream"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { json, send, whole } from "../sendbird/emulator/client.ts"
import { type Fields, clientOf } from "./client.ts"

type Item = readonly [type: string, fields: object]
type Dialect = "jsonl" | "json-array"

const written = (dialect: Dialect, items: ReadonlyArray<Item>) =>
  dialect === "jsonl"
    ? items.map(([type, data]) => `${JSON.stringify({ type, data })}\n`).join("")
    : JSON.stringify(items.map(([type, item]) => ({ type, item })))

/** The emulator's errors for a file with these items. */
const errorsOf = (dialect: Dialect, items: ReadonlyArray<Item>) =>
  Effect.gen(function* () {
    const client = clientOf(yield* StreamEmulator.start())
    const { path, upload_url } = json(yield* client.call("/import_urls", { filename: "a.jsonl" }))
    const headers = { "content-type": "application/json" }
    whole(yield* send(String(upload_url), { method: "PUT", body: written(dialect, items), headers }))
    let task = json(yield* client.call("/imports", { path, mode: "upsert" }))["import_task"] as Fields
    while (!/failed|completed/u.test(String(task["state"])))
      task = json(yield* client.call(`/imports/${String(task["id"])}`))["import_task"] as Fields
    const { errors = [] } = task["result"] as { readonly errors?: ReadonlyArray<Fields> }
    return errors.map(({ error }) => String(error))
  })

const time = "2024-01-01T00:00:00Z"
const ada: Item = ["user", { id: "ada" }]
const user = (fields: object): ReadonlyArray<Item> => [["user", { id: "ada", ...fields }]]
const channel: Item = ["channel", { id: "room", type: "messaging", created_by: "ada" }]
const at = { channel_type: "messaging", channel_id: "room" }
const message = (fields: object): ReadonlyArray<Item> => [
  ada,
  channel,
  ["message", { id: "m1", ...at, user: "ada", ...fields }]
]
const attached = (fields: object) => message({ attachments: [{ type: "image", ...fields }] })
const device = (fields: object): ReadonlyArray<Item> => [
  ada,
  ["device", { id: "d", user_id: "ada", push_provider_type: "apn", created_at: time, ...fields }]
]
const both: ReadonlyArray<Dialect> = ["jsonl", "json-array"]

interface Case {
  readonly name: string
  readonly items: ReadonlyArray<Item>
  readonly in?: ReadonlyArray<Dialect>
}

const rejected: ReadonlyArray<Case & { readonly error: string }> = [
  { name: "30 February", items: user({ created_at: "2026-02-30T00:00:00Z" }), error: "parsing time" },
  {
    name: "29 February outside a leap year",
    items: user({ created_at: "2025-02-29T00:00:00Z" }),
    error: "parsing time"
  },
  { name: "a 25th hour", items: user({ created_at: "2024-01-01T24:00:00Z" }), error: "parsing time" },
  { name: "a 61st second", items: user({ created_at: "2024-01-01T00:00:60Z" }), error: "parsing time" },
  {
    name: "a zone of 60 minutes",
    items: user({ created_at: "2024-01-01T00:00:00+01:60" }),
    error: "parsing time"
  },
  {
    name: "a time without a zone",
    items: user({ created_at: "2024-01-01T00:00:00" }),
    error: "parsing time"
  },
  {
    name: "an unknown push level",
    items: user({ push_preferences: { chat_level: "default" } }),
    error: "push_preferences.chat_level"
  },
  {
    name: "an invalid end of a mute",
    items: user({ push_preferences: { disabled_until: 5 } }),
    error: "parsing time"
  },
  {
    name: "an unknown push preference",
    items: user({ push_preferences: { chat_preferences: {} } }),
    error: "'chat_preferences' is not a valid field"
  },
  {
    name: "a privacy setting without enabled",
    items: user({ privacy_settings: { read_receipts: {} } }),
    error: 'privacy_settings.read_receipts.enabled" required'
  },
  {
    name: "a privacy setting with an additional field",
    items: user({ privacy_settings: { read_receipts: { enabled: true, at: time } } }),
    error: "'at' is not a valid field"
  },
  {
    name: "a privacy setting that is not an object",
    items: user({ privacy_settings: { read_receipts: true } }),
    error: "must be an object"
  },
  {
    name: "an unknown privacy setting",
    items: user({ privacy_settings: { presence: { enabled: true } } }),
    error: "'presence' is not a valid field"
  },
  {
    name: "a role in a team that is not text",
    items: user({ teams_role: { red: 1 } }),
    error: "teams_role.red"
  },
  {
    name: "a width that is not a number",
    items: attached({ original_width: "100" }),
    error: "attachment.original_width"
  },
  {
    name: "a height with a fraction",
    items: attached({ original_height: 1.5 }),
    error: "attachment.original_height"
  },
  { name: "a title that is not text", items: attached({ title: 5 }), error: "attachment.title" },
  {
    name: "custom data of an attachment that is not an object",
    items: attached({ custom: "x" }),
    error: "attachment.custom"
  },
  {
    name: "an invalid flag of an attachment",
    items: attached({ migrate_resources: "true" }),
    error: "attachment.migrate_resources"
  },
  {
    name: "a missing type of an attachment",
    in: ["json-array"],
    items: attached({ type: undefined }),
    error: 'attachment.type" required'
  },
  {
    name: "null for the type of an attachment",
    in: ["jsonl"],
    items: attached({ type: null }),
    error: "attachment.type"
  },
  {
    name: "a device without a time",
    in: ["json-array"],
    items: device({ created_at: undefined }),
    error: 'device.created_at" required'
  },
  {
    name: "a device created at Go's zero time",
    in: ["json-array"],
    items: device({ created_at: "0001-01-01T00:00:00Z" }),
    error: 'device.created_at" required'
  },
  {
    name: "the reason for a disabled device",
    in: ["jsonl"],
    items: device({ disabled: true }),
    error: "'disabled' is not a valid field"
  },
  { name: "an unknown message type", items: message({ type: "other" }), error: "message.type" },
  {
    name: "an empty id next to members",
    in: ["jsonl"],
    items: [ada, ["channel", { id: "", member_ids: ["ada"], type: "messaging", created_by: "ada" }]],
    error: "but not both"
  }
]

const taken: ReadonlyArray<Case> = [
  { name: "29 February", items: user({ created_at: "2024-02-29T23:59:59.999999999+14:00" }) },
  {
    name: "push levels",
    items: user({ push_preferences: { chat_level: "mentions", disabled_until: time } })
  },
  { name: "roles in teams", items: user({ teams: ["red"], teams_role: { red: "team_moderator" } }) },
  { name: "privacy settings", items: user({ privacy_settings: { typing_indicators: { enabled: false } } }) },
  { name: "actions and fields of an attachment", items: attached({ actions: [{ name: "a" }], fields: [] }) },
  {
    name: "an attachment of any type with any fields",
    items: attached({ type: "payment", amount: 5, giphy: {} })
  },
  { name: "null in an attachment", items: attached({ title: null, original_width: null }) },
  { name: "a missing type of an attachment", in: ["jsonl"], items: attached({ type: undefined }) },
  {
    name: "the reason for a disabled device",
    in: ["json-array"],
    items: device({ disabled: true, disabled_reason: "gone" })
  },
  {
    name: "notifications in an array",
    in: ["json-array"],
    items: user({ push_notifications: { disabled: true, disabled_until: null } })
  },
  {
    name: "null for absent values",
    in: ["json-array"],
    items: message({ deleted_at: null, pinned_at: null })
  },
  {
    name: "no members next to an id",
    in: ["json-array"],
    items: [ada, ["channel", { ...channel[1], member_ids: [] }]]
  }
]

const each = <A extends Case>(cases: ReadonlyArray<A>) =>
  cases.flatMap((one) => (one.in ?? both).map((dialect) => [one.name, dialect, one] as const))

describe("StreamEmulator's analysis", () => {
  it.live.each(each(rejected))("rejects %s in %s", ([, dialect, { error, items }]) =>
    Effect.gen(function* () {
      assert.include((yield* errorsOf(dialect, items)).join("\n"), error)
    })
  )

  it.live.each(each(taken))("takes %s in %s", ([, dialect, { items }]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* errorsOf(dialect, items), [])
    })
  )
})
