import { Fingerprint } from "@chatferry/core/settings"
import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"

const sentences = (before: Fingerprint.Fingerprint, after: Fingerprint.Fingerprint) =>
  Fingerprint.differences(before, after).map(Fingerprint.describe)

describe("Fingerprint", () => {
  it("is independent of the order of its keys, and different for other values", () => {
    const one = Fingerprint.digest({ a: 1, b: { c: [1, 2], d: null } })
    assert.strictEqual(Fingerprint.digest({ b: { d: null, c: [1, 2] }, a: 1 }), one)
    assert.notStrictEqual(Fingerprint.digest({ a: 1, b: { c: [2, 1], d: null } }), one)
  })

  it("names the settings that differ, outermost first, with both values", () => {
    assert.deepStrictEqual(
      sentences(
        { types: { group: "messaging", open: "livestream" }, gone: 1, same: [1], list: ["a"] },
        { types: { open: "livestream", group: "team" }, same: [1], list: ["a", "b"], new: true }
      ),
      [
        "gone was 1 and is not set now",
        'list was ["a"] and is ["a","b"] now',
        "new was not set and is true now",
        'types.group was "messaging" and is "team" now'
      ]
    )
  })

  it("shows that secrets and code have changed, but not their values", () => {
    const fingerprint = (key: string, f: (n: number) => number) => ({
      key: Fingerprint.ofSecret(Redacted.make(key)),
      f: Fingerprint.ofFunction(f)
    })
    const before = fingerprint("first-secret", (n) => n + 1)
    assert.notInclude(JSON.stringify(before), "first-secret")
    assert.notInclude(JSON.stringify(before), "n + 1")
    assert.deepStrictEqual(
      sentences(
        before,
        fingerprint("second-secret", (n) => n + 2)
      ),
      ["f: its code has changed", "key: its secret has changed"]
    )
  })

  it("identifies a function by its version, if any, and its settings", () => {
    const of = (code: Fingerprint.Code, f: (n: number) => number) =>
      Fingerprint.digest(Fingerprint.ofFunction(f, code))
    const one = of({ version: 1 }, (n) => n)
    assert.strictEqual(
      of({ version: 1 }, (n) => n * 1),
      one
    )
    assert.notStrictEqual(
      of({ version: 2 }, (n) => n),
      one
    )
    assert.notStrictEqual(
      of({ version: 1, settings: { since: "2021" } }, (n) => n),
      one
    )
  })

  it("distinguishes a function's code, version and settings, at any depth", () => {
    const of = (code: Fingerprint.Code, f: (n: number) => number) => Fingerprint.ofFunction(f, code)
    const [one, two] = [(n: number) => n + 1, (n: number) => n + 2]
    const days = (n: number) => ({ settings: { days: n } })
    assert.deepStrictEqual(sentences({ f: of(days(1), one) }, { f: of(days(2), one) }), [
      "f.settings.days was 1 and is 2 now"
    ])
    assert.deepStrictEqual(sentences({ f: of({}, one) }, { f: of({ version: 2 }, two) }), [
      "f: its version was not given and is 2 now"
    ])
    assert.deepStrictEqual(sentences({ f: of({ version: 1 }, one) }, { f: of({}, one) }), [
      "f: its version was 1 and is not given now"
    ])
    assert.deepStrictEqual(sentences({ "": of(days(1), one) }, { "": of(days(2), two) }), [
      "its code has changed",
      "settings.days was 1 and is 2 now"
    ])
    assert.deepStrictEqual(sentences({ "": of({}, one) }, { "": { size: 1 } }), ["its code has changed"])
  })

  it("recognises that a bound or built-in function does not have its own text", () => {
    assert.isTrue(Fingerprint.hasText((n: number) => n))
    assert.isFalse(Fingerprint.hasText(new Map().get.bind(new Map())))
    assert.isFalse(Fingerprint.hasText(String))
  })

  it("cuts long values and makes them printable", () => {
    const [sentence = ""] = sentences({ list: "a" }, { list: `\u001B[2J${"x".repeat(500)}` })
    assert.isBelow(sentence.length, 200)
    assert.notInclude(sentence, "\u001B")
  })
})
