import { basename } from "node:path"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { afterAll, assert, it } from "@effect/vitest"
import { Deferred, Effect, FileSystem, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { once } from "./kept.ts"
import { digest, ended, runExample, spawn } from "./processes.ts"
import { isMany, property } from "./runs.ts"

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
const root = `${import.meta.dirname}/..`
const REWRITE = "\r\u001B[K"

const exported = (messages: number) =>
  Effect.gen(function* () {
    const at = yield* folder
    yield* SendbirdExport.writeZips(`${at}/export`, { seed: 5, messages })
    return { at, input: `${at}/export` }
  })

/** So long that a signal comes while it is read, and what a run of it gives that nothing disturbs. */
const long = once(
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const at = yield* fs.makeTempDirectory()
    yield* SendbirdExport.writeZips(`${at}/export`, { seed: 5, messages: 20_000 })
    return { at, input: `${at}/export` }
  }).pipe(Effect.provide(NodeServices.layer))
)
const undisturbed = once(
  Effect.gen(function* () {
    const { at, input } = yield* long
    return yield* finished(input, `${at}/undisturbed`)
  }).pipe(Effect.provide(NodeServices.layer))
)
afterAll(() =>
  Effect.runPromise(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* fs.remove((yield* long).at, { recursive: true })
    }).pipe(Effect.provide(NodeServices.layer))
  )
)

/** Runs a migration to its end and gives what is published. */
const finished = (input: string, out: string) =>
  Effect.gen(function* () {
    const { code, error } = yield* ended(spawn("migrate.program.ts", [input, out, "1000000000", "ndjson"]))
    assert.include([0, 2], code, error)
    return yield* digest(out)
  })

/** Signals a migration when it has read something and long before its first checkpoint. */
const signalled = (
  args: readonly [input: string, out: string],
  signal: ChildProcess.Signal,
  node: ReadonlyArray<string> = []
) =>
  Effect.gen(function* () {
    const child = yield* spawn("migrate.program.ts", [...args, "1000000000", "ndjson"], { node })
    const hasRead = yield* Deferred.make<void>()
    let error = ""
    const reading = Stream.runForEach(Stream.decodeText(child.stderr), (text) => {
      error += text
      return error.includes("reading, ") ? Deferred.succeed(hasRead, undefined) : Effect.void
    })
    const [, code] = yield* Effect.all(
      [
        reading,
        child.exitCode,
        Stream.runDrain(child.stdout),
        Effect.andThen(Deferred.await(hasRead), child.kill({ killSignal: signal }))
      ],
      { concurrency: 4 }
    )
    return { code: Number(code), error }
  }).pipe(Effect.scoped)

/** The environment of a new terminal: another Node, and none of this test's variables. */
const bare = () =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value = ""]) => {
      if (/^(?:npm_(?:lifecycle|package|execpath|node)|INIT_CWD$|NODE)/u.test(name)) return []
      const folders = value.split(":").filter((one) => !one.includes("node_modules"))
      return [[name, name === "PATH" ? folders.join(":") : value]]
    })
  )

const shell = (command: string, cwd: string, env: Record<string, string> = {}) =>
  ended(
    Effect.flatMap(ChildProcessSpawner.ChildProcessSpawner, (spawner) =>
      spawner.spawn(
        ChildProcess.make("bash", ["-c", command], { cwd, env: { ...bare(), ...env }, extendEnv: false })
      )
    )
  )

// `kill.test.ts` sends SIGINT to the same program.
const signals: ReadonlyArray<{ readonly signal: ChildProcess.Signal; readonly code: number }> = [
  { signal: "SIGHUP", code: 129 },
  { signal: "SIGTERM", code: 143 },
  ...(isMany ? [{ signal: "SIGINT", code: 130 } as const] : [])
]

