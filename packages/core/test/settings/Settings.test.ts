import { SinkError, SourceError } from "@chatferry/core"
import { type Fingerprint, Setting, Settings } from "@chatferry/core/settings"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Redacted, Schema } from "effect"

/** One of each. */
const Config = Schema.Struct({
  directory: Setting.path,
  inputs: Setting.paths,
  mode: Settings.withDefault(Setting.oneOf("jsonl", "json-array", "csv"), "jsonl"),
  count: Settings.withDefault(Setting.whole(1, 100), 10),
  most: Settings.optional(Setting.whole()),
  isQuick: Settings.withDefault(Setting.flag, false),
  wait: Settings.incidental(Settings.withDefault(Setting.millis, "2 seconds")),
  pauses: Settings.incidental(Settings.withDefault(Setting.pauses, ["10 millis", "1 minute"])),
  from: Settings.optional(Setting.time),
  baseUrl: Settings.incidental(Settings.withDefault(Setting.baseUrl, "https://api.example/v1//")),
  token: Settings.optional(Setting.secret),
  onState: Settings.optional(Setting.callback<() => number>()),
  users: Settings.optional(Setting.listOf(Setting.name)),
  names: Settings.withDefault(Setting.byName(Setting.name, "names by id"), {}),
  budget: Settings.withDefault(
    Schema.Struct({
      percent: Settings.withDefault(
        Setting.number("above 0", (one) => one > 0),
        1
      )
    }),
    {}
  ),
  types: Settings.optional(
    Schema.Union([Schema.Struct({ group: Setting.name }), Setting.oneOf("sync")]).annotate({
      expected: 'an object such as { group: "messaging" } or "sync"'
    })
  )
}).check(
  Settings.rules(({ count, most }) =>
    most !== undefined && most < count ? [[["most"], "must not be less than count"]] : []
  )
)

const given = { directory: "./out", inputs: "./in" }

const messageOf = (settings: unknown) =>
  Effect.map(Effect.flip(Settings.decode(Config, settings)), ({ message }) => message)

