// One generated app gives the same entities in every spelling of Sendbird's exports, API and SDKs.
import { Entity } from "@chatferry/core"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../test/runs.ts"
import { readFiles } from "./reading.ts"

const read = (options: SendbirdExport.Options) => {
  const files: Record<string, Buffer> = {}
  for (const { archive, bytes, path } of SendbirdExport.generate(options).files)
    files[`${archive}/${path}`] = Buffer.concat([...bytes])
  return readFiles(files)
}

const sorted = (value: unknown): unknown => {
  if (typeof value === "string") return value.toWellFormed()
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, sorted(inner)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )
}

const all = (entities: ReadonlyArray<Entity.Entity>) =>
  entities.map((entity) => JSON.stringify(sorted(entity))).toSorted()

const isEntity = Schema.is(Entity.Entity)

const compare = (options: SendbirdExport.Options, other: SendbirdExport.Options) =>
  Effect.gen(function* () {
    const [usual, found] = [yield* read(options), yield* read({ ...options, ...other })]
    assert.deepStrictEqual(found.rejected, [])
    assert.isAbove(found.records.length, 0)
    assert.isTrue(found.records.every((entity) => isEntity(entity)))
    assert.deepStrictEqual(all(found.records), all(usual.records))
  })

const features = {
  polls: 0.1,
  files: 0.3,
  severalFiles: 0.2,
  metaArrays: 0.3,
  reactions: 0.3,
  mentions: 0.3,
  admin: 0.1,
  mentionTemplates: 0.5,
  payloads: 0.2,
  notifications: 0.5,
  pins: 0.5
}

describe("a generated app", () => {
  it.effect.prop(
    "gives the same entities in the oldest spellings",
    [Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 }))],
    ([seed]) => compare({ seed, messages: 80, features }, { spelling: "old" }),
    runs(4, 150)
  )

  it.effect.prop(
    "gives the same entities in pages of the Platform API",
    [Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })), Schema.Boolean],
    ([seed, pretty]) => compare({ seed, messages: 80, features }, { spelling: "pages", pretty }),
    runs(3, 100)
  )

  it.effect.prop(
    "gives the same entities in columns with the oldest spellings",
    [Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 }))],
    ([seed]) => compare({ seed, messages: 80, features, format: "csv" }, { spelling: "old" }),
    runs(4, 150)
  )

  it.live("has pinned messages and notifications, and CSV counts separate pins", () =>
    Effect.gen(function* () {
      const options = { seed: 3, messages: 300, features: { ...features, pins: 1, notifications: 1 } }
      const json = yield* read(options)
      const csv = yield* read({ ...options, format: "csv" })
      const messages = json.records.filter((one) => one._tag === "message")
      assert.isTrue(messages.some(({ pinnedAt }) => pinnedAt !== undefined))
      const isNotification = (one: Entity.Entity<"message">) => /^[\da-f]{8}-/u.test(one.id)
      assert.isTrue(messages.some(isNotification))
      assert.deepInclude(messages.find(isNotification), { type: "system" })
      assert.isAbove(json.notes["pin_assumed"] ?? 0, 0)
      assert.isAbove(csv.notes["pins_elsewhere"] ?? 0, 0)
    })
  )
})
