import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { codes, type Content, validate } from "./files.ts"
import { pairs } from "./mutations.ts"
import type { Pair } from "./pair.ts"

const all = Object.keys(StreamImportValidator.rules) as Array<StreamImportValidator.Code>

const cases = all.flatMap((code) => (pairs[code] ?? []).map((pair, index) => ({ code, pair, index })))

const check = (content: Pair["bad"], { dialect, settings }: Pair) =>
  validate({
    files: Array.isArray(content) ? (content as ReadonlyArray<Content>) : [content as Content],
    ...(dialect === undefined ? {} : { dialect }),
    ...(settings === undefined ? {} : { settings })
  })

describe("the rules of the validator", () => {
  it("each have a file that breaks them and a neighbour that does not", () => {
    assert.deepStrictEqual(
      all.filter((code) => (pairs[code]?.length ?? 0) === 0),
      []
    )
    assert.deepStrictEqual(
      Object.keys(pairs).filter((code) => !(code in StreamImportValidator.rules)),
      []
    )
  })

  it.effect.each(cases)("$code catches its bad file $index, and no other rule reports it", ({ code, pair }) =>
    Effect.gen(function* () {
      const result = yield* check(pair.bad, pair)
      const found = codes(result)
      assert.include(found, code)
      assert.deepStrictEqual(
        found.filter((one) => one !== code && pair.besides?.includes(one) !== true),
        []
      )
      const group = [...result.errors, ...result.warnings].find((one) => one.code === code)
      assert.strictEqual(group?.severity, StreamImportValidator.rules[code].severity)
      const [example] = group?.examples ?? []
      if (pair.at !== undefined) assert.strictEqual(example?.pointer, pair.at)
      for (const text of [example?.problem, example?.server, example?.hint]) {
        assert.notMatch(text ?? "", /\{\w+\}|undefined|  /u)
      }
    })
  )

  it.effect.each(cases)("$code accepts the neighbour of its bad file $index", ({ code, pair }) =>
    Effect.gen(function* () {
      assert.notInclude(codes(yield* check(pair.good, pair)), code)
    })
  )

  it.effect.each(cases)("the neighbour of bad file $index of $code is valid", ({ pair }) =>
    Effect.gen(function* () {
      const { errors } = yield* check(pair.good, pair)
      assert.deepStrictEqual(errors, [])
    })
  )
})
