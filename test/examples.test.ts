import { SendbirdEmulator, SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { runExample } from "./processes.ts"

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

const exported = Effect.gen(function* () {
  const at = yield* folder
  yield* SendbirdExport.writeZips(`${at}/export`, { seed: 5, messages: 400 })
  return { at, input: `${at}/export` }
})

it.layer(NodeServices.layer)("examples", (it) => {
  it.effect.each(["jsonl", "json-array"])(
    "01-sendbird-to-stream writes import files in the dialect %s",
    (dialect) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { at, input } = yield* exported
        const { code, error, out } = yield* runExample("01-sendbird-to-stream", [
          input,
          "--out",
          `${at}/out`,
          "--dialect",
          dialect
        ])
        assert.include([0, 2], code, error)
        assert.match(out, /(4\d\d) of \1 messages written\n/u)
        const manifest = JSON.parse(yield* fs.readFileString(`${at}/out/manifest.json`)) as {
          readonly sink: { readonly dialect: string }
        }
        assert.strictEqual(manifest.sink.dialect, dialect)
      })
  )

  it.effect("02-sendbird-to-ndjson writes a file per kind", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { at, input } = yield* exported
      const { code, error } = yield* runExample("02-sendbird-to-ndjson", [input, "--out", `${at}/out`])
      assert.include([0, 2], code, error)
      assert.includeMembers(yield* fs.readDirectory(`${at}/out`), [
        "user.ndjson",
        "channel.ndjson",
        "message.ndjson"
      ])
    })
  )

  it.effect("03-transform leaves out names and readable user ids, and applies its other changes", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { at, input } = yield* exported
      yield* runExample("02-sendbird-to-ndjson", [input, "--out", `${at}/plain`])
      const { code, error, out } = yield* runExample("03-transform", [input, "--out", `${at}/out`], {
        HASH_KEY: "a key of 16 characters"
      })
      assert.include([0, 2], code, error)
      const linesOf = (file: string) =>
        Effect.map(fs.readFileString(`${at}/${file}`), (text) => text.trimEnd().split("\n"))
      for (const line of yield* linesOf("out/user.ndjson")) {
        assert.match(line, /^\{"_tag":"user","id":"[0-9a-f]{32}"/u)
        assert.notInclude(line, '"name"')
      }
      const ids = (yield* linesOf("plain/user.ndjson")).map(
        (line) => (JSON.parse(line) as { readonly id: string }).id
      )
      for (const file of ["channel", "member", "reaction"]) {
        const text = (yield* linesOf(`out/${file}.ndjson`)).join("\n")
        for (const id of ids) assert.notInclude(text, JSON.stringify(id), file)
      }
      const messages = yield* linesOf("out/message.ndjson")
      for (const line of messages) {
        const { text = "", userId = "" } = JSON.parse(line) as {
          readonly text?: string
          readonly userId?: string
        }
        assert.isAtMost(Array.from(text).length, 500)
        assert.isTrue(text.isWellFormed())
        assert.match(userId, /^(?:[0-9a-f]{32})?$/u)
      }
      assert.include(out, 'records that the transform "failed-webhooks" leaves out')
      assert.isFalse(yield* fs.exists(`${at}/out/failed_webhook.ndjson`))
    })
  )

  it.effect("04-resume kills a migration and ends in the same bytes", () =>
    Effect.gen(function* () {
      const { code, error, out } = yield* runExample("04-resume", [])
      assert.strictEqual(code, 0, error)
      assert.strictEqual(
        out,
        "killed; there is a result: false\nresumed; the same bytes as undisturbed: true\n"
      )
    })
  )

  it.effect("exit 1 and report what is missing on wrong usage", () =>
    Effect.gen(function* () {
      const { code, error, out } = yield* runExample("01-sendbird-to-stream", ["--out", "x"])
      assert.strictEqual(code, 1)
      assert.include(`${out}${error}`, "INPUT")
    })
  )

  it.effect("exit 2 and say where the rejects are when records were rejected", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const input = `${import.meta.dirname}/fixtures/sendbird-small`
      const { code, out } = yield* runExample("01-sendbird-to-stream", [input, "--out", `${at}/out`])
      assert.strictEqual(code, 2)
      assert.include(
        out,
        `1 record was rejected; it is in ${at}/out/.chatferry/sendbird-to-stream/rejects.ndjson`
      )
    })
  )

  it.effect("exit 1 when the output folder holds another run's result", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { at, input } = yield* exported
      yield* runExample("02-sendbird-to-ndjson", [input, "--out", `${at}/out`])
      yield* fs.remove(`${at}/out/.chatferry`, { recursive: true })
      const { code, error } = yield* runExample("02-sendbird-to-ndjson", [input, "--out", `${at}/out`])
      assert.strictEqual(code, 1, error)
      assert.include(error, "Choose another output folder, or move the files in this one elsewhere.")
    })
  )

  it.effect("exit 3 with the command to continue when a file is broken, and resume once it is fixed", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { at, input } = yield* exported
      yield* runExample("02-sendbird-to-ndjson", [input, "--out", `${at}/undisturbed`])
      const name = (yield* fs.readDirectory(input)).toSorted().find((one) => one.startsWith("messages")) ?? ""
      const whole = yield* fs.readFile(`${input}/${name}`)
      yield* fs.writeFile(`${input}/${name}`, whole.slice(0, whole.length - 100))
      const { code, error } = yield* runExample("02-sendbird-to-ndjson", [input, "--out", `${at}/out`])
      assert.strictEqual(code, 3, error)
      assert.include(error, name)
      assert.match(
        error.trimEnd().split("\n").at(-1) ?? "",
        /^To continue: \S*node .*02-sendbird-to-ndjson\.ts .* --out /u
      )
      yield* fs.writeFile(`${input}/${name}`, whole)
      const fixed = yield* runExample("02-sendbird-to-ndjson", [input, "--out", `${at}/out`])
      assert.include([0, 2], fixed.code, fixed.error)
      assert.strictEqual(
        yield* fs.readFileString(`${at}/out/manifest.json`),
        yield* fs.readFileString(`${at}/undisturbed/manifest.json`)
      )
    })
  )

  it.effect(
    "05-sendbird-api shows its plan, requests only with the right token, and exports an application",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const at = yield* folder
        const emulator = yield* SendbirdEmulator.start({
          data: { seed: 5, messages: 300, features: { recentChannels: 1 } },
          exportPolls: 1,
          faults: { lostResponse: 0.2 }
        })
        const period = [
          "--from",
          new Date(emulator.from).toISOString(),
          "--to",
          new Date(emulator.to).toISOString()
        ]
        const application = ["--app-id", emulator.applicationId, "--base-url", emulator.baseUrl]
        const args = [...application, ...period, "--out", `${at}/out`]
        const env = { SENDBIRD_API_TOKEN: emulator.apiToken }
        const plan = yield* runExample("05-sendbird-api", [...args, "--plan"], env)
        assert.strictEqual(plan.code, 0, plan.error)
        assert.match(plan.out, /^messages +3 exports {3}2024-03-04 to 2024-03-25$/mu)
        assert.deepStrictEqual(emulator.requests(), {})

        const wrong = yield* runExample("05-sendbird-api", args, { SENDBIRD_API_TOKEN: "wrong" })
        assert.strictEqual(wrong.code, 3)
        assert.include(wrong.error, "the API token is not valid")

        const { code, error, out } = yield* runExample("05-sendbird-api", args, env)
        assert.include([0, 2], code, error)
        assert.match(out, /(3\d\d) of \1 messages written\n/u)
        assert.deepStrictEqual(emulator.doubleRegistrations(), [])
        assert.include(yield* fs.readDirectory(`${at}/out/stream-import`), "import.jsonl")
        for (const text of [plan.out, wrong.error, error, out]) assert.notInclude(text, SendbirdExport.secret)
      })
  )

  it.effect("print their command in a form that a shell can read back and a terminal can show", () =>
    Effect.gen(function* () {
      const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
      const words = [
        "plain",
        "two words",
        "it's",
        "\u001b[31m",
        "a\nb",
        "\u202ename",
        "back\\slash'\u0007",
        "$HOME",
        ""
      ]
      const print = 'import("./commandLine.ts").then(({ commandLine }) => console.log(commandLine))'
      const node = ["--conditions=@chatferry/source", "-e", print, "--", ...words]
      const cwd = `${import.meta.dirname}/../examples`
      const shown = (yield* spawner.string(ChildProcess.make("node", node, { cwd }))).slice(0, -1)
      assert.notMatch(shown, /[\p{Cc}\p{Cf}]/u)
      const read = yield* spawner.string(ChildProcess.make("bash", ["-c", `printf '%s\\0' ${shown}`]))
      assert.deepStrictEqual(read.split("\0").slice(-1 - words.length, -1), words)
    })
  )
})
