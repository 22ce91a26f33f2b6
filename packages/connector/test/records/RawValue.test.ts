import { RawValue } from "@chatferry/connector"
import { Rejected } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"

describe("RawValue", () => {
  it.each([
    ["a", "a", true],
    ["", undefined, true],
    [5, "5", true],
    [0, "0", true],
    [null, undefined, false],
    [undefined, undefined, false],
    [true, undefined, false],
    [["a"], undefined, false]
  ] as const)("reads %j as text", (value, text, isText) => {
    assert.strictEqual(RawValue.text(value), text)
    assert.strictEqual(RawValue.userId(value), text as never)
    assert.strictEqual(RawValue.isText(value), isText)
  })

  it("distinguishes objects from lists and null", () => {
    assert.isTrue(RawValue.isObject({}))
    for (const other of [[], null, undefined, "a", 1, true]) assert.isFalse(RawValue.isObject(other))
  })

  it("reads a list, and any other value as an empty one", () => {
    assert.deepStrictEqual(RawValue.list([1]), [1])
    assert.isTrue(RawValue.isList([]))
    for (const other of [{ length: 1 }, null, "ab", undefined]) {
      assert.deepStrictEqual(RawValue.list(other), [])
      assert.isFalse(RawValue.isList(other))
    }
  })

  it("recognises empty values", () => {
    for (const empty of [null, [], {}]) assert.isTrue(RawValue.isEmpty(empty))
    for (const full of [[null], { a: undefined }]) assert.isFalse(RawValue.isEmpty(full))
  })
})

describe("textOrBytes", () => {
  it("keeps text as text and other content as bytes", () => {
    assert.deepStrictEqual(Rejected.textOrBytes(Buffer.from('{"a":"é😀')), { text: '{"a":"é😀' })
    assert.deepStrictEqual(Rejected.textOrBytes(Buffer.from([0x7b, 0xff])), { base64: "e/8=" })
    // The second half of a split character.
    assert.deepStrictEqual(Rejected.textOrBytes(Buffer.from("é").subarray(1)), { base64: "qQ==" })
  })
})
