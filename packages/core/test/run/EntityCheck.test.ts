import { Entity } from "@chatferry/core"
import { EntityCheck } from "@chatferry/core/run"
import { EntityGenerator } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"

const others: ReadonlyArray<Schema.Json> = [
  null,
  true,
  0,
  1.5,
  "",
  "x",
  "2024-05-01T12:00:00Z",
  "2024-05-01T12:00:00+01:00",
  [],
  [""],
  ["x"],
  [{}],
  {},
  { a: 1 },
  { a: { b: null } },
  { type: "file", unknown: 1 }
]

/** Copies of a value with one inner value replaced or one field added, for each path. */
const variants = (value: unknown): ReadonlyArray<unknown> => {
  const inner = Array.isArray(value)
    ? value.flatMap((one, i) => variants(one).map((other) => value.with(i, other)))
    : typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, one]) => {
          const { [name]: _, ...without } = value as Record<string, unknown>
          const replaced: ReadonlyArray<unknown> = variants(one).map((other) =>
            Object.assign({}, value, { [name]: other })
          )
          return replaced.concat([without])
        })
      : []
  const added = typeof value === "object" ? [Object.assign({}, value, { unknown: "x" })] : []
  return [...others, ...added, ...inner]
}

const decode = Schema.decodeUnknownResult(Entity.Entity)

describe("the check of entities", () => {
  it.each([["reject"], ["keep"]] as const)(
    "accepts what the schema accepts, for a change of any value (unknown fields: %s)",
    (unknownFields) => {
      const onExcessProperty = unknownFields === "reject" ? "error" : "ignore"
      const entities = EntityGenerator.make({ seed: 3, records: 60, extremes: 0 })
      let taken = 0
      let rejected = 0
      for (const one of entities.flatMap((entity) => variants(entity).concat([entity]))) {
        const isEntity = Result.isSuccess(decode(one, { onExcessProperty }))
        const checked = EntityCheck.check(one, unknownFields)
        assert.strictEqual("entity" in checked, isEntity, JSON.stringify(one))
        if ("entity" in checked) taken++
        else {
          rejected++
          assert.notStrictEqual(checked.problem.message, "")
        }
      }
      assert.isAbove(taken, 1000)
      assert.isAbove(rejected, 1000)
    }
  )
})
