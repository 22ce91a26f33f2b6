import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { runs } from "../../../test/runs.ts"
import { time } from "../src/internal/records/raw.ts"

const Millis = Schema.Int.check(Schema.isBetween({ minimum: 1e11, maximum: 4e12 }))
const OffsetMinutes = Schema.Int.check(Schema.isBetween({ minimum: -12 * 60, maximum: 14 * 60 }))

const two = (value: number) => String(Math.abs(value)).padStart(2, "0")

/** A time written in a zone: `2020-08-04 12:00:00-0400`, or with a colon in the offset. */
const written = (millis: number, offset: number, between: string) => {
  const local = new Date(millis + offset * 60_000).toISOString()
  const sign = offset < 0 ? "-" : "+"
  return `${local.slice(0, 10)} ${local.slice(11, 19)}${sign}${two(Math.trunc(offset / 60))}${between}${two(offset % 60)}`
}

const read = (value: unknown): unknown => time(value)

describe("a time", () => {
  it.prop(
    "is the same in all forms that are documented",
    [Millis, OffsetMinutes],
    ([millis, offset]) => {
      const seconds = Math.floor(millis / 1000)
      const iso = new Date(seconds * 1000).toISOString()
      const expected = iso.replace(".000Z", "Z")
      assert.strictEqual(read(seconds), expected)
      assert.strictEqual(read(String(seconds)), expected)
      assert.strictEqual(read(written(millis, offset, "")), expected)
      assert.strictEqual(read(written(millis, offset, ":")), expected)
      assert.strictEqual(read(written(millis, 0, "").slice(0, 19)), expected)
      assert.strictEqual(read(expected), expected)
      assert.strictEqual(read(millis), new Date(millis).toISOString())
      assert.strictEqual(read(new Date(millis).toISOString()), new Date(millis).toISOString())
    },
    runs(100)
  )

  it.prop(
    "is never that of an epoch's sentinels, in whatever zone they are written",
    [OffsetMinutes],
    ([offset]) => {
      for (const value of [0, -1, "", null, written(0, offset, ""), written(-1000, offset, "")]) {
        assert.isUndefined(read(value))
      }
    },
    runs(100)
  )
})
