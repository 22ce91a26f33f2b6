import { Consequence, Ledger } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"

const { make } = Consequence

const family = make("field_dropped.{field}", {
  effect: "left_out_on_purpose",
  says: "values of {field} that follow from others"
})
const shorter = make("field_{what}", { effect: "changed", says: "{what}" })
const exact = make("field_dropped.id", { effect: "lost", says: "ids" })

const ledger = (fill: (book: Ledger.Book) => void) => {
  const book = Ledger.open()
  fill(book)
  return book.snapshot()
}

describe("Consequence.find", () => {
  it("prefers an exact code to its family, and the longer of two families", () => {
    const declared = [shorter, family, exact]
    assert.strictEqual(Consequence.find(declared, "field_dropped.id"), exact)
    assert.strictEqual(Consequence.find(declared, "field_dropped.user.name"), family)
    assert.strictEqual(Consequence.find(declared, "field_kept"), shorter)
  })

  it("finds nothing for a code that matches only the start or the end of a declared one", () => {
    const written = make("{item}_written", { effect: "information", says: "{item}s" })
    for (const code of [
      "field_dropped.",
      "field_dropped",
      "xfield_dropped.a",
      "_written",
      "a_written.b",
      ""
    ]) {
      assert.isUndefined(Consequence.find([family, written, make("a", family)], code), code)
    }
    assert.strictEqual(Consequence.find([written], "device_written"), written)
  })

  it("distinguishes declarations of one code by kind and by outcome", () => {
    const user = make("made", { effect: "changed", says: "users", outcome: "synthesised", kinds: ["user"] })
    const channel = make("made", { effect: "lost", says: "channels", kinds: ["channel"] })
    const declared = [user, channel]
    assert.strictEqual(Consequence.find(declared, "made", { kind: "channel" }), channel)
    assert.strictEqual(Consequence.find(declared, "made", { kind: "user", outcome: "synthesised" }), user)
    assert.isUndefined(Consequence.find(declared, "made", { kind: "user", outcome: "dropped" }))
    assert.strictEqual(Consequence.find(declared, "made"), user)
  })
})

describe("Consequence.codeOf and sentence", () => {
  it.each(["user.name", "$&", "{field}", "a.b.c"])("carry %s from the code into the sentence", (part) => {
    const code = Consequence.codeOf(family, part)
    assert.strictEqual(code, `field_dropped.${part}`)
    assert.strictEqual(Consequence.sentence(family, code), `values of ${part} that follow from others`)
  })
})

describe("Consequence.occurred", () => {
  it("lists every code of a ledger once, by effect, number and code", () => {
    const found = Consequence.occurred(
      [
        make("gone", { effect: "lost", says: "gone", action: "Look." }),
        make("asked", { effect: "left_out_on_purpose", says: "asked" }),
        make("same", { effect: "information", says: "same" }),
        make("made", { effect: "changed", says: "made" }),
        family
      ],
      ledger((book) => {
        book.add("message", "rejected", "gone", 2)
        book.add("user", "rejected", "gone", 3)
        book.add("message", "dropped", "asked", 9)
        book.add("user", "merged", "same", 8)
        book.add("user", "synthesised", "made", 7)
        book.note("field_dropped.b", 9)
        book.note("field_dropped.a", 9)
      })
    )
    assert.deepStrictEqual(
      found.map(({ code, count, effect, kind, outcome }) => [effect, count, code, outcome, kind]),
      [
        ["lost", 3, "gone", "rejected", "user"],
        ["lost", 2, "gone", "rejected", "message"],
        ["changed", 7, "made", "synthesised", "user"],
        ["left_out_on_purpose", 9, "asked", "dropped", "message"],
        ["left_out_on_purpose", 9, "field_dropped.a", "noted", undefined],
        ["left_out_on_purpose", 9, "field_dropped.b", "noted", undefined],
        ["information", 8, "same", "merged", "user"]
      ]
    )
    assert.deepStrictEqual(
      [found[0]?.action, found[2]?.action, found[4]?.says],
      ["Look.", undefined, "values of a that follow from others"]
    )
  })

  it("shows an undeclared code as lost and not explained", () => {
    const found = Consequence.occurred(
      [make("note", { effect: "information", says: "noted", outcome: "noted" })],
      ledger((book) => book.add("user", "merged", "note", 1))
    )
    assert.deepStrictEqual(found, [
      {
        code: "note",
        outcome: "merged",
        kind: "user",
        count: 1,
        effect: "lost",
        says: Consequence.NOT_EXPLAINED
      }
    ])
  })
})

describe("Consequence.join", () => {
  it("adds up equal occurrences and keeps others with the same code apart", () => {
    const counted = (says: string, count: number) =>
      Consequence.occurred(
        [make("x", { effect: "lost", says })],
        ledger((book) => book.note("x", count))
      )
    const joined = Consequence.join(counted("one", 1), [...counted("one", 2), ...counted("another", 4)])
    assert.deepStrictEqual(
      joined.map(({ count, says }) => [says, count]),
      [
        ["another", 4],
        ["one", 3]
      ]
    )
  })
})

describe("Consequence.group", () => {
  it("groups codes with the same meaning, largest sum first", () => {
    const groups = Consequence.group(
      Consequence.occurred(
        [
          make("a.{x}", { effect: "lost", says: "any" }),
          make("b", { effect: "lost", says: "other", action: "Act." })
        ],
        ledger((book) => {
          book.note("a.1", 3)
          book.note("a.2", 4)
          book.note("b", 6)
        })
      )
    )
    assert.deepStrictEqual(
      groups.map(({ action, count, occurrences, says }) => [says, action, count, occurrences.length]),
      [
        ["any", undefined, 7, 2],
        ["other", "Act.", 6, 1]
      ]
    )
  })
})
