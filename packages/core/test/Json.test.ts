import { Json } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

describe("Json.parseExact", () => {
  it("gives numbers that JavaScript would change as texts, and others as numbers", () => {
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

  it.effect.prop("gives what was written", [Schema.Json], ([value]) =>
    Effect.sync(() => {
      const text = JSON.stringify(value)
      assert.strictEqual(JSON.stringify(Json.parseExact(text)), text)
    })
  )

  it("fails without a word of the text, also for what is nested too deeply", () => {
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
