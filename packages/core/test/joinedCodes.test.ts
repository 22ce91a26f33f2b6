import { Consequence, type Rejected, Source } from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"

const rejected = (code: string): Rejected.Rejected => ({
  kind: "message",
  code,
  message: "it is wrong",
  location: "a.json",
  original: 12
})

/** A source that counts one of each code, and knows what some of them mean. */
const counting = (
  name: string,
  codes: { readonly rejects: ReadonlyArray<string>; readonly notes: ReadonlyArray<string> },
  says: Readonly<Record<string, string>>
): Source.Source => ({
  ...SourceHarness.changed(Source.fromEntities(name, []), () => ({
    partitions: Effect.succeed([{ id: "p", fingerprint: "f" }]),
    read: () =>
      Stream.succeed({
        records: [],
        rejected: codes.rejects.map(rejected),
        notes: Object.fromEntries(codes.notes.map((code) => [code, 1])),
        position: 1,
        bytes: 0,
        location: ""
      })
  })),
  consequences: Object.entries(says).map(([code, words]) =>
    Consequence.make(code, { effect: "lost", says: words })
  ),
  // The line's code is how a source recognises its own rejects.
  rejected: (line) =>
    Effect.succeed({ records: [], notes: {}, rejected: [rejected((line as { readonly code: string }).code)] })
})

const codes = { rejects: ["missing_id", "invalid_time"], notes: ["dropped.mood", "dropped.hat"] }
const birds = counting("birds", codes, {
  missing_id: "birds without a ring",
  invalid_time: "times that cannot be read",
  "dropped.{field}": "values of {field}",
  "dropped.mood": "moods"
})
const fish = counting("fish", codes, {
  missing_id: "fish without a tag",
  invalid_time: "times that cannot be read",
  "dropped.{what}": "values of {what}"
})

describe("codes of sources that are joined", () => {
  const joined = Source.concat("both", [birds, fish], { ids: "shared" })

  it.effect("name their source only if they have another meaning in another source", () =>
    Effect.gen(function* () {
      const { notes, rejected } = yield* SourceHarness.readAll(joined)
      assert.deepStrictEqual(
        rejected.map(({ code }) => code),
        ["birds/missing_id", "invalid_time", "fish/missing_id", "invalid_time"]
      )
      assert.deepStrictEqual(notes, { "birds/dropped.mood": 1, "dropped.hat": 2, "fish/dropped.mood": 1 })
      const sentence = (code: string) => {
        const declared = Consequence.find(joined.consequences ?? [], code)
        return declared && Consequence.sentence(declared, code)
      }
      assert.deepStrictEqual([...rejected.map(({ code }) => code), ...Object.keys(notes)].map(sentence), [
        "birds without a ring",
        "times that cannot be read",
        "fish without a tag",
        "times that cannot be read",
        "moods",
        "values of hat",
        "values of mood"
      ])
    })
  )

  it.effect("are not explained by another source", () =>
    Effect.gen(function* () {
      const silent = counting("silent", { rejects: ["missing_id"], notes: [] }, {})
      const all = Source.concat("all", [birds, silent], { ids: "shared" })
      const codesOf = (yield* SourceHarness.readAll(all)).rejected.map(({ code }) => code)
      assert.include(codesOf, "silent/missing_id")
      assert.strictEqual(Consequence.find(all.consequences ?? [], "silent/missing_id"), undefined)
    })
  )

  it.effect("return to their source in its own form, from sources that are joined twice", () =>
    Effect.gen(function* () {
      const third = counting("third", codes, { missing_id: "others", "birds/missing_id": "something else" })
      const twice = Source.concat("all", [joined, third], { ids: "shared" })
      const [one] = (yield* SourceHarness.readAll(twice)).rejected
      assert.deepInclude(one, { source: "both/birds", code: "both/birds/missing_id" })
      assert(one !== undefined)
      const line = JSON.stringify({ stage: "source", ...one })
      const again = yield* twice.rejected?.(line) ?? Effect.die("reads no rejects")
      assert.deepStrictEqual(again.rejected, [one])
    })
  )
})
