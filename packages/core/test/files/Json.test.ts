import { Json } from "@chatferry/core/files"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../../test/runs.ts"

describe("Json.parseExact", () => {
  it("returns numbers that JavaScript would change as text, and others as numbers", () => {
    const text =
      "[9007199254740993,9007199254740992,-9007199254740993,1e400,-1e400,1.50,1e21,100000000000000000000,-0]"
    assert.deepStrictEqual(Json.parseExact(text), [
      "9007199254740993",
      9007199254740992,
      "-9007199254740993",
      "1e400",
      "-1e400",
      1.5,
      1e21,
      100000000000000000000,
      -0
    ])
    assert.deepStrictEqual(Json.parseExact('{"__proto__":1e999,"a":{"toString":"1e999"}}'), {
      ["__proto__"]: "1e999",
      a: { toString: "1e999" }
    })
  })

  it.effect.prop(
    "gives what was written",
    [Schema.Json],
    ([value]) =>
      Effect.sync(() => {
        const text = JSON.stringify(value)
        assert.strictEqual(JSON.stringify(Json.parseExact(text)), text)
      }),
    runs(100)
  )

  it("fails without quoting the text, even if it is nested too deeply", () => {
    for (const text of ['{"secret"', `${"[".repeat(100_000)}1${"]".repeat(100_000)}`]) {
      try {
        Json.parseExact(text)
        assert.fail("nothing was thrown")
      } catch (error) {
        assert.instanceOf(error, Json.InvalidJson)
        assert.match(error.message, /^not valid JSON(?: at character \d+)?$/u)
      }
    }
  })
})

describe("Json.write", () => {
  const value = { "\u2028": "a\u2029b", c: ["\u0085", "\n", "é\u4e2d\ud83d\udc4d"] }

  it("writes one line for every reader, with the same value", () => {
    assert.strictEqual(
      Json.write(value),
      String.raw`{"\u2028":"a\u2029b","c":["\u0085","\n","é\u4e2d👍"]}`.replace(String.raw`\u4e2d`, "\u4e2d")
    )
    assert.deepStrictEqual(JSON.parse(Json.write(value)), value)
    assert.deepStrictEqual(JSON.parse(Json.write(value, 2)), value)
  })

  it.effect.prop(
    "is JSON.stringify where there is nothing of that",
    [Schema.Json],
    ([any]) =>
      Effect.sync(() => {
        const text = JSON.stringify(any)
        if (!/[\u0085\u2028\u2029]/u.test(text)) assert.strictEqual(Json.write(any), text)
        assert.deepStrictEqual(JSON.parse(Json.write(any)), JSON.parse(text))
      }),
    runs(100)
  )
})

describe("Json of a service that is not trusted", () => {
  const bytes = (text: string) => Buffer.from(text)

  it("is limited by its levels, which texts do not have", () => {
    assert.isFalse(Json.areBytesDeeper(bytes('[{"a":"[[[[["}]'), 2))
    assert.isTrue(Json.areBytesDeeper(bytes('[{"a":[1]}]'), 2))
  })

  it("is limited by the memory of its values, not by its size", () => {
    const most = Json.mostWeight(4 << 20)
    assert.strictEqual(most, 24 << 20)
    assert.strictEqual(Json.mostWeight(16 << 20), 48 << 20)
    assert.isTrue(Json.isTooHeavy(bytes(`[${"[],".repeat(1 << 20)}0]`), 4 << 20))
    assert.isFalse(Json.isTooHeavy(bytes(`["${"x".repeat(3 << 20)}"]`), 4 << 20))
  })
})