describe("Settings.decode", () => {
  it.effect("fills in defaults, and treats a path as a list of one", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Settings.decode(Config, given), {
        directory: "./out",
        inputs: ["./in"],
        mode: "jsonl",
        count: 10,
        isQuick: false,
        wait: 2000,
        pauses: [10, 60_000],
        baseUrl: "https://api.example/v1",
        names: {},
        budget: { percent: 1 }
      })
    })
  )

  it.effect("accepts undefined for each optional setting", () =>
    Effect.gen(function* () {
      const nothing = Object.fromEntries(Object.keys(Config.fields).map((key) => [key, undefined]))
      const decoded: Readonly<Record<string, unknown>> = yield* Settings.decode(Config, {
        ...nothing,
        ...given,
        budget: { percent: undefined }
      })
      for (const [key, value] of Object.entries(yield* Settings.decode(Config, given))) {
        assert.deepStrictEqual(decoded[key], value, key)
      }
    })
  )

  it.effect.each<{ readonly name: string; readonly settings: object; readonly message: string }>([
    {
      name: "a key that nobody knows, with the one that was meant",
      settings: { conut: 3 },
      message: "conut is not a setting; did you mean count?"
    },
    {
      name: "a key in another case",
      settings: { isquick: true },
      message: "isquick is not a setting; did you mean isQuick?"
    },
    {
      name: "a key that is like no other",
      settings: { elephant: 3 },
      message: "elephant is not a setting"
    },
    {
      name: "an unknown key of a nested object, with what there is",
      settings: { budget: { elephant: 3 } },
      message: "budget.elephant is not a setting (the settings are percent)"
    },
    {
      name: "a required setting under a wrong name, once",
      settings: { directory: undefined, inputs: "./in", types: { grup: "a" } },
      message: "directory is missing: it must be a path; types.grup is not a setting; did you mean group?"
    },
    {
      name: "a word",
      settings: { mode: "json" },
      message: 'mode must be "jsonl", "json-array" or "csv", but is "json"'
    },
    {
      name: "null",
      settings: { mode: null },
      message: 'mode must be "jsonl", "json-array" or "csv", but is null'
    },
    {
      name: "a fraction",
      settings: { count: 1.5 },
      message: "count must be a whole number from 1 to 100, but is 1.5"
    },
    {
      name: "NaN",
      settings: { most: Number.NaN },
      message: "most must be a whole number of at least 1, but is NaN"
    },
    {
      name: "a number as text",
      settings: { most: "3" },
      message: 'most must be a whole number of at least 1, but is "3"'
    },
    {
      name: "a flag as text",
      settings: { isQuick: "false" },
      message: 'isQuick must be true or false, but is "false"'
    },
    {
      name: "a duration",
      settings: { wait: "soon" },
      message: 'wait must be a duration, such as "30 seconds", but is "soon"'
    },
    {
      name: "a negative duration",
      settings: { wait: -1 },
      message: 'wait must be a duration, such as "30 seconds", but is -1'
    },
    {
      name: "no duration in a pair",
      settings: { pauses: ["1 second", {}] },
      message: 'pauses[1] must be a duration, such as "30 seconds", but is an object'
    },
    {
      name: "a pair of three",
      settings: { pauses: [1, 2, 3] },
      message: "pauses must be two durations, the first not longer than the second, but is a list of 3"
    },
    {
      name: "a pair in the wrong order",
      settings: { pauses: [3, 2] },
      message: "pauses must be two durations, the first not longer than the second, but is a list of 2"
    },
    {
      name: "a time",
      settings: { from: "yesterday" },
      message: 'from must be a time, such as 2024-05-01T00:00:00Z, but is "yesterday"'
    },
    { name: "an empty path", settings: { directory: "" }, message: 'directory must be a path, but is ""' },
    {
      name: "an empty list of paths",
      settings: { inputs: [] },
      message: "inputs must be a path or a list of paths, but is an empty list"
    },
    {
      name: "an empty path in a list",
      settings: { inputs: ["a", ""] },
      message: 'inputs[1] must be a path, but is ""'
    },
    {
      name: "no path in a list",
      settings: { inputs: ["a", 7] },
      message: "inputs[1] must be a path, but is 7"
    },
    {
      name: "paths that are a number",
      settings: { inputs: 7 },
      message: "inputs must be a path or a list of paths, but is 7"
    },
    {
      name: "no function",
      settings: { onState: "log" },
      message: 'onState must be a function, but is "log"'
    },
    {
      name: "an empty list",
      settings: { users: [] },
      message: "users must be a list that is not empty, but is an empty list"
    },
    {
      name: "a value by a name that needs quotes",
      settings: { names: { "a b\n": "" } },
      message: String.raw`names["a b\u000a"] must be text that is not empty, but is ""`
    },
    {
      name: "a number in a nested object",
      settings: { budget: { percent: 0 } },
      message: "budget.percent must be above 0, but is 0"
    },
    {
      name: "an object or a word",
      settings: { types: "snyc" },
      message: 'types must be an object such as { group: "messaging" } or "sync", but is "snyc"'
    },
    {
      name: "a class",
      settings: { types: new Date(0) },
      message: "types.group is missing: it must be text that is not empty"
    },
    {
      name: "two that do not go together",
      settings: { count: 10, most: 9 },
      message: "most must not be less than count"
    },
    {
      name: "all that is wrong at once",
      settings: { count: 0, elephant: 1, isQuick: 1, budget: { percent: "1" } },
      message:
        "elephant is not a setting; count must be a whole number from 1 to 100, but is 0; isQuick must be true or false, but is 1; " +
        'budget.percent must be above 0, but is "1"'
    }
  ])("rejects $name", ({ message, settings }) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* messageOf({ ...given, ...settings }), message)
    })
  )

  it.effect.each([undefined, null, "./in", 3, [given]])("rejects %s as a configuration", (settings) =>
    Effect.gen(function* () {
      assert.match(yield* messageOf(settings), /^the configuration /u)
    })
  )

  it.effect("does not show secrets, and quotes other values in short form on one line", () =>
    Effect.gen(function* () {
      for (const token of ["hunter2", Redacted.make(""), Redacted.make(7)]) {
        const message = yield* messageOf({ ...given, token })
        assert.strictEqual(message, "token must be a Redacted text that is not empty, as Redacted.make gives")
      }
      const address = yield* messageOf({ ...given, baseUrl: "https://user:hunter2@api.example" })
      assert.strictEqual(address, "baseUrl must be an http or https address without a query")
      const long = yield* messageOf({ ...given, mode: `\u001b[31m\n${"x".repeat(5000)}` })
      assert.isBelow(long.length, 150)
      assert.match(long, /^[ -~…]*$/u)
    })
  )

  it.effect.each(["ftp://api.example", "api.example", "https://api.example/?a=b", "https://u:p@api.example"])(
    "rejects %s as the base URL of an API",
    (baseUrl) =>
      Effect.gen(function* () {
        assert.include(yield* messageOf({ ...given, baseUrl }), "baseUrl must be")
      })
  )

  it.effect("uses one class of error for sources and sinks, with the path of each setting", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Settings.decode(Config, { ...given, count: 0, budget: { percent: 0 } })
      )
      assert.instanceOf(error, SourceError.InvalidConfig)
      assert.instanceOf(error, SinkError.InvalidConfig)
      assert.strictEqual(error.setting, "count")
      assert.deepStrictEqual(
        error.more?.map(({ setting }) => setting),
        ["budget.percent"]
      )
    })
  )

  it.effect("decodes the same values again to the same settings", () =>
    Effect.gen(function* () {
      const one = yield* Effect.exit(Settings.decode(Config, given))
      assert.deepStrictEqual(yield* Effect.exit(Settings.decode(Config, given)), one)
      assert(Exit.isSuccess(one))
    })
  )
})

