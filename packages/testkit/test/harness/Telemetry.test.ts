import { Telemetry } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, Redacted } from "effect"

it.effect("records logs of all levels, spans with their attributes, failures and defects", () =>
  Effect.gen(function* () {
    const telemetry = Telemetry.make()
    const outcome = yield* telemetry.listen(
      Effect.gen(function* () {
        yield* Effect.logTrace("whispered", { in: "a trace" })
        yield* Effect.void.pipe(Effect.withSpan("Outer.inner", { attributes: { key: "attributed" } }))
        return 7
      }).pipe(Effect.withSpan("Outer"))
    )
    assert.deepStrictEqual(outcome, Exit.succeed(7))
    yield* telemetry.listen(Effect.fail({ reason: "failed softly" }))
    yield* telemetry.listen(Effect.die(new Error("died loudly", { cause: "deep down" })))
    const text = telemetry.text()
    for (const expected of [
      "whispered",
      "a trace",
      "Outer.inner",
      "attributed",
      "failed softly",
      "died loudly"
    ]) {
      assert.include(text, expected)
    }
    assert.isAbove(telemetry.count(), 5)
  })
)

it.effect("names the span, the log or the failure that contains a text", () =>
  Effect.gen(function* () {
    const telemetry = Telemetry.make()
    yield* telemetry.listen(
      Effect.succeed({ answer: ["canary-1"] }).pipe(Effect.withSpan("Outer.inner"), Effect.withSpan("Outer"))
    )
    yield* telemetry.listen(Effect.logInfo("token", { in: "canary-2" }))
    yield* telemetry.listen(Effect.fail(new Error("canary-3")))
    const found = ["canary-1", "canary-2", "canary-3"].map((text) => telemetry.find(["other", text]))
    assert.deepStrictEqual(
      found.map((one) => [one?.text, one?.in]),
      [
        [1, "the span Outer"],
        [1, "a log"],
        [1, "a failure"]
      ]
    )
    assert.include(found[0]?.path, ".answer[0]")
    assert.strictEqual(telemetry.find(["other"]), undefined)
  })
)

it.effect("keeps redacted values redacted, and finds others", () =>
  Effect.gen(function* () {
    const telemetry = Telemetry.make()
    yield* telemetry.listen(Effect.logInfo("token", Redacted.make("canary-1")))
    assert.notInclude(telemetry.text(), "canary-1")
    yield* telemetry.listen(Effect.logInfo("token", "canary-2"))
    assert.include(telemetry.text(), "canary-2")
  })
)

it.effect("records nothing for a silent success", () =>
  Effect.gen(function* () {
    const telemetry = Telemetry.make()
    yield* telemetry.listen(Effect.succeed("canary"))
    assert.strictEqual(telemetry.count(), 0)
    assert.notInclude(telemetry.text(), "canary")
  })
)
