import { Printable } from "@chatferry/core/errors"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../../test/runs.ts"

const DANGEROUS = [
  "\u001B[2J", // clears a screen
  "\u001B]0;title\u0007",
  "\u009B31m", // the same introducer in one character
  "a\rb",
  "a\nb",
  "a\bb",
  "\u007F",
  "\u202Egnp.exe",
  "\u2066a\u2069",
  "\u200Fa",
  "a\u2028b\u2029c",
  "\uFEFFa",
  "\u{E0041}", // a tag character
  "\uD800",
  "a\u0000b"
]

describe("Printable", () => {
  it.each(DANGEROUS)("shows %j as escapes", (text) => {
    const shown = Printable.line(text)
    assert.notMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    assert.strictEqual(JSON.parse(`"${shown}"`), text)
  })

  it("does not change what users write", () => {
    const text = String.raw`Zoë, 日本語, العربية, می‌خواهم, 👩‍👩‍👧, C:\users "quoted" 100 %`
    assert.strictEqual(Printable.line(text), text)
  })

  it("cuts a long text without leaving half an escape or half a character", () => {
    assert.strictEqual(Printable.line("abcdef", 6), "abcdef")
    assert.strictEqual(Printable.line("abcdefg", 6), "abcde…")
    for (let length = 2; length < 12; length++) {
      const cut = Printable.line("a\u001B😀\u001Bb".repeat(3), length)
      assert.isAtMost(cut.length, length)
      assert.match(cut, /^(?:a|b|😀|\\u001b)*…$/u)
    }
  })

  it("processes no more of a long text than it shows", () => {
    assert.strictEqual(Printable.line("\u0000".repeat(50_000_000), 10).length, 7)
  })

  it("keeps line feeds of a report and escapes other control characters", () => {
    assert.strictEqual(Printable.lines("a\nb\u001Bc\r\n"), "a\nb\\u001bc\\u000d\n")
  })

  it("writes printable JSON that parses to the same value", () => {
    const value = { "\u202Ekey": DANGEROUS }
    const text = Printable.json(value, 2)
    assert.notMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    assert.deepStrictEqual(JSON.parse(text), value)
  })

  it.effect.prop(
    "gives its own results back unchanged",
    [Schema.String],
    ([text]) =>
      Effect.sync(() => {
        const shown = Printable.line(text, 50)
        assert.strictEqual(Printable.line(shown, 50), shown)
        assert.strictEqual(Printable.lines(Printable.lines(text)), Printable.lines(text))
      }),
    runs(100)
  )
})
