import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { HostileJson } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { array, lines, member, user, write } from "./files.ts"
import { screen } from "./terminal.ts"

/** The report about a file, as a value and as text. */
const report = (content: string, settings: StreamImportValidator.Settings = {}) =>
  Effect.gen(function* () {
    const files = yield* write([content])
    const result = yield* StreamImportValidator.validate({ files, settings })
    const value = yield* StreamImportValidator.errorReport(result)
    const pieces = yield* Stream.runCollect(StreamImportValidator.formatErrorReport(result))
    return { value, pieces, printed: pieces.join("") }
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

const wrong = (more: string) => `{"type":"user","data":{"id":5,${more}}}\n`

describe("the report in Stream's format", () => {
  it.effect("has the invalid items, and the number of items of each type", () =>
    Effect.gen(function* () {
      for (const content of [lines(user("a b"), user()), array(user("a b"), user())]) {
        const { printed, value } = yield* report(content)
        assert.deepStrictEqual(value, {
          errors: [
            {
              error: String.raw`validation error: user.id invalid ("^[@\w-]*$" allowed)`,
              item_type: "user",
              item: { id: "a b" }
            }
          ],
          stats: { total: { messages: 0, members: 0, reactions: 0, channels: 0, users: 2 } }
        })
        assert.strictEqual(printed, `${JSON.stringify(value, undefined, 2)}\n`)
      }
    })
  )

  it.effect("is printed as JSON if there are no errors", () =>
    Effect.gen(function* () {
      const { printed, value } = yield* report(lines(user()))
      assert.deepStrictEqual(JSON.parse(printed), value)
      assert.deepStrictEqual(value.errors, [])
    })
  )

  it.effect("leaves out items that are too deep or too large to be shown", () =>
    Effect.gen(function* () {
      const { value } = yield* report(
        [
          wrong(`"a":${HostileJson.nested(98)}`),
          wrong(`"a":${HostileJson.nested(101)}`),
          wrong(`"a":"${"x".repeat(250_000)}"`),
          wrong(`"a":"${"x".repeat(263_000)}"`)
        ].join(""),
        { customBytes: 1_000_000 }
      )
      assert.deepStrictEqual(
        value.errors.map(({ item, item_type: type }) => [type, item !== undefined]),
        [
          ["user", true],
          ["user", false],
          ["user", true],
          ["user", false]
        ]
      )
    })
  )

  it.effect("shows numbers as in the file, as texts if JavaScript would change them", () =>
    Effect.gen(function* () {
      const { printed } = yield* report(
        wrong('"a":[9007199254740993,1e400,-1e400,100000000000000000000,1.50,9007199254740992]')
      )
      const { errors } = JSON.parse(printed) as StreamImportValidator.ErrorReport
      assert.deepStrictEqual(errors[0]?.item, {
        id: 5,
        a: ["9007199254740993", "1e400", "-1e400", 100000000000000000000, 1.5, 9007199254740992]
      })
    })
  )

  it.effect("escapes control characters of terminals without changing the meaning", () =>
    Effect.gen(function* () {
      const content = lines(user("\u009b31m\u202e"), member("ada", { "\u007f": "\u2028" }))
      const { printed, value } = yield* report(content)
      screen(printed)
      assert.deepStrictEqual(JSON.parse(printed), value)
      assert.deepStrictEqual(value.errors[0]?.item, { id: "\u009b31m\u202e" })
    })
  )

  it.effect("is streamed in chunks of one error each", () =>
    Effect.gen(function* () {
      const { pieces } = yield* report(lines(user("a b"), user("c d"), user("e f")))
      assert.strictEqual(pieces.length, 5)
    })
  )
})
