import { Timestamp } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../test/runs.ts"

const isTimestamp = Schema.is(Timestamp.Timestamp)

describe("Timestamp", () => {
  it.effect.prop(
    "writes milliseconds as Date does, for every day from year 1 to 9999",
    [Schema.Int.check(Schema.isBetween({ minimum: -62_135_596_800_000, maximum: 253_402_300_799_999 }))],
    ([millis]) =>
      Effect.sync(() => {
        const text = Timestamp.fromMillis(millis)
        assert.strictEqual(text, new Date(millis).toISOString())
        assert.isTrue(isTimestamp(text))
        assert.strictEqual(Timestamp.toMillis(text as Timestamp.Timestamp), millis)
      }),
    runs(100)
  )

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1.5, 253_402_300_800_000, -62_135_596_800_001])(
    "does not write %d milliseconds",
    (millis) => assert.isUndefined(Timestamp.fromMillis(millis))
  )

  it.each([
    ["2020-08-04 12:00:00-0400", "2020-08-04T16:00:00Z"],
    ["2020-06-30 17:54:45+0900", "2020-06-30T08:54:45Z"],
    ["1969-12-31 23:59:59+0000", "1969-12-31T23:59:59Z"],
    ["2020-08-04T12:00:00.123456789Z", "2020-08-04T12:00:00.123456789Z"],
    ["2020-08-04T12:00:00.1234567891+05:30", "2020-08-04T06:30:00.123456789Z"],
    ["2020-02-29 00:00:00", "2020-02-29T00:00:00Z"],
    ["2020-02-28T00:00:00Z", "2020-02-28T00:00:00Z"],
    ["2020-12-31T23:59:59.000000001Z", "2020-12-31T23:59:59.000000001Z"],
    ["2020-08-04T12:00:00.1234567891Z", "2020-08-04T12:00:00.123456789Z"],
    ["2020-08-04T12:00:00.5 Z", "2020-08-04T12:00:00.5Z"],
    ["0100-01-01T00:00:00Z", "0100-01-01T00:00:00Z"]
  ])("reads %s", (text, expected) => {
    assert.strictEqual(Timestamp.fromText(text), expected)
    assert.isTrue(isTimestamp(expected))
  })

  it.each([
    "",
    "2020-02-30 00:00:00",
    "2021-02-29 00:00:00",
    "2020-01-01",
    "2020-13-01 00:00:00",
    "2020-01-01 24:00:00",
    "2020-01-00T00:00:00Z",
    "2020-04-31T00:00:00Z",
    "2021-02-29T00:00:00Z",
    "2020-01-01T24:00:00Z",
    "2020-01-01T00:60:00Z",
    "2020-01-01T00:00:00Z\n",
    "2020-01-01T00:00:00.Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "yesterday",
    "1596556800000"
  ])("does not read %s", (text) => assert.isUndefined(Timestamp.fromText(text)))
})
