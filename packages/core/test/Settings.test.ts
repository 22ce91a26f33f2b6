import { Settings, SinkError, SourceError } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"

describe("Settings", () => {
  it.effect("gives what was checked", () =>
    Effect.gen(function* () {
      const settings = yield* Settings.resolve(() => ({
        count: Settings.wholeOf("count", 3),
        wait: Settings.millisOf("wait", "2 seconds"),
        pauses: Settings.pausesOf("pauses", ["10 millis", "1 minute"]),
        from: Settings.timeOf("from", "2024-05-01T00:00:00Z"),
        baseUrl: Settings.baseUrlOf("baseUrl", "https://api.example/v1//")
      }))
      assert.deepStrictEqual(settings, {
        count: 3,
        wait: 2000,
        pauses: [10, 60_000],
        from: Date.UTC(2024, 4, 1),
        baseUrl: "https://api.example/v1"
      })
    })
  )

  it.effect.each<{ readonly name: string; readonly read: () => unknown; readonly message: string }>([
    {
      name: "0",
      read: () => Settings.wholeOf("count", 0),
      message: "count: must be a whole number of at least 1"
    },
    {
      name: "half of one",
      read: () => Settings.wholeOf("count", 1.5),
      message: "count: must be a whole number of at least 1"
    },
    {
      name: "a duration without a unit",
      read: () => Settings.millisOf("wait", "2" as "2 seconds"),
      message: "wait: is no duration"
    },
    {
      name: "a pair with a bad end",
      read: () => Settings.pausesOf("pauses", [1, "x" as "1 second"]),
      message: "pauses: is no duration"
    },
    {
      name: "a time that is none",
      read: () => Settings.timeOf("from", "yesterday"),
      message: "from: is no time"
    },
    {
      name: "a problem of its own",
      read: () => Settings.invalid("mode", "must be upsert"),
      message: "mode: must be upsert"
    },
    ...[
      "api.example",
      "ftp://api.example",
      "https://a.example?b",
      "https://a.example#b",
      "https://u:p@a.example"
    ].map((url) => ({
      name: url,
      read: () => Settings.baseUrlOf("baseUrl", url),
      message: "baseUrl: must be an http or https address without a query"
    }))
  ])("refuses $name", ({ message, read }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Settings.resolve(read))
      assert.strictEqual(error.message, message)
      assert.instanceOf(error, SourceError.InvalidConfig)
      assert.instanceOf(error, SinkError.InvalidConfig)
    })
  )

  it.effect("takes what else is thrown for a defect", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(
        Settings.resolve(() => {
          throw new TypeError("oops")
        })
      )
      assert.isTrue(Exit.hasDies(exit))
    })
  )
})
