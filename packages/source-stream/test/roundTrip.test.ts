import { EntityGenerator } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../test/runs.ts"
import { carried, version1, version2 } from "./exportOf.ts"
import { gzip } from "./generated.ts"
import { readFiles } from "./reading.ts"

/** One text per record, independent of the order of records and fields. */
const texts = (records: ReadonlyArray<object>) =>
  records.map((record) => JSON.stringify(ordered(record))).toSorted()

const ordered = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(ordered)
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([field, inner]) => [field, ordered(inner)])
  )
}

const Case = Schema.Struct({
  seed: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 })),
  version: Schema.Literals([1, 2]),
  custom: Schema.Literals(["flat", "nested"]),
  isGzip: Schema.Boolean,
  batchRecords: Schema.Literals([1, 50, 1024])
})

describe("entities that were exported", () => {
  it.effect.prop(
    "come back unchanged, except for the loss table",
    [Case],
    ([{ batchRecords, custom, isGzip, seed, version }]) =>
      Effect.gen(function* () {
        // An export does not have removed reactions.
        const entities = EntityGenerator.make({ seed, records: 150, duplicates: 0, extremes: 0.05 }).filter(
          (one) => one._tag !== "reaction" || one.removedAt === undefined
        )
        const content = version === 1 ? version1(entities, custom) : version2(entities, custom)
        const { records, rejected } = yield* readFiles(
          { a: isGzip ? gzip(content) : content },
          { batchRecords }
        )
        assert.deepStrictEqual(rejected, [])
        assert.deepStrictEqual(texts(records), texts(carried(entities, version)))
      }),
    runs(10, 400)
  )
})
