import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { runs } from "../../../../test/runs.ts"
import { halve, tile } from "../../src/internal/api/windows.ts"

const Times = Schema.Struct({
  from: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2e12 })),
  length: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5e9 })),
  longest: Schema.Int.check(Schema.isBetween({ minimum: 1_000_000, maximum: 7e8 }))
})

describe("tile", () => {
  it.prop(
    "covers a period without a gap, an overlap or a window that is too long",
    [Times],
    ([times]) => {
      const { from, length, longest } = times
      const windows = tile("messages", from, from + length, longest)
      let reached = from
      for (const { end, start } of windows) {
        assert.strictEqual(start, reached)
        assert.isAbove(end, start)
        assert.isAtMost(end - start, longest)
        reached = end
      }
      assert.strictEqual(reached, from + length)
      assert.isBelow((windows.length - 1) * longest, Math.max(1, length))
    },
    runs(100)
  )
})

describe("halve", () => {
  it.prop(
    "gives two windows that cover the same, none shorter than allowed",
    [Times],
    ([times]) => {
      const { from, length, longest: shortest } = times
      const halves = halve({ start: from, end: from + length }, shortest)
      if (halves === undefined) return assert.isBelow(Math.floor(length / 2), shortest)
      const [first, second] = halves
      assert.deepStrictEqual([first.start, first.end, second.end], [from, second.start, from + length])
      assert.isAtLeast(first.end - first.start, shortest)
      assert.isAtLeast(second.end - second.start, shortest)
    },
    runs(100)
  )
})
