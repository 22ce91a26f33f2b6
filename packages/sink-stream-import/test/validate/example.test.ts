import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { bad as badInBoth } from "./example.bad.ts"
import { badInOne } from "./example.badInOne.ts"
import { good } from "./example.good.ts"
import { changed, type Mutation } from "./example.ts"
import { array, lines, validate } from "./files.ts"

const bad = [...badInBoth, ...badInOne]
const dialects = ["jsonl", "json-array"] as const

const casesOf = (mutations: ReadonlyArray<Mutation>) =>
  mutations.flatMap((mutation) =>
    dialects
      .filter((dialect) => mutation.dialect === undefined || mutation.dialect === dialect)
      .map((dialect) => ({ mutation, name: mutation.name, dialect }))
  )

/** The findings, without the ambiguous ones of the array itself: its devices and replies. */
const check = ({ change, settings }: Mutation, dialect: (typeof dialects)[number]) =>
  Effect.map(
    validate({
      files: [(dialect === "jsonl" ? lines : array)(...changed(change))],
      dialect,
      settings: { itemTypes: ["device"], ...settings }
    }),
    ({ errors, warnings }) => {
      const found = [...errors, ...warnings].filter(({ code, examples }) => {
        const isReply = code === "value_ambiguous" && examples[0]?.pointer === "/item/type"
        return !(isReply && dialect === "json-array") && code !== "app_setting_unchecked"
      })
      for (const { examples } of found) {
        for (const text of [examples[0]?.problem, examples[0]?.server]) {
          assert.notMatch(text ?? "", /"…"|(?<!team )""/u, "somebody is not named")
        }
      }
      return found.flatMap(({ code, count }) => Array.from({ length: count }, () => code))
    }
  )

describe("the example with one change", () => {
  it("has more than 60 bad changes and 30 good ones", () => {
    assert.isAbove(bad.length, 60)
    assert.isAbove(good.length, 30)
    assert.deepStrictEqual(
      bad.filter(({ found }) => (found?.length ?? 0) === 0),
      []
    )
  })

  it.effect.each(casesOf(good))("is valid with $name ($dialect)", ({ dialect, mutation }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* check(mutation, dialect), [])
    })
  )

  it.effect.each(casesOf(bad))("is rejected for $name, once ($dialect)", ({ dialect, mutation }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* check(mutation, dialect), mutation.found)
    })
  )
})