it.layer(NodeServices.layer)("a program", (it) => {
  it.effect.each(signals)(
    "commits after $signal, ends with $code and resumes to the same bytes",
    ({ code, signal }) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { input } = yield* long
        const at = yield* folder
        const stopped = yield* signalled([input, `${at}/out`], signal)
        assert.strictEqual(stopped.code, code, stopped.error)
        assert.match(stopped.error, /\nTo continue: again\n/u)
        const checkpoint = yield* fs.readFileString(`${at}/out/state/migrate/checkpoint.json`)
        assert.match(checkpoint, /"read":[1-9]/u)
        assert.isFalse(yield* fs.exists(`${at}/out/ndjson/manifest.json`))
        assert.deepStrictEqual(yield* finished(input, `${at}/out`), yield* undisturbed)
      }),
    property
  )

  it.effect("clears its progress line, which is never wider than the terminal, when it is interrupted", () =>
    Effect.gen(function* () {
      const { input } = yield* long
      const at = yield* folder
      const terminal = "process.stderr.isTTY = true; process.stderr.columns = 40"
      const { error } = yield* signalled([input, `${at}/out`], "SIGINT", [
        `--import=data:text/javascript,${encodeURIComponent(terminal)}`
      ])
      const [, ...parts] = error.split(REWRITE)
      const shown = parts.filter((line) => !line.startsWith("migration migrate: starting"))
      const last = shown.pop()
      assert.isAbove(shown.length, 0)
      for (const line of shown) assert.match(line, /^[^\n]{0,39}$/u)
      assert.match(last ?? "", /^To continue: again\n/u)
    })
  )

  it.effect("ends piped progress with a line at 100 %, however short it was, and prints nothing else", () =>
    Effect.gen(function* () {
      const { at, input } = yield* exported(50)
      const { error, out } = yield* runExample("02-sendbird-to-ndjson", [input, "--out", `${at}/out`])
      const lines = error.trimEnd().split("\n")
      assert.match(lines.at(-1) ?? "", /^finished, 100 %, \d+ records/u)
      assert.notInclude(out, "%")
    })
  )

  it.effect("names no channel and no user in its progress", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      // Sendbird does not name files after anything else, but users do.
      const message = { channel_url: "secret_channel_7", type: "MESG", created_at: 1_700_000_000_000 }
      const messages = Array.from({ length: 5000 }, (_, i) => ({ ...message, message_id: i + 1 }))
      yield* fs.makeDirectory(`${at}/export/secret_channel_7`, { recursive: true })
      yield* fs.writeFileString(
        `${at}/export/secret_channel_7/secret_channel_7.json`,
        JSON.stringify({ messages })
      )
      const { error } = yield* runExample("02-sendbird-to-ndjson", [`${at}/export`, "--out", `${at}/out`])
      assert.match(error, /^reading, .*, file 1 of 1$/mu)
      assert.notInclude(error, "secret_channel")
    })
  )

  it.effect(
    "prints a command that resumes when it is pasted where another Node is installed",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const at = yield* folder
        const odd = "it's $HOME `id` *"
        yield* fs.makeDirectory(`${at}/${odd}`)
        yield* SendbirdExport.writeZips(`${at}/${odd}/export`, { seed: 5, messages: 300 })
        const name =
          (yield* fs.readDirectory(`${at}/${odd}/export`)).find((one) => one.startsWith("messages")) ?? ""
        const whole = yield* fs.readFile(`${at}/${odd}/export/${name}`)
        yield* fs.writeFile(`${at}/${odd}/export/${name}`, whole.slice(0, whole.length - 100))
        // Paths are relative to the folder where the command is typed, which is not the repository here.
        const first = yield* shell(
          `npx -y pnpm@12 --dir '${root}' sendbird-to-ndjson "./$ODD/export" --out "./$ODD/out"`,
          at,
          { ODD: odd }
        )
        assert.strictEqual(first.code, 3, first.error)
        const [, command = ""] = /\nTo continue: (npx -y pnpm@12 --dir .*)\n/u.exec(first.error) ?? []
        assert.include(command, "sendbird-to-ndjson")
        yield* fs.writeFile(`${at}/${odd}/export/${name}`, whole)
        const again = yield* shell(command, at)
        assert.include([0, 2], again.code, again.error)
        assert.isTrue(yield* fs.exists(`${at}/${odd}/out/manifest.json`))
        if (!isMany) return
        // From the repository's root, the command is as in the examples.
        const there = yield* shell(`npx -y pnpm@12 sendbird-to-ndjson '${at}/${odd.slice(0, 2)}'`, root)
        assert.strictEqual(there.code, 1)
      }),
    property
  )

  it.effect(
    "exits 1 and names a wrong path, without a command to continue",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { at, input } = yield* exported(50)
        yield* fs.writeFileString(`${at}/file`, "")
        yield* fs.makeDirectory(`${at}/state-is-a-file`)
        yield* fs.writeFileString(`${at}/state-is-a-file/.chatferry`, "")
        const wrong = [
          { args: [`${at}/nothing`, "--out", `${at}/out`], says: `${at}/nothing does not exist` },
          { args: [`${at}/file/below`, "--out", `${at}/out`], says: `${at}/file/below does not exist` },
          { args: [input, "--out", `${at}/file`], says: `${at}/file: not a directory` },
          { args: [input, "--out", `${at}/file/below`], says: `${at}/file: not a directory` },
          { args: [input, "--out", `${at}/state-is-a-file`], says: ".chatferry: not a directory" }
        ]
        const tried = isMany ? wrong : wrong.filter((_, i) => i % 2 === 0)
        for (const [i, { args, says }] of tried.entries()) {
          const example = ["01-sendbird-to-stream", "02-sendbird-to-ndjson", "07-stream-to-stream"][i % 3]
          const { code, error } = yield* runExample(example ?? "", args)
          assert.strictEqual(code, 1, error)
          assert.include(error, says)
          assert.strictEqual(error.trimEnd().split("\n").length, 1, error)
        }
      }),
    property
  )

  it.effect("exits 1 and says how to set a missing or empty variable", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const sendbird = ["--app-id", "a", "--from", "2024-01-01", "--to", "2024-02-01", "--out", at]
      const apis = [
        ["05-sendbird-api", sendbird, "SENDBIRD_API_TOKEN"],
        ["08-stream-export-api", ["--api-key", "k", "--out", at], "STREAM_API_SECRET"]
      ] as const
      for (const [example, args, variable] of [
        ["03-transform", [at, "--out", `${at}/out`], "HASH_KEY"],
        ...apis
      ] as const) {
        const { code, error } = yield* runExample(example, args, { [variable]: "" })
        assert.strictEqual(code, 1, error)
        assert.isTrue(error.startsWith(`${variable} is not set: export ${variable}=… and run again; `), error)
        assert.strictEqual(error.trimEnd().split("\n").length, 1, error)
      }
      for (const [example, args] of apis) {
        const plan = yield* runExample(example, [...args, "--plan"])
        assert.strictEqual(plan.code, 0, plan.error)
        assert.include(plan.out, "exports")
      }
    })
  )
})

