import { inspect } from "node:util"
import { MigrationError, Program, SinkError, SourceError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { assert, describe, it } from "@effect/vitest"
import { Effect, PlatformError } from "effect"

const system = Object.assign(new Error("EACCES: permission denied, open '/a'"), { code: "EACCES" })
const platform = PlatformError.systemError({
  _tag: "PermissionDenied",
  module: "FileSystem",
  method: "open",
  pathOrDescriptor: "/a",
  cause: system
})

const wrapped = (cause: unknown) => [
  new SourceError.SourceError({ source: "s", reason: new SourceError.ReadFailed({ path: "/a", cause }) }),
  new SinkError.SinkError({ sink: "s", reason: new SinkError.WriteFailed({ path: "/a", cause }) }),
  new MigrationError.MigrationError({
    migration: "s",
    reason: new MigrationError.StateFailed({ path: "/a", cause })
  })
]

describe("errors", () => {
  it("are shown with message, stack and the cause of their reason", () => {
    for (const error of [...wrapped(system), ...wrapped(platform)]) {
      const shown = inspect(error)
      assert.isTrue(shown.startsWith(`${error.name}: ${error.message}\n    at `), shown)
      assert.include(shown, "TaggedError.test.ts")
      assert.include(shown, "[cause]: ")
      assert.include(shown, "code: 'EACCES'")
      assert.notInclude(shown, "_tag")
      assert.strictEqual(error.cause, system)
    }
  })

  it("are shown without a cause if there is none", () => {
    for (const error of [
      new MigrationError.InvalidConfig({ setting: "id", problem: "no" }),
      new SourceError.CorruptInput({ location: "a.zip", problem: "broken", hint: "Fix it." }),
      new Json.InvalidJson({ at: 1 }),
      new Program.Ended({ code: 3 }),
      new Program.MissingVariable({ variable: "TOKEN" })
    ]) {
      const shown = inspect(error)
      assert.include(shown, error.message)
      assert.match(shown, /\n {4}at .*TaggedError\.test\.ts/u)
      assert.notInclude(shown, "cause")
    }
  })

  it("hide causes whose message may quote data, and escape external text", () => {
    const quoting = Effect.runSync(
      Effect.flip(Effect.try({ try: () => JSON.parse('{"name": canary}') as never, catch: (cause) => cause }))
    )
    for (const error of wrapped(quoting)) {
      assert.notInclude(inspect(error), "canary")
      assert.isUndefined(error.cause)
    }
    for (const error of wrapped(new Error("evil\u001b[2J\u202e"))) {
      assert.notMatch(inspect(error).replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u)
    }
  })
})
