import { SinkError } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

describe("SinkError.attempt", () => {
  it.effect("returns the result of the code, and turns exceptions into failures of the sink", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* SinkError.attempt("mine", "/a", () => 5), 5)
      const cause = new Error("disk full")
      const error = yield* Effect.flip(
        SinkError.attempt("mine", "/a", () => {
          throw cause
        })
      )
      assert.strictEqual(error.message, "mine: cannot write /a: disk full")
      assert.deepInclude(error.reason, { _tag: "WriteFailed", path: "/a", cause })
    })
  )
})