it.layer(NodeServices.layer)("each example", (it) => {
  it.effect("has a script with its name, and its header says so", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { scripts } = JSON.parse(yield* fs.readFileString(`${root}/package.json`)) as {
        readonly scripts: Record<string, string>
      }
      const names = (yield* fs.readDirectory(`${root}/examples`)).filter(
        (name) => name.endsWith(".ts") && name !== "commandLine.ts"
      )
      assert.isAbove(names.length, 7)
      for (const name of names) {
        const script = basename(name, ".ts").replace(/^\d\d-/u, "")
        assert.strictEqual(scripts[script], `node --conditions=@chatferry/source examples/${name}`, name)
        assert.include(yield* fs.readFileString(`${root}/examples/${name}`), `npx -y pnpm@12 ${script}`)
      }
    })
  )

  it.effect("has the version of the packages", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { version } = JSON.parse(yield* fs.readFileString(`${root}/packages/core/package.json`)) as {
        readonly version: string
      }
      const names = (yield* fs.readDirectory(`${root}/examples`)).filter(
        (name) => /^\d\d-/u.test(name) && name !== "04-resume.ts"
      )
      for (const name of names) {
        const text = yield* fs.readFileString(`${root}/examples/${name}`)
        assert.include(text, "Command.run(command, { version })", name)
      }
      const { out } = yield* runExample("06-validate", ["--version"])
      assert.include(out, `v${version}\n`)
    })
  )
})
