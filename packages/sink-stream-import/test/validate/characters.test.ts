import { assert, describe, it } from "@effect/vitest"
import { EscapeSearch } from "../../src/internal/validate/characters.ts"

/** Whether the search finds an escape in a text that arrives in these chunks. */
const isFound = (...chunks: ReadonlyArray<string>): boolean => {
  const search = new EscapeSearch()
  return chunks.map((chunk) => search.isIn(Buffer.from(chunk))).includes(true)
}

describe("EscapeSearch", () => {
  it.each([String.raw`\u0000`, String.raw`\ud83d`, String.raw`\uDFFF`, String.raw`\u2028\uD800`])(
    "finds %s, wherever it is split",
    (escape) => {
      const text = `{"a":"${escape}"}`
      assert.isTrue(isFound(text))
      for (let at = 1; at < text.length; at++) assert.isTrue(isFound(text.slice(0, at), text.slice(at)))
      assert.isTrue(isFound(...text))
    }
  )

  it.each([
    String.raw`{"a":"\u2028 \u0001 \uD7FF \ue000 u0000 d800"}`,
    String.raw`\u`,
    String.raw`\u000`,
    ""
  ])("finds nothing in %s, wherever it is split", (text) => {
    assert.isFalse(isFound(text))
    for (let at = 1; at < text.length; at++) assert.isFalse(isFound(text.slice(0, at), text.slice(at)))
    assert.isFalse(isFound(...text))
  })
})
