import { Ledger, MigrationError, Program, type Report, SourceError } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Console, Effect, Fiber, Runtime } from "effect"

const report: Report.Report = {
  migration: "m",
  source: "s",
  fingerprint: "f",
  status: "completed",
  rejected: 0,
  rejects: "rejects.ndjson",
  sinks: []
}

/** Runs a program and gives its exit code and what it printed. */
const ended = (migration: Effect.Effect<Report.Report, unknown>) =>
  Effect.gen(function* () {
    const out: Array<string> = []
    const error: Array<string> = []
    const console = yield* Console.Console
    const recording: Console.Console = {
      ...console,
      log: (text: string) => void out.push(text),
      error: (text: string) => void error.push(text)
    }
    const fiber = yield* Effect.forkChild(
      Effect.provideService(Program.run(migration, { command: "again" }), Console.Console, recording)
    )
    yield* Effect.yieldNow
    yield* Fiber.interrupt(fiber)
    const exit = yield* Fiber.await(fiber)
    let code = -1
    Runtime.defaultTeardown(exit, (value) => {
      code = value
    })
    return { code, out, error }
  })

const migrationError = (reason: MigrationError.MigrationErrorReason) =>
  Effect.fail(new MigrationError.MigrationError({ migration: "m", reason }))

describe("Program.run", () => {
  it.effect("prints the report and exits 0", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ended(Effect.succeed(report)), {
        code: 0,
        out: ["No record was rejected."],
        error: []
      })
    })
  )

  it.effect("exits 2 when records were rejected", () =>
    Effect.gen(function* () {
      const { code, out } = yield* ended(
        Effect.succeed({ ...report, status: "completed_with_rejects", rejected: 3 })
      )
      assert.strictEqual(code, 2)
      assert.include(out[0], "3 records were rejected; they are in rejects.ndjson")
    })
  )

  it.effect("exits 3 after a failure that can be mended, and ends with the command to continue", () =>
    Effect.gen(function* () {
      const failure = new SourceError.SourceError({
        source: "sendbird",
        reason: new SourceError.ReadFailed({ path: "a.zip", cause: new Error("EACCES: permission denied") })
      })
      assert.deepStrictEqual(yield* ended(Effect.fail(failure)), {
        code: 3,
        out: [],
        error: ["sendbird: cannot read a.zip: EACCES: permission denied", "To continue: again"]
      })
    })
  )

  it.effect("exits 1 when a transform fails, and says where in its code", () =>
    Effect.gen(function* () {
      const reason = new MigrationError.TransformFailed({
        transform: "names",
        kind: "user",
        key: "ada",
        place: "users.json",
        problem: "it failed: an unexpected failure (TypeError)",
        frames: ["at nameOf (migrate.ts:3:5)", "at migrate.ts:9:1"]
      })
      assert.deepStrictEqual(yield* ended(migrationError(reason)), {
        code: 1,
        out: [],
        error: [
          'migration m: transform "names" for user ada, in the batch that ends at users.json: it failed: an unexpected failure (TypeError) (at nameOf (migrate.ts:3:5))\n    at migrate.ts:9:1'
        ]
      })
    })
  )

  it.effect.each([
    new MigrationError.InvalidConfig({ setting: "id", problem: "no" }),
    new MigrationError.CheckpointRefused({ path: "p", why: "changed", problem: "The input changed" })
  ])("exits 1 after $_tag and does not offer to continue", (reason) =>
    Effect.gen(function* () {
      const { code, error } = yield* ended(migrationError(reason))
      assert.strictEqual(code, 1)
      assert.strictEqual(error.length, 1)
    })
  )

  it.effect("exits 130 when interrupted, and ends with the command to continue", () =>
    Effect.gen(function* () {
      const { code, error } = yield* ended(Effect.never)
      assert.strictEqual(code, 130)
      assert.deepStrictEqual(error, ["To continue: again"])
    })
  )

  it.effect("shows where a defect of the engine came from, and not its message, which may quote data", () =>
    Effect.gen(function* () {
      const { code, error } = yield* ended(Effect.sync(() => JSON.parse('{"name": canary}') as never))
      assert.strictEqual(code, 3)
      assert.include(error[0], "SyntaxError")
      assert.include(error[0], "Program.test.ts")
      assert.notInclude(error.join("\n"), "canary")
    })
  )

  it.effect("prints nothing raw that came from outside", () =>
    Effect.gen(function* () {
      const name = "evil\u001B[2J\u202E.zip"
      const failure = new SourceError.SourceError({
        source: "sendbird",
        reason: new SourceError.ReadFailed({ path: name, cause: new Error(`gone: ${name}`) })
      })
      const shown = [
        ...(yield* ended(Effect.fail(failure))).error,
        ...(yield* ended(Effect.die(new Error(name)))).error,
        ...(yield* ended(
          Effect.succeed({
            ...report,
            rejected: 1,
            rejects: name,
            sinks: [
              {
                sink: name,
                directory: name,
                files: [{ path: name, bytes: 1, sha256: "", records: 1 }],
                ledger: { ...Ledger.empty, notes: { [name]: 1 } },
                consequences: [
                  { code: name, outcome: "noted", count: 1, effect: "lost", says: name, action: name }
                ]
              }
            ]
          })
        )).out
      ]
      assert.notMatch(shown.join("").replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u)
      assert.include(shown.join(""), String.raw`evil\u001b[2J\u202e.zip`)
    })
  )

  it.effect("shows a defect with its stack and exits 3", () =>
    Effect.gen(function* () {
      const { code, error } = yield* ended(Effect.die(new Error("boom")))
      assert.strictEqual(code, 3)
      assert.include(error[0], "boom")
      assert.include(error[0], "Program.test.ts")
    })
  )
})
