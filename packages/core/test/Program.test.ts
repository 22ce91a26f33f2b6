import {
  Ledger,
  MigrationError,
  Program,
  Progress,
  type Report,
  SinkError,
  SourceError
} from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import {
  Config,
  ConfigProvider,
  Console,
  Duration,
  Effect,
  Fiber,
  Redacted,
  Runtime,
  Sink,
  Stdio,
  Stream
} from "effect"

const report: Report.Report = {
  migration: "m",
  source: "s",
  fingerprint: "f",
  status: "completed",
  rejected: 0,
  rejects: "rejects.ndjson",
  sinks: []
}

/** Runs a program and returns its exit code and its output. */
const ended = (
  migration: Effect.Effect<Report.Report, unknown>,
  {
    isInterrupted = true,
    isTerminal = false,
    ...options
  }: Omit<Program.Options, "command"> & {
    readonly isInterrupted?: boolean
    readonly isTerminal?: boolean
  } = {}
) =>
  Effect.gen(function* () {
    const out: Array<string> = []
    const error: Array<string> = []
    const console = yield* Console.Console
    const recording: Console.Console = {
      ...console,
      log: (text: string) => void out.push(text),
      error: (...words: ReadonlyArray<string>) => void error.push(words.join(" "))
    }
    const fiber = yield* Effect.forkChild(
      Program.run(migration, { command: "again", ...options }).pipe(
        Effect.provideService(Console.Console, recording),
        Effect.provide(
          Stdio.layerTest({
            stderrIsTerminal: Effect.succeed(isTerminal),
            stderr: () => Sink.forEach((text) => Effect.sync(() => error.push(String(text))))
          })
        )
      )
    )
    yield* Effect.yieldNow
    if (isInterrupted) yield* Fiber.interrupt(fiber)
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

  it.effect("exits 3 after a failure that can be fixed, and ends with the command to continue", () =>
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

  it.effect("exits 1 if a transform fails, and shows the location in its code", () =>
    Effect.gen(function* () {
      const reason = new MigrationError.TransformFailed({
        transform: "names",
        kind: "user",
        key: "ada",
        location: "users.json",
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
    new MigrationError.CheckpointRejected({ path: "p", why: "changed", problem: "The input changed" })
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

  it.effect.each([
    new MigrationError.AlreadyRunning({ path: "p", holder: undefined }),
    new MigrationError.OwnershipLost({ path: "p", holder: undefined }),
    new MigrationError.OutOfBalance({ where: "s", kind: "user", missing: 1 }),
    new SinkError.InvalidOutput({ directory: "d", problems: [] })
  ])("exits 3 after $_tag and does not offer to continue, because that would not help", (reason) =>
    Effect.gen(function* () {
      const { code, error } = yield* ended(
        reason._tag === "InvalidOutput"
          ? Effect.fail(new SinkError.SinkError({ sink: "s", reason }))
          : migrationError(reason)
      )
      assert.strictEqual(code, 3)
      assert.notInclude(error.join("\n"), "To continue")
    })
  )

  it.effect("exits 1 if a file has the name of a folder", () =>
    Effect.gen(function* () {
      const cause = Object.assign(new Error("ENOTDIR: not a directory, mkdir 'out'"), { code: "ENOTDIR" })
      const { code, error } = yield* ended(
        migrationError(new MigrationError.StateFailed({ path: "out", cause }))
      )
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(error, [
        "migration m: cannot keep the state in out: not a directory. A folder is needed there: choose another path."
      ])
    })
  )

  it.effect.each([
    { name: "missing", env: {} },
    { name: "empty", env: { TOKEN: "" } }
  ])("exits 1 and says how to set a secret that is $name", ({ env }) =>
    Effect.gen(function* () {
      const { code, error } = yield* ended(
        Effect.as(Program.secret("TOKEN", "the token is in the dashboard"), report).pipe(
          Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env)))
        )
      )
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(error, [
        "TOKEN is not set: export TOKEN=… and run again; the token is in the dashboard"
      ])
    })
  )

  it.effect("returns a secret that is set", () =>
    Effect.gen(function* () {
      const found = yield* Effect.provide(
        Program.secret("TOKEN"),
        ConfigProvider.layer(ConfigProvider.fromUnknown({ TOKEN: "t" }))
      )
      assert.strictEqual(Redacted.value(found), "t")
    })
  )

  it.effect("exits 1 and says how to set a variable that the program's own Config misses", () =>
    Effect.gen(function* () {
      const config = Config.all({ url: Config.String("URL"), port: Config.Int("PORT") }).pipe(
        Config.nested("DB")
      )
      const with_ = (values: object) =>
        ended(
          Effect.as(config, report).pipe(
            Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ DB: values })))
          )
        )
      const missing = yield* with_({ PORT: 1 })
      assert.strictEqual(missing.code, 1)
      assert.deepStrictEqual(missing.error, ["DB_URL is not set: export DB_URL=… and run again"])
      const wrong = yield* with_({ URL: "u", PORT: "canary" })
      assert.strictEqual(wrong.code, 1)
      assert.include(wrong.error[0], "PORT")
      assert.notInclude(wrong.error.join("\n"), "canary")
      assert.notInclude(wrong.error.join("\n"), "    at ")
    })
  )

  it.effect("names the variables that the command needs, without their values", () =>
    Effect.gen(function* () {
      const { error } = yield* ended(Effect.never, { variables: ["TOKEN", "KEY"] })
      assert.deepStrictEqual(error, [
        "First set TOKEN and KEY, unless they are still set.\nTo continue: again"
      ])
      const one = yield* ended(Effect.never, { variables: ["TOKEN"] })
      assert.deepStrictEqual(one.error, ["First set TOKEN, unless it is still set.\nTo continue: again"])
    })
  )

  describe("shows progress", () => {
    const progress: Progress.Progress = {
      migration: "m",
      step: Progress.READING,
      done: 1,
      total: 2,
      resumedAt: 0,
      location: "",
      ledger: Ledger.empty,
      records: 1,
      elapsed: Duration.zero
    }
    /** Like a migration without its own renderer. */
    const migration = (meanwhile: Effect.Effect<void> = Effect.void) =>
      Effect.gen(function* () {
        const renderer = yield* Progress.Default
        if (renderer !== undefined) yield* renderer(Stream.succeed(progress))
        yield* meanwhile
        return report
      })

    it.effect("of a migration without its own renderer, on standard error", () =>
      Effect.gen(function* () {
        const { error, out } = yield* ended(migration(), { isInterrupted: false })
        assert.deepStrictEqual(error, ["reading, 50 %, 1 records\n"])
        assert.deepStrictEqual(out, ["No record was rejected."])
      })
    )

    it.effect("unless it is switched off", () =>
      Effect.gen(function* () {
        const { error } = yield* ended(migration(), {
          progress: "none",
          isInterrupted: false,
          isTerminal: true
        })
        assert.deepStrictEqual(error, [])
      })
    )

    it.effect("and clears the progress bar before a log line", () =>
      Effect.gen(function* () {
        const { error } = yield* ended(migration(Effect.logWarning("waiting")), {
          isInterrupted: false,
          isTerminal: true
        })
        const last = error.at(-1) ?? ""
        assert.isTrue(last.startsWith(Progress.REWRITE) && last.includes("waiting"), last)
      })
    )
  })

  it.effect("shows the location of an engine error, but not its message, which may quote data", () =>
    Effect.gen(function* () {
      const { code, error } = yield* ended(Effect.sync(() => JSON.parse('{"name": canary}') as never))
      assert.strictEqual(code, 3)
      assert.include(error[0], "SyntaxError")
      assert.include(error[0], "Program.test.ts")
      assert.notInclude(error.join("\n"), "canary")
    })
  )

  it.effect("prints external text only escaped", () =>
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

describe("Program.runPromise", () => {
  it.effect("rejects with an AbortError when it is aborted, after written data is committed", () =>
    Effect.promise(async () => {
      const controller = new AbortController()
      const why = new Error("enough")
      let isCommitted = false
      const running = Program.runPromise(
        Effect.onInterrupt(
          Effect.andThen(
            Effect.sync(() => controller.abort(why)),
            Effect.never
          ),
          () =>
            Effect.sync(() => {
              isCommitted = true
            })
        ),
        { signal: controller.signal }
      )
      const error = await running.catch((cause: unknown) => cause)
      assert.instanceOf(error, Program.AbortError)
      assert.strictEqual(error.name, "AbortError")
      assert.strictEqual(error.code, "ABORT_ERR")
      assert.strictEqual(error.cause, why)
      assert.isTrue(isCommitted)
    })
  )

  it.effect("resolves with the result, and rejects with the error itself", () =>
    Effect.promise(async () => {
      assert.strictEqual(await Program.runPromise(Effect.succeed(1)), 1)
      const error = new MigrationError.InvalidConfig({ setting: "id", problem: "no" })
      const { signal } = new AbortController()
      assert.strictEqual(
        await Program.runPromise(Effect.fail(error), { signal }).catch((cause: unknown) => cause),
        error
      )
    })
  )
})
