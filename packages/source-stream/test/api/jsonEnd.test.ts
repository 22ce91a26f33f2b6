import { assert, describe, it } from "@effect/vitest"
import * as JsonEnd from "../../src/internal/api/jsonEnd.ts"

describe("the end of JSON", () => {
  const problemOf = (text: string, isLines: boolean) => {
    const end = JsonEnd.make(isLines)
    for (const byte of Buffer.from(text)) end.push(Uint8Array.of(byte))
    return end.problem()
  }

  it.each([
    ["a document", '[{"a":"}\\"]"}]', undefined, undefined],
    ["a document on lines", '{\n "a": [1,\n 2]\n}\n', undefined, undefined],
    ["documents with a byte order mark", '\uFEFF{"a":1} {"b":[]}', undefined, undefined],
    ["lines, one of them damaged", '{"a":1}\n{"b":"\n{"c":3}\n', "the JSON ends too early", undefined],
    ["a cut in a text", '{"a":1}\n{"b":"x', "the JSON ends too early", "the JSON ends too early"],
    ["a cut after an escape", '{"a":"\\', "the JSON ends too early", "the JSON ends too early"],
    ["a cut between members", '{"a":1,', "the JSON ends too early", "the JSON ends too early"],
    ["HTML", "<html>{}</html>", "the file is not JSON", "the file is not JSON"],
    ["nothing", "", "the file is not JSON", "the file is not JSON"]
  ] as const)("is verified for %s", (_, text, document, lines) => {
    assert.deepStrictEqual([problemOf(text, false), problemOf(text, true)], [document, lines])
  })
})
