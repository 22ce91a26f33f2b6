/** Rows on their way from a thread that reads to the one that writes. */
import { assert, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { runs } from "../../../../test/runs.ts"
import { RowPacker, unpackRows } from "../../src/internal/sinks/packedRows.ts"

const passed = (rows: ReadonlyArray<Schema.Json>) => {
  const packer = new RowPacker()
  for (const row of rows) packer.add(row)
  return unpackRows(structuredClone(packer.take()))
}

it.prop(
  "rows of any JSON are the same after they were packed",
  [
    Schema.Array(
      Schema.Union([Schema.Json, Schema.Array(Schema.Union([Schema.Literals(["", "a", "b"]), Schema.Json]))])
    )
  ],
  ([rows]) => {
    // JSON does not distinguish 0 and -0.
    assert.strictEqual(JSON.stringify(passed(rows)), JSON.stringify(rows))
  },
  runs(200)
)

it("numbers that have no code come through", () => {
  const row = [-1, 0.5, 2 ** 31 - 6, 2 ** 31 - 5, 2 ** 31 - 4, 2 ** 31, -(2 ** 31), 1e300, true, false]
  assert.deepStrictEqual(passed([row, 7, -7]), [row, 7, -7])
})

it("a text in the same place of consecutive rows is packed once", () => {
  const packer = new RowPacker()
  for (const row of [["message", "a"], ["message", "b"], { between: 1 }, ["message", "b", "b"]])
    packer.add(row)
  const packed = packer.take()
  assert.deepStrictEqual(packed.texts, ["message", "a", "b", "b"])
  assert.deepStrictEqual(unpackRows(packed), [
    ["message", "a"],
    ["message", "b"],
    { between: 1 },
    ["message", "b", "b"]
  ])
})

it("rows after those that were taken do not depend on them", () => {
  const packer = new RowPacker()
  packer.add(["a", "b"])
  packer.take()
  packer.add(["a", "c"])
  assert.deepStrictEqual(unpackRows(packer.take()), [["a", "c"]])
})
