import { Overheard } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, Redacted } from "effect"

it.effect("hears logs of all levels, spans with their attributes, failures and defects", () =>
  Effect.gen(function* () {
    const overheard = Overheard.make()
    const outcome = yield* overheard.listen(
      Effect.gen(function* () {
        yield* Effect.logTrace("whispered", { in: "a trace" })
        yield* Effect.void.pipe(Effect.withSpan("Outer.inner", { attributes: { key: "attributed" } }))
        return 7
      }).pipe(Effect.withSpan("Outer"))
    )
    assert.deepStrictEqual(outcome, Exit.succeed(7))
    yield* overheard.listen(Effect.fail({ reason: "failed softly" }))
    yield* overheard.listen(Effect.die(new Error("died loudly", { cause: "deep down" })))
    const text = overheard.text()
    for (const said of [
      "whispered",
      "a trace",
      "Outer.inner",
      "attributed",
      "failed softly",
      "died loudly"
    ]) {
      assert.include(text, said)
    }
    assert.isAbove(overheard.count(), 5)
  })
)

it.effect("names the span, the log or the failure that says a text", () =>
  Effect.gen(function* () {
    const overheard = Overheard.make()
    yield* overheard.listen(
      Effect.succeed({ answer: ["canary-1"] }).pipe(Effect.withSpan("Outer.inner"), Effect.withSpan("Outer"))
    )
    yield* overheard.listen(Effect.logInfo("token", { in: "canary-2" }))
    yield* overheard.listen(Effect.fail(new Error("canary-3")))
    const told = ["canary-1", "canary-2", "canary-3"].map((text) => overheard.find(["other", text]))
    assert.deepStrictEqual(
      told.map((found) => [found?.text, found?.in]),
      [
        [1, "the span Outer"],
        [1, "a log"],
        [1, "a failure"]
      ]
    )
    assert.include(told[0]?.path, ".answer[0]")
    assert.strictEqual(overheard.find(["other"]), undefined)
  })
)

it.effect("keeps redacted what is redacted, and tells what is not", () =>
  Effect.gen(function* () {
    const overheard = Overheard.make()
    yield* overheard.listen(Effect.logInfo("token", Redacted.make("canary-1")))
    assert.notInclude(overheard.text(), "canary-1")
    yield* overheard.listen(Effect.logInfo("token", "canary-2"))
    assert.include(overheard.text(), "canary-2")
  })
)

it.effect("hears nothing of what goes well in silence", () =>
  Effect.gen(function* () {
    const overheard = Overheard.make()
    yield* overheard.listen(Effect.succeed("canary"))
    assert.strictEqual(overheard.count(), 0)
    assert.notInclude(overheard.text(), "canary")
  })
)
