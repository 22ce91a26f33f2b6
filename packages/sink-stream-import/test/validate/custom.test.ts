import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../../test/runs.ts"
import { jsonBytes } from "../../src/internal/validate/custom.ts"
import { faultOf, faultOfElement, hasRepeatedKey } from "../../src/internal/validate/jsonFault.ts"

describe("the size of custom data", () => {
  it.effect.prop(
    "is that of its JSON",
    [Schema.Json],
    ([value]) =>
      Effect.sync(() => assert.strictEqual(jsonBytes(value), Buffer.byteLength(JSON.stringify(value)))),
    runs(100)
  )

  it("is that of JSON for numbers and texts that are written differently from how they are read", () => {
    for (const text of [
      "1e400",
      "-0",
      "1E5",
      "1e21",
      '"\\ud800\\u0000"',
      '{"__proto__":[],"a":{"toJSON":1}}',
      "[[],{}]"
    ]) {
      const value: unknown = JSON.parse(text)
      assert.strictEqual(jsonBytes(value), Buffer.byteLength(JSON.stringify(value)), text)
    }
  })
})

describe("repeated keys", () => {
  it.each([
    ['{"a":1,"a":2}', true],
    ['{"a":1,"b":2,"a":3}', true],
    ['{"a":1,"b":2,"c":3,"c":4}', true],
    [String.raw`{"a":1,"\u0061":2}`, true],
    ['{"x":[{"a":1},{"b":1,"b":2}]}', true],
    ['{"a":{"a":{"a":1}}}', false],
    ['{"a":{"b":1},"b":2}', false],
    ['{"a":[{"b":1},{"b":1}],"c":{"b":{}},"d":{}}', false],
    ['[{"a":1},{"a":1}]', false]
  ])("are found in %s: %s", (text, isRepeated) => {
    assert.strictEqual(hasRepeatedKey(Buffer.from(text)), isRepeated)
    assert.isUndefined(faultOf(Buffer.from(text)))
  })

  it("are found in little memory, however deep objects are", () => {
    const text = Buffer.from(`${'{"a":{},"b":'.repeat(200_000)}1${"}".repeat(200_000)}`)
    assert.isFalse(hasRepeatedKey(text))
    assert.isUndefined(faultOf(text))
  })
})

describe("the fault of an element of an array", () => {
  it.each([
    [" ", 44, { at: 1, fault: "invalid character ',' looking for beginning of value" }],
    ["\u0001", 44, { at: 0, fault: "invalid character '\\x01' looking for beginning of value" }],
    ["1 2", 93, { at: 2, fault: "invalid character '2' after array element" }],
    ["{} ", 93, undefined]
  ] as const)("of %j is described within the whole document", (text, next, fault) => {
    assert.deepStrictEqual(faultOfElement(Buffer.from(text), next), fault)
  })
})
