import { EntityGenerator } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../../test/runs.ts"
import { write as writeImport } from "../harness.ts"
import { array, codes, device, hall, lines, member, message, reaction, set, user, validate } from "./files.ts"

const dialects = ["jsonl", "json-array"] as const

const entries = hall(
  member("ada", { channel_role: "channel_member" }),
  message("m1", { text: "plain", attachments: [{ type: "image", image_url: "https://a.b/c" }] }),
  message("m2", {
    type: "reply",
    parent_id: "m1",
    mentioned_users_ids: ["ada"],
    own: { deep: [1, { x: null }] }
  }),
  reaction()
)

const whole = {
  jsonl: Buffer.from(lines(user("bob"), set(["bob"]), device(), ...entries)),
  "json-array": Buffer.from(array(user("bob"), set(["bob"]), ...entries))
}

const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Byte = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))
const Damage = Schema.Struct({
  dialect: Schema.Literals(dialects),
  at: Share,
  bytes: Schema.Array(Byte).check(Schema.isMaxLength(4)),
  removed: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 }))
})

describe("damaged files", () => {
  it.effect.prop(
    "give a result, whatever bytes are missing or wrong",
    [Damage],
    ([{ at, bytes, dialect, removed }]) =>
      Effect.gen(function* () {
        const file = whole[dialect]
        const from = Math.floor(at * file.length)
        const damaged = Buffer.concat([
          file.subarray(0, from),
          Buffer.from(bytes),
          file.subarray(from + removed)
        ])
        const result = yield* validate({ files: [damaged], settings: { repeatedKeys: "find" } })
        assert.strictEqual(result.isValid, result.errors.length === 0)
        assert.strictEqual(result.files.length, 1)
      }),
    runs(75, 3000)
  )

  it.effect.prop(
    "of any JSON give a result",
    [Schema.Literals(dialects), Schema.Array(Schema.Json)],
    ([dialect, values]) =>
      Effect.gen(function* () {
        const types = ["user", "device", "future_channel_ban", "channel", "member", "message", "reaction"]
        const items = values.map((value, i) => {
          const item = {
            ...entries[i % entries.length]?.[1],
            [`${["id", "text", "attachments", "user", "channel_member_ids", "teams"][i % 6]}`]: value
          }
          return JSON.stringify({
            type: types[i % types.length],
            [dialect === "jsonl" ? "data" : "item"]: item
          })
        })
        const content = dialect === "jsonl" ? items.join("\n") : `[${items.join(",")}]`
        const result = yield* validate({ files: [content], dialect })
        assert.strictEqual(result.isValid, result.errors.length === 0)
      }),
    runs(25, 1000)
  )

  it.effect.each(dialects)("that are truncated at any byte give a result in the dialect %s", (dialect) =>
    Effect.gen(function* () {
      const file = whole[dialect]
      for (let at = 0; at < file.length; at += 7) yield* validate({ files: [file.subarray(0, at)], dialect })
    })
  )
})

describe("the output of the sink", () => {
  it.effect.prop(
    "is always valid",
    [
      Schema.Struct({
        seed: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })),
        dialect: Schema.Literals(dialects),
        distinctChannels: Schema.Literals(["id", "member_ids"]),
        missingUser: Schema.Literals(["placeholder", "reject"]),
        unknownChannel: Schema.Literals(["reject", "synthesise"]),
        dangling: Share
      })
    ],
    ([{ dangling, dialect, seed, ...policies }]) =>
      Effect.gen(function* () {
        const written = yield* writeImport(
          { dialect, ...policies },
          EntityGenerator.make({
            seed,
            records: 300,
            dangling: dangling / 2,
            duplicates: 0.2,
            oddIds: 0.4,
            extremes: 0.05
          })
        )
        const result = yield* validate({
          files: [written.file],
          dialect,
          settings: { itemTypes: ["device"] }
        })
        assert.deepStrictEqual(result.errors, [])
        assert.deepStrictEqual(
          codes(result).filter((code) => !EXPECTED.has(code)),
          []
        )
      }),
    runs(5, 200)
  )
})

// Rules about limits of the API that imports do not have, and about the configuration of the app.
const EXPECTED: ReadonlySet<string> = new Set([
  "app_setting_unchecked",
  "attachments_over_api_limit",
  // For a device without a time.
  "field_required_by_some",
  "list_over_api_limit",
  "parent_without_reply_type",
  "text_over_default",
  "value_ambiguous"
])
