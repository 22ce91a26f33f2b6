// The same app, exported as JSON and as CSV. Only the differences in docs/providers/sendbird.md are allowed.
import { Entity } from "@chatferry/core"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../test/runs.ts"
import { zipOf } from "../../connector/test/files/zipOf.ts"
import { readFiles } from "./reading.ts"

const entriesOf = (options: SendbirdExport.Options) => {
  const archives = new Map<string, Array<{ name: string; content: Buffer }>>()
  for (const { archive, bytes, path } of SendbirdExport.generate(options).files) {
    const entries = archives.get(archive) ?? []
    entries.push({ name: path, content: Buffer.concat([...bytes]) })
    archives.set(archive, entries)
  }
  return archives
}

const read = (options: SendbirdExport.Options) => {
  const zips = Array.from(entriesOf(options), ([name, entries]) => [`${name}.zip`, zipOf(entries)] as const)
  const { csvDelimiter } = options
  return readFiles(Object.fromEntries(zips), csvDelimiter === undefined ? {} : { csvDelimiter })
}

type Loose = { [field: string]: unknown }

/** Fields that a channel list and a members table lack. */
const LOST: Readonly<Record<string, ReadonlyArray<string>>> = {
  channel: ["observedAt", "distinctMemberIds"],
  member: ["observedAt"]
}

// The generator writes times of channels as text in every other file. Members who have never read a channel have its time.
const TEXT_TIMES = new Set(["channel", "member"])

const comparable = (entity: Entity.Entity, isTextTime: boolean): string => {
  const { ...rest } = entity as Loose
  for (const field of LOST[entity._tag] ?? []) delete rest[field]
  const text = JSON.stringify(sorted(rest))
  return isTextTime || TEXT_TIMES.has(entity._tag)
    ? text.replaceAll(/(T\d\d:\d\d:\d\d)\.\d+Z/gu, "$1Z")
    : text
}

const sorted = (value: unknown): unknown => {
  if (typeof value === "string") return value.toWellFormed()
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const fields = Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const)
  return Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const all = (entities: ReadonlyArray<Entity.Entity>, isTextTime: boolean) =>
  entities.map((entity) => comparable(entity, isTextTime)).toSorted()

const isEntity = Schema.is(Entity.Entity)

const compare = (options: SendbirdExport.Options, csv: SendbirdExport.Options, isTextTime = false) =>
  Effect.gen(function* () {
    const [fromJson, fromCsv] = [yield* read(options), yield* read({ ...options, ...csv, format: "csv" })]
    assert.deepStrictEqual(fromCsv.rejected, [])
    assert.isAbove(fromCsv.records.length, 0)
    assert.deepStrictEqual(
      fromCsv.records.filter((entity) => !isEntity(entity)),
      []
    )
    assert.notInclude(JSON.stringify(fromCsv.records), SendbirdExport.secret)
    assert.deepStrictEqual(all(fromCsv.records, isTextTime), all(fromJson.records, isTextTime))
  })

const Delimiter = Schema.Literals([",", ";", "\t", "|", "\n", "e", "§"])

describe("CSV and JSON exports of one app", () => {
  it.effect.prop(
    "give the same entities",
    [Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })), Delimiter],
    ([seed, csvDelimiter]) => {
      const options = {
        seed,
        messages: 60,
        overlap: 0.2,
        features: {
          bigIds: 0.3,
          polls: 0.1,
          loneSurrogates: 0.05,
          mentions: 0.3,
          mentionTemplates: 0.5,
          payloads: 0.2,
          notifications: 0.5
        }
      }
      return compare(options, { csvDelimiter })
    },
    runs(6, 250)
  )

  it.live("give the same entities to the second when CSV writes times as text in some time zone", () =>
    compare(
      { seed: 8, messages: 400, timezone: "America/New_York" },
      { features: { csvTextTimes: 1, csvByteOrderMarks: 1 } },
      true
    )
  )

  it.live("give the same entities when every user, channel and reply is odd", () =>
    compare(
      {
        seed: 9,
        messages: 600,
        features: { oddIds: 1, orphans: 0.3, replies: 0.5, textBooleans: 1, textTimes: 0.5 }
      },
      {}
    )
  )
})