describe("Settings.fingerprint", () => {
  const fingerprintOf = (settings: object): Effect.Effect<Fingerprint.Fingerprint, unknown> =>
    Effect.map(Settings.decode(Config, { ...given, ...settings }), (decoded) =>
      Settings.fingerprint(Config, decoded)
    )

  it.effect("contains all settings and defaults that change the output", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* fingerprintOf({ wait: 1, from: 7 }), {
        directory: "./out",
        inputs: ["./in"],
        mode: "jsonl",
        count: 10,
        isQuick: false,
        from: 7,
        names: {},
        budget: { percent: 1 }
      })
    })
  )

  it.effect("contains hashes of secrets and functions", () =>
    Effect.gen(function* () {
      const one = yield* fingerprintOf({ token: Redacted.make("hunter2"), onState: () => 1 })
      const other = yield* fingerprintOf({ token: Redacted.make("hunter3"), onState: () => 2 })
      assert.notInclude(JSON.stringify(one), "hunter")
      assert.notDeepEqual(one["token"], other["token"])
      assert.notDeepEqual(one["onState"], other["onState"])
    })
  )
})

describe("Settings.partly", () => {
  const fields = {
    token: Setting.secret,
    directory: Setting.path,
    wait: Settings.withDefault(Setting.millis, 5)
  }
  const Partly = Schema.Struct(Settings.partly(fields, ["token", "directory"]))

  it.effect("makes the named settings optional, and checks them if they are present", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Settings.decode(Partly, {}), { wait: 5 })
      assert.deepStrictEqual(yield* Settings.decode(Partly, { directory: "a", token: undefined }), {
        directory: "a",
        token: undefined,
        wait: 5
      })
      const { message } = yield* Effect.flip(Settings.decode(Partly, { directory: 1 }))
      assert.include(message, "directory must be")
    })
  )

  it.effect("requires the others", () =>
    Effect.gen(function* () {
      const Other = Schema.Struct(Settings.partly(fields, ["token"]))
      const { message } = yield* Effect.flip(Settings.decode(Other, {}))
      assert.include(message, "directory")
    })
  )
})
